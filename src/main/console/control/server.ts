import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fail, ok, type Result } from '../../../core/base'
import type { Channel } from '../../../contract/wire'
import { removeConnectionFile, writeConnectionFile } from './connection-file'
import { CALLERS_MAX, GREETING_TIMEOUT_MS, SOCKET_PATH_BYTES_MAX } from './limits'
import { readLines, socketChannel } from './socket-channel'

export interface ControlOptions {
  /** Must be locked by the caller: one console per data directory. */
  readonly dataDirectory: string
  readonly version: string
  /** Serves the console contract to a caller that showed the token. */
  readonly serve: (channel: Channel) => void
}

export interface ControlServer {
  readonly socket: string
  close(): Promise<void>
}

/** Where the socket goes, and what to remove with it. A path too long for a socket goes to a private folder of the system's. */
function chooseSocket(directory: string): { readonly socket: string; readonly remove: string } {
  if (process.platform === 'win32') {
    const name = createHash('sha256').update(`${directory}${randomBytes(16).toString('hex')}`).digest('hex').slice(0, 32)
    return { socket: `\\\\.\\pipe\\quorate-${name}`, remove: '' }
  }
  const inside = path.join(directory, 'console.sock')
  if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX) return { socket: inside, remove: inside }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorate-'))
  return { socket: path.join(folder, 'console.sock'), remove: folder }
}

function showsToken(line: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(line), digest(token))
}

function admit(socket: Socket, token: string, serve: ControlOptions['serve']): void {
  const timer = setTimeout(() => { socket.destroy() }, GREETING_TIMEOUT_MS)
  socket.once('close', () => { clearTimeout(timer) })
  socket.on('error', () => { socket.destroy() })
  const lines = {
    onLine: (line: string): void => {
      clearTimeout(timer)
      if (!showsToken(line, token)) { socket.destroy(); return }
      serve(socketChannel(socket, lines))
    },
  }
  readLines(socket, (line) => { lines.onLine(line) })
}

function listen(server: Server, socket: string): Promise<Result<undefined, 'listen-failed'>> {
  return new Promise((resolve) => {
    server.once('error', (error) => {
      resolve(fail('listen-failed', `The socket for the command line cannot be opened: ${error.message}.`,
        'The console goes on without it; sandbox commands cannot reach it.'))
    })
    // Made under a mask, so that at no moment anybody else could connect.
    const mask = process.platform === 'win32' ? null : setMask()
    server.listen(socket, () => {
      if (process.platform !== 'win32') chmodSync(socket, 0o600)
      resolve(ok())
    })
    if (mask !== null) process.umask(mask)
  })
}

/** Worker threads may not change the mask; the folder is private to its owner in any case. */
function setMask(): number | null {
  try {
    return process.umask(0o177)
  } catch {
    return null
  }
}

export async function listenForControl(options: ControlOptions): Promise<Result<ControlServer, 'listen-failed'>> {
  const { socket, remove } = chooseSocket(options.dataDirectory)
  // The directory is locked, so a socket that is there was left by a console that was killed.
  if (remove === socket) rmSync(socket, { force: true })
  const token = randomBytes(32).toString('hex')
  const callers = new Set<Socket>()
  const server = createServer((caller) => {
    if (callers.size >= CALLERS_MAX) { caller.destroy(); return }
    callers.add(caller)
    caller.once('close', () => callers.delete(caller))
    admit(caller, token, options.serve)
  })
  const listening = await listen(server, socket)
  if (!listening.ok) return listening
  try {
    writeConnectionFile(options.dataDirectory, { format: 1, pid: process.pid, socket, token, version: options.version })
  } catch (error) {
    server.close()
    if (remove !== '') rmSync(remove, { recursive: true, force: true })
    return fail('listen-failed', `The file by which the command line finds this console cannot be written: ${(error as Error).message}.`,
      'The console goes on without it; sandbox commands cannot reach it.')
  }
  return ok({
    socket,
    close: async () => {
      removeConnectionFile(options.dataDirectory, token)
      const closed = new Promise((resolve) => { server.close(resolve) })
      for (const caller of callers) caller.destroy()
      await closed
      if (remove !== '') rmSync(remove, { recursive: true, force: true })
    },
  })
}
