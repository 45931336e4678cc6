/** Clients in a process of their own: each writes, waits for the answer, and writes again. Prints what it measured. */
import { randomFillSync } from 'node:crypto'
import { ClusterClient, openSession, type Session } from '../../src/runtime/client'
import { connectEtcd } from './etcd-client'
import type { ClientTask, Measured } from './task'

const KEYS = 1024
const TIMEOUT_MS = 10_000

/** One write under a key number; the answer, or the reason why there is none. */
type Write = (client: number, key: number, done: (error: string | null) => void) => void

async function quorateWriter(task: ClientTask, value: Uint8Array): Promise<Write> {
  if (task.target.kind !== 'quorate') throw new Error('not this target')
  const { members } = task.target
  const clusters = Array.from({ length: task.connections }, () => new ClusterClient({ members }))
  const sessions = await Promise.all(Array.from({ length: task.clients }, (_, i) => new Promise<Session>((resolve, reject) => {
    const cluster = clusters[i % clusters.length] as ClusterClient
    openSession(cluster, performance.now() + TIMEOUT_MS, (opened) => { if (opened.ok) resolve(opened.value); else reject(new Error(opened.error.message)) })
  })))
  return (client, key, done) => {
    const session = sessions[client] as Session
    session.write({ kind: 'put', key: `bench/${key}`, value }, performance.now() + TIMEOUT_MS, (outcome) => { done(outcome.kind === 'done' ? null : outcome.kind) })
  }
}

function etcdWriter(task: ClientTask, value: Uint8Array): Write {
  if (task.target.kind !== 'etcd') throw new Error('not this target')
  const { endpoint } = task.target
  const connections = Array.from({ length: task.connections }, () => connectEtcd(endpoint))
  const bytes = Buffer.from(value)
  return (client, key, done) => {
    connections[client % connections.length]?.put(Buffer.from(`bench/${key}`), bytes, (error) => { done(error?.message ?? null) })
  }
}

async function measure(task: ClientTask): Promise<Measured> {
  const value = randomFillSync(new Uint8Array(task.valueBytes))
  const write = task.target.kind === 'quorate' ? await quorateWriter(task, value) : etcdWriter(task, value)
  const latencies: number[] = []
  const beginMs = performance.now() + task.warmUpMs
  const endMs = beginMs + task.measureMs
  let errors = 0
  let next = 0
  const loop = (client: number, finished: () => void): void => {
    const sentMs = performance.now()
    if (sentMs >= endMs) { finished(); return }
    write(client, next++ % KEYS, (error) => {
      const now = performance.now()
      if (error !== null) errors += 1
      else if (sentMs >= beginMs && now <= endMs) latencies.push(now - sentMs)
      loop(client, finished)
    })
  }
  await Promise.all(Array.from({ length: task.clients }, (_, client) => new Promise<void>((resolve) => { loop(client, resolve) })))
  const sorted = Float64Array.from(latencies).sort()
  const percentile = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { opsPerSecond: (sorted.length * 1000) / task.measureMs, p50Ms: percentile(0.5), p99Ms: percentile(0.99), errors }
}

process.stdout.write(`${JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '') as ClientTask))}\n`, () => { process.exit(0) })
