/** The caller's end: calls of the console contract to the console that runs on a data directory. */
import { connect } from 'node:net'
import { fail, type Result } from '../../../core/base'
import type { ConsoleContract } from '../../../contract/console'
import type { CallName, CodeOf, InputOf, OutputOf } from '../../../contract/define'
import { WIRE_LIMITS, type Channel, type ServerMessage } from '../../../contract/wire'
import { readConnectionFile } from './connection-file'
import { CONNECT_TIMEOUT_MS } from './limits'
import { readLines, socketChannel } from './socket-channel'

type Answer<Name extends CallName<ConsoleContract>> = Result<OutputOf<ConsoleContract[Name]>, CodeOf<ConsoleContract[Name]>>

export interface ConsoleConnection {
  readonly pid: number
  readonly version: string
  call<Name extends CallName<ConsoleContract>>(name: Name, input: InputOf<ConsoleContract[Name]>): Promise<Answer<Name>>
  close(): void
}

/** Calls of the contract over any channel to a console. */
export function callsOver(channel: Channel): Pick<ConsoleConnection, 'call' | 'close'> {
  const waiting = new Map<number, (answer: Result<unknown>) => void>()
  let lastId = 0
  let open = true
  channel.onMessage((received) => {
    const message = received as ServerMessage
    if (message.t !== 'ok' && message.t !== 'error') return
    waiting.get(message.id)?.(message.t === 'ok' ? { ok: true, value: message.value } : { ok: false, error: message.error })
  })
  channel.onClose(() => {
    open = false
    for (const answer of waiting.values()) answer(fail('disconnected', 'The console went away before it answered.',
      'See whether it still runs: quorate sandbox status'))
  })
  const call = (name: string, input: unknown): Promise<Result<unknown>> => new Promise((resolve) => {
    if (!open) { resolve(fail('disconnected', 'The console is not there any more.')); return }
    lastId += 1
    const id = lastId
    const answer = (result: Result<unknown>): void => {
      clearTimeout(timer)
      waiting.delete(id)
      resolve(result)
    }
    const timer = setTimeout(() => { answer(fail('disconnected',
      `The console did not answer ${name} within ${String(WIRE_LIMITS.callTimeoutMs)} ms.`)) }, WIRE_LIMITS.callTimeoutMs)
    waiting.set(id, answer)
    channel.post({ t: 'call', id, name, input })
  })
  return { call: call as ConsoleConnection['call'], close: () => { channel.close() } }
}

/** null: no console runs on this data directory. */
export function connectToConsole(dataDirectory: string): Promise<ConsoleConnection | null> {
  const file = readConnectionFile(dataDirectory)
  if (file === null) return Promise.resolve(null)
  return new Promise((resolve) => {
    const socket = connect(file.socket)
    const timer = setTimeout(() => { socket.destroy() }, CONNECT_TIMEOUT_MS)
    socket.on('error', () => { socket.destroy() })
    socket.once('close', () => { clearTimeout(timer); resolve(null) })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.write(`${file.token}\n`)
      const lines = { onLine: (_line: string): void => undefined }
      readLines(socket, (line) => { lines.onLine(line) })
      resolve({ pid: file.pid, version: file.version, ...callsOver(socketChannel(socket, lines)) })
    })
  })
}
