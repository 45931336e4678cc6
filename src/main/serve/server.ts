/** HTTP for the built window and a WebSocket for the console contract, on loopback. */
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Result } from '../../core/base'
import { fail, ok } from '../../core/base'
import { contentSecurityPolicy, PAGE_HEADERS, pageWithNonce } from '../../contract/csp'
import { LOOPBACK_PROTOCOL, LOOPBACK_SOCKET_PATH, TOKEN_PARAMETER } from '../../contract/loopback'
import { WIRE_LIMITS, type Channel } from '../../contract/wire'
import { portOwner } from '../console/sandbox'
import { createGuard, newToken, type Guard } from './guard'
import { staticFile } from './static-files'
import { webSocketChannel } from './web-socket-channel'

export interface ServerOptions {
  readonly host: '127.0.0.1' | '::1'
  /** 0: a free one. */
  readonly port: number
  /** The folder of the built window. */
  readonly rendererDirectory: string
  readonly onChannel: (channel: Channel) => void
  /** Of this run; made up where it is not given. */
  readonly token?: string
}

export interface LoopbackServer {
  readonly port: number
  /** With the token in its fragment: a secret. */
  readonly url: string
  close(): Promise<void>
}

export type ListenCode = 'port-in-use' | 'listen-failed' | 'window-missing'

const CONNECTIONS_MAX = 256
const SOCKETS_MAX = 64
const NONCE_BYTES = 16
const CLOSE_TIMEOUT_MS = 1_000

export async function startServer(options: ServerOptions): Promise<Result<LoopbackServer, ListenCode>> {
  const root = realPath(options.rendererDirectory)
  if (root === null || staticFile(root, '/') === null) {
    return fail('window-missing', `The window is not built: there is no index.html in ${options.rendererDirectory}.`, 'Run `npm run build`.')
  }
  const token = options.token ?? newToken()
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 8_192 })
  server.maxConnections = CONNECTIONS_MAX
  const listening = await listen(server, options)
  if (!listening.ok) return listening
  const { port } = server.address() as AddressInfo
  const guard = createGuard(options.host, port, token)
  const name = options.host === '::1' ? '[::1]' : options.host
  const sockets = new WebSocketServer({
    noServer: true, maxPayload: WIRE_LIMITS.messageBytesMax, perMessageDeflate: false, clientTracking: true,
    handleProtocols: () => LOOPBACK_PROTOCOL,
  })
  server.on('request', (request, response) => void respond(request, response, guard, root, `ws://${request.headers.host ?? ''}`))
  server.on('upgrade', (request, socket, head) => {
    // Without a listener an error of a socket that is refused would end the process.
    socket.on('error', () => socket.destroy())
    const verdict = guard.upgrade(request)
    if (verdict.status !== 200) return refuse(socket, verdict.status)
    if (request.url !== LOOPBACK_SOCKET_PATH) return refuse(socket, 404)
    if (sockets.clients.size >= SOCKETS_MAX) return refuse(socket, 503)
    sockets.handleUpgrade(request, socket, head, (webSocket) => options.onChannel(webSocketChannel(webSocket)))
  })
  return ok({
    port,
    url: `http://${name}:${port}/#${TOKEN_PARAMETER}=${token}`,
    close: () => close(server, sockets),
  })
}

function realPath(directory: string): string | null {
  try {
    return realpathSync(directory)
  } catch {
    return null
  }
}

function listen(server: Server, { host, port }: ServerOptions): Promise<Result<null, ListenCode>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        void portOwner(port).then((owner) => {
          const by = owner ? ` by process ${owner.pid} (${owner.command})` : ''
          resolve(fail('port-in-use', `Port ${port} on ${host} is in use${by}.`, 'End that process, or choose another port with --port N (0 takes a free one).'))
        })
      } else resolve(fail('listen-failed', `Quorate could not listen on ${host}:${port} (${error.code ?? error.message}).`, 'Choose another port with --port N.'))
    })
    server.listen({ host, port, exclusive: true }, () => resolve(ok(null)))
  })
}

const REASONS: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' }

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

async function respond(request: IncomingMessage, response: ServerResponse, guard: Guard, root: string, socketOrigin: string): Promise<void> {
  const nonce = randomBytes(NONCE_BYTES).toString('base64')
  const verdict = guard.request(request)
  // The Host has been checked before it gets into a header.
  const connect = verdict.status === 200 ? [socketOrigin] : []
  const headers = { ...PAGE_HEADERS, 'Content-Security-Policy': contentSecurityPolicy(nonce, connect), 'X-Frame-Options': 'DENY' }
  const plain = (status: number, text: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, { ...headers, ...more, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(`${text}\n`)
  }
  if (verdict.status !== 200) return plain(verdict.status, verdict.reason)
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET and HEAD are answered.', { Allow: 'GET, HEAD' })
  if (request.url === LOOPBACK_SOCKET_PATH) return plain(426, 'This address is for WebSockets.', { Upgrade: 'websocket' })
  const found = staticFile(root, request.url ?? '')
  if (!found) return plain(404, 'Not found.')
  try {
    const isPage = found.contentType.startsWith('text/html')
    const content = await readFile(found.file)
    const body = isPage ? Buffer.from(pageWithNonce(content.toString('utf8'), nonce)) : content
    const caching = isPage ? 'no-store' : 'max-age=31536000, immutable'
    response.writeHead(200, { ...headers, 'Content-Type': found.contentType, 'Content-Length': body.length, 'Cache-Control': caching })
    response.end(request.method === 'HEAD' ? undefined : body)
  } catch {
    // A new build replaced the file between the look and the read.
    plain(404, 'Not found.')
  }
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of sockets.clients) socket.close(1001)
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
  }, CLOSE_TIMEOUT_MS)
  await stopped
  clearTimeout(timer)
}
