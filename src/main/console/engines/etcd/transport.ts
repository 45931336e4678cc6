/** The way to an endpoint, step by step: name, connection, TLS, and who answers there. Used to tell why a member is out of reach. */
import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ProbeStep } from '../../../../contract/engines'
import { fromSocket, fromTls, notEtcd, plainToTls, timedOut, tlsToPlain, type Trouble } from './failure'
import { orAfter } from './or-after'
import type { TlsMaterial } from './pem'

/** Who answered a GET /version. `silent`: nobody did, which a client port without HTTP also does. */
export type Greeting =
  | { readonly kind: 'etcd'; readonly version: string }
  | { readonly kind: 'http' | 'other'; readonly what: string }
  | { readonly kind: 'expects-tls' | 'silent' }

export interface TransportReport {
  readonly steps: readonly ProbeStep[]
  readonly trouble: Trouble | null
  readonly greeting: Greeting
}

const GREETING_TIMEOUT_MS = 1_500
const GREETING_BYTES_MAX = 16 * 1024

export function splitEndpoint(endpoint: string): { readonly host: string; readonly port: number } {
  const at = endpoint.lastIndexOf(':')
  return { host: endpoint.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(endpoint.slice(at + 1)) }
}

export function greetingOf(bytes: Buffer): Greeting {
  if (bytes.length === 0) return { kind: 'silent' }
  // A TLS alert record: content type 21, then the version, 3.x.
  if (bytes[0] === 0x15 && bytes[1] === 0x03) return { kind: 'expects-tls' }
  const text = bytes.toString('latin1')
  if (text.includes('HTTP request to an HTTPS server')) return { kind: 'expects-tls' }
  const version = /"etcdserver"\s*:\s*"([^"]{1,40})"/.exec(text)
  if (version?.[1] !== undefined) return { kind: 'etcd', version: version[1] }
  const line = /^HTTP\/[\d.]+ (\d{3})/.exec(text)
  if (line !== null) {
    const server = /\r\nserver: ([^\r\n]{1,80})/i.exec(text)?.[1]
    return { kind: 'http', what: `an HTTP server (${server === undefined ? '' : `${server}, `}status ${line[1] ?? ''} for /version)` }
  }
  return { kind: 'other', what: `it says ${JSON.stringify(text.slice(0, 40).replace(/[^\x20-\x7e]/g, '.'))}` }
}

type Outcome<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly trouble: Trouble }

async function resolveName(endpoint: string, host: string, timeoutMs: number): Promise<Outcome<string>> {
  if (isIP(host) !== 0) return { ok: true, value: host }
  const found = lookup(host).then(
    ({ address }): Outcome<string> => ({ ok: true, value: address }),
    (error: unknown): Outcome<string> => ({ ok: false, trouble: fromSocket(endpoint, error as NodeJS.ErrnoException) }),
  )
  return orAfter(found, timeoutMs, { ok: false, trouble: timedOut(endpoint, 'dns', timeoutMs) })
}

function dial(endpoint: string, address: string, port: number, timeoutMs: number): Promise<Outcome<Socket>> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const timer = setTimeout(() => { socket.destroy(); resolve({ ok: false, trouble: timedOut(endpoint, 'tcp', timeoutMs) }) }, timeoutMs)
    socket.once('connect', () => { clearTimeout(timer); resolve({ ok: true, value: socket }) })
    socket.on('error', (error) => { clearTimeout(timer); resolve({ ok: false, trouble: fromSocket(endpoint, error) }) })
  })
}

function handshake(endpoint: string, socket: Socket, host: string, tls: TlsMaterial, timeoutMs: number): Promise<Outcome<Socket>> {
  return new Promise((resolve) => {
    const name = tls.serverName ?? host
    const secure = connectTls({
      socket, host: name, servername: isIP(name) === 0 ? name : '', ALPNProtocols: ['http/1.1'],
      ...(tls.ca === null ? {} : { ca: tls.ca }),
      ...(tls.certificate === null || tls.key === null ? {} : { cert: tls.certificate, key: tls.key }),
    })
    const timer = setTimeout(() => { secure.destroy(); resolve({ ok: false, trouble: timedOut(endpoint, 'tls', timeoutMs) }) }, timeoutMs)
    const failed = (error: NodeJS.ErrnoException): void => { clearTimeout(timer); resolve({ ok: false,
      trouble: fromTls(endpoint, error, tls.certificate !== null) }) }
    secure.once('secureConnect', () => { clearTimeout(timer); resolve({ ok: true, value: secure }) })
    secure.on('error', failed)
    secure.once('close', () => { failed(new Error('the member closed the connection')) })
  })
}

