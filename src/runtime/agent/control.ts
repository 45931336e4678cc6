/** The control channel: a MessagePort under Electron, lines of JSON on standard input and output elsewhere. */
import { AGENT_LIMITS, type FromAgent } from '../../contract/agent'
import { fromJson, toJson } from '../../core/base'

export interface Control {
  send(message: FromAgent): void
  /** Sends what is queued, then calls back. */
  flush(flushed: () => void): void
}

export interface ControlHandlers {
  readonly onMessage: (message: unknown) => void
  /** The other end is gone, or speaks nonsense. */
  readonly onClose: (why: string) => void
}

/** The part of Electron's MessagePortMain that is used here. */
interface PortLike {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
  postMessage(message: unknown): void
}

interface ParentPortLike {
  once(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly PortLike[] }) => void): unknown
}

export function openControl(handlers: ControlHandlers): Control {
  const parentPort: unknown = Reflect.get(process, 'parentPort')
  return isParentPort(parentPort) ? portControl(parentPort, handlers) : lineControl(handlers)
}

const isParentPort = (value: unknown): value is ParentPortLike =>
  typeof value === 'object' && value !== null && 'once' in value && typeof value.once === 'function'

/** The first message brings the port over which all others travel. */
function portControl(parent: ParentPortLike, handlers: ControlHandlers): Control {
  let port: PortLike | null = null
  const early: FromAgent[] = []
  parent.once('message', (event) => {
    const [first] = event.ports
    if (first === undefined) { handlers.onClose('the first message brought no port'); return }
    port = first
    first.on('message', ({ data }) => { handlers.onMessage(data) })
    first.on('close', () => { handlers.onClose('the control channel closed') })
    first.start()
    for (const message of early.splice(0)) first.postMessage(message)
  })
  return {
    send: (message) => { if (port) port.postMessage(message); else early.push(message) },
    // A posted message is handed to the system within this turn; one more turn lets it leave.
    flush: (flushed) => { setImmediate(() => { setImmediate(flushed) }) },
  }
}

function lineControl(handlers: ControlHandlers): Control {
  const { stdin, stdout } = process
  let rest = ''
  stdin.setEncoding('utf8')
  stdin.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.length > 0) receiveLine(line, handlers)
    if (rest.length > AGENT_LIMITS.lineBytesMax) handlers.onClose('a control message is too long')
  })
  stdin.on('end', () => { handlers.onClose('standard input closed') })
  stdin.on('error', () => { handlers.onClose('standard input failed') })
  // Nobody reads any more: standard input closes as well, or has.
  stdout.on('error', () => { handlers.onClose('standard output closed') })
  return {
    send: (message) => { stdout.write(`${toJson(message)}\n`) },
    flush: (flushed) => { stdout.write('', () => { flushed() }) },
  }
}

function receiveLine(line: string, handlers: ControlHandlers): void {
  let message: unknown
  try {
    message = fromJson(line)
  } catch {
    handlers.onClose('a control message is not JSON')
    return
  }
  handlers.onMessage(message)
}
