/** What is used of Electron's `process.parentPort` and MessagePortMain. */
import * as v from 'valibot'
import type { FromHost, ToHost } from '../../../contract/host'

export interface Port {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

export interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly Port[] }) => void): unknown
}

const id = v.pipe(v.number(), v.safeInteger())
const fromHostSchema = v.variant('kind', [
  v.object({ kind: v.literal('configure'), dataDirectory: v.string(), version: v.string(), nativeBinding: v.nullable(v.string()), firstCluster: v.boolean() }),
  v.object({ kind: v.literal('client') }),
  v.object({ kind: v.literal('forked'), id, pid: id }),
  v.object({ kind: v.literal('fork-failed'), id, message: v.string() }),
  v.object({ kind: v.literal('agent-exit'), id, exitCode: v.number() }),
  v.object({ kind: v.literal('sealed'), id, sealed: v.nullable(v.string()) }),
  v.object({ kind: v.literal('unsealed'), id, text: v.nullable(v.string()) }),
  v.object({ kind: v.literal('stop') }),
])

export interface HostConnection {
  post(message: ToHost): void
  onMessage(listener: (message: FromHost, port: Port | null) => void): void
}

export function hostConnection(parent: ParentPort, log: { error(text: string): void }): HostConnection {
  const listeners: ((message: FromHost, port: Port | null) => void)[] = []
  parent.on('message', ({ data, ports }) => {
    const parsed = v.safeParse(fromHostSchema, data)
    if (!parsed.success) return log.error('The desktop sent a message that is not of the protocol.')
    for (const listener of listeners) listener(parsed.output, ports[0] ?? null)
  })
  return { post: (message) => parent.postMessage(message), onMessage: (listener) => void listeners.push(listener) }
}