/** With TLS 1.3 a member tells that it wants another client certificate only now, with the first read. */
function greet(endpoint: string, socket: Socket, host: string, tls: TlsMaterial | null): Promise<Outcome<Greeting>> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let bytes = 0
    const give = (outcome: Outcome<Greeting>): void => { clearTimeout(timer); socket.destroy(); resolve(outcome) }
    const done = (): void => { give({ ok: true, value: greetingOf(Buffer.concat(parts)) }) }
    const timer = setTimeout(done, GREETING_TIMEOUT_MS)
    socket.on('data', (part: Buffer) => {
      bytes += part.length
      parts.push(part)
      if (bytes > GREETING_BYTES_MAX || greetingOf(Buffer.concat(parts)).kind === 'etcd') done()
    })
    socket.on('end', done)
    socket.on('close', done)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (tls === null || bytes > 0 || error.code === 'ECONNRESET') done()
      else give({ ok: false, trouble: fromTls(endpoint, error, tls.certificate !== null) })
    })
    socket.write(`GET /version HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  })
}

/** A TLS port that closes plain connections without a word. Nothing is sent over this connection, so no certificate is verified. */
function speaksTls(address: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: address, port, rejectUnauthorized: false })
    const give = (speaks: boolean): void => { clearTimeout(timer); socket.destroy(); resolve(speaks) }
    const timer = setTimeout(() => { give(false) }, Math.min(timeoutMs, GREETING_TIMEOUT_MS))
    socket.once('secureConnect', () => { give(true) })
    socket.on('error', (error: NodeJS.ErrnoException) => { give(/alert/i.test(`${error.code ?? ''} ${error.message}`)) })
    socket.once('close', () => { give(false) })
  })
}

/** A plain port that closes a TLS connection without a word. */
async function speaksHttp(endpoint: string, address: string, port: number, timeoutMs: number): Promise<boolean> {
  const socket = await dial(endpoint, address, port, timeoutMs)
  if (!socket.ok) return false
  const greeting = await greet(endpoint, socket.value, address, null)
  return greeting.ok && (greeting.value.kind === 'etcd' || greeting.value.kind === 'http')
}

const passed = (endpoint: string, step: ProbeStep['step'], text: string): ProbeStep => ({ endpoint, step, ok: true, text })
export const failedStep = (endpoint: string, { step, code, message, hint }: Trouble): ProbeStep => ({ endpoint, step, ok: false, code,
  text: message, hint })

/** Never throws; ends within about `timeoutMs` for each step. */
export async function examineTransport(endpoint: string, tls: TlsMaterial | null, timeoutMs: number): Promise<TransportReport> {
  const { host, port } = splitEndpoint(endpoint)
  const steps: ProbeStep[] = []
  const end = (trouble: Trouble, greeting: Greeting = { kind: 'silent' }): TransportReport =>
    ({ steps: [...steps, failedStep(endpoint, trouble)], trouble, greeting })
  const address = await resolveName(endpoint, host, timeoutMs)
  if (!address.ok) return end(address.trouble)
  steps.push(passed(endpoint, 'dns', address.value === host ? `${host} is an address.` : `${host} is ${address.value}.`))
  const socket = await dial(endpoint, address.value, port, timeoutMs)
  if (!socket.ok) return end(socket.trouble)
  steps.push(passed(endpoint, 'tcp', `Port ${String(port)} takes connections.`))
  const stream = tls === null ? socket : await handshake(endpoint, socket.value, host, tls, timeoutMs)
  if (!stream.ok) {
    socket.value.destroy()
    const plain = stream.trouble.code === 'tls-failed' && (await speaksHttp(endpoint, address.value, port, timeoutMs))
    return end(plain ? tlsToPlain(endpoint) : stream.trouble)
  }
  const greeting = await greet(endpoint, stream.value, host, tls)
  socket.value.destroy()
  if (!greeting.ok) return end(greeting.trouble)
  const silent = tls === null && greeting.value.kind === 'silent'
  const expectsTls = greeting.value.kind === 'expects-tls' || (silent && (await speaksTls(address.value, port, timeoutMs)))
  if (expectsTls) return end(plainToTls(endpoint), { kind: 'expects-tls' })
  if (tls !== null) steps.push(passed(endpoint, 'tls', 'The certificates are accepted on both sides.'))
  return { steps, trouble: null, greeting: greeting.value }
}

/** What a failed question means, in the light of who answers a GET there. */
export function explain(endpoint: string, report: TransportReport, grpc: Trouble): Trouble {
  if (report.trouble !== null) return report.trouble
  if (report.greeting.kind === 'http' || report.greeting.kind === 'other') return notEtcd(endpoint, report.greeting.what)
  if (report.greeting.kind === 'silent' && grpc.code === 'unreachable' && grpc.reachability === 'unknown') {
    return notEtcd(endpoint, 'it takes connections and says nothing that etcd would')
  }
  return grpc
}
