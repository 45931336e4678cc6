/** Parses what an agent says. An agent may be broken: nothing of it is trusted before it went through here. */
import * as v from 'valibot'
import type { FromAgent } from '../../../contract/agent'

const TEXT_CHARACTERS_MAX = 4_096
const text = v.pipe(v.string(), v.maxLength(TEXT_CHARACTERS_MAX))
const id = v.pipe(v.string(), v.maxLength(256))
const number = v.pipe(v.number(), v.finite())
const unknownSchema = v.object({ unknown: v.picklist(['unreachable', 'not-reported', 'not-supported', 'not-measured', 'refused']) })
const measured = <Schema extends v.GenericSchema>(schema: Schema) => v.union([schema, unknownSchema])
const list = <Schema extends v.GenericSchema>(schema: Schema) => v.pipe(v.array(schema), v.maxLength(64))
const rates = v.record(id, number)

const position = measured(v.object({ unit: v.picklist(['entries', 'bytes']), lineage: id, value: v.bigint() }))
const group = v.object({
  groupId: id,
  role: measured(v.picklist(['leader', 'follower', 'candidate', 'learner', 'observer', 'witness', 'primary', 'standby', 'replica'])),
  fence: measured(v.object({
    kind: v.picklist(['raft-term', 'ballot', 'view', 'pg-timeline', 'redis-epoch', 'zab-epoch', 'leader-epoch']),
    value: v.bigint(), label: v.exactOptional(id),
  })),
  leaderId: measured(v.nullable(id)),
  members: measured(list(v.object({ id, name: id, address: id, voter: v.boolean(), witness: v.exactOptional(v.boolean()) }))),
  log: v.object({ firstAvailable: position, last: position, persisted: position, committed: position, applied: position }),
  peers: list(v.object({
    id,
    stage: v.picklist(['sent', 'written', 'flushed', 'applied']),
    position,
    lag: v.object({
      entries: measured(v.bigint()), bytes: measured(v.bigint()), seconds: measured(number), silentForMs: measured(number),
      basis: v.picklist(['leader-progress', 'self-report-difference', 'server-computed']),
    }),
    flow: measured(id),
  })),
})
const observation = v.object({
  clusterId: id, nodeId: id, name: id, atMs: number,
  rttMs: measured(number),
  source: v.object({ endpoint: id, path: v.picklist(['process', 'direct', 'ssh', 'simulated']) }),
  reachability: v.picklist(['ok', 'refused', 'timeout', 'auth-failed', 'tunnel-down', 'stopped', 'ended', 'unknown']),
  reason: v.exactOptional(text),
  groups: list(group),
  links: list(v.object({
    peerId: id, connected: measured(v.boolean()), rttMs: measured(number), bytesPerSecond: measured(number),
    messagesPerSecond: rates, silentForMs: measured(number),
  })),
  alarms: list(v.object({ code: id, text, about: v.exactOptional(id) })),
  version: measured(id),
  storage: v.object({ usedBytes: measured(v.bigint()), inUseBytes: measured(v.bigint()), quotaBytes: measured(v.bigint()) }),
  extras: v.record(id, v.union([v.pipe(v.string(), v.maxLength(TEXT_CHARACTERS_MAX)), v.number(), v.bigint(), v.boolean()])),
})
const latency = v.nullable(number)
const loadSample = v.object({
  atMs: number, intervalMs: number, completed: number, reads: number, writes: number, errors: number, unknownOutcomes: number, outvoted: number,
  p50Ms: latency, p90Ms: latency, p99Ms: latency, maxMs: latency,
})

const outcome = v.variant('kind', [
  v.object({ kind: v.literal('done') }),
  v.object({ kind: v.literal('not-leader'), leaderId: v.nullable(id) }),
  v.object({
    kind: v.literal('refused'),
    code: v.picklist(['change-in-flight', 'not-supported', 'no-such-member', 'not-a-voter', 'would-lose-quorum', 'nothing-to-do', 'not-ready']),
    message: text,
  }),
  v.object({ kind: v.literal('unknown'), why: v.picklist(['leadership-lost', 'stopped', 'timed-out']) }),
])

const fromAgent = v.variant('kind', [
  v.object({ kind: v.literal('ready'), port: v.number(), recoveredEntries: v.number() }),
  v.object({ kind: v.literal('observation'), id: v.number(), observation }),
  v.object({ kind: v.literal('changed') }),
  v.object({ kind: v.literal('control-outcome'), id: v.number(), outcome }),
  v.object({ kind: v.literal('load-sample'), sample: loadSample }),
  v.object({
    kind: v.literal('failed'),
    code: v.picklist(['port-in-use', 'no-space', 'disk-failed', 'wrong-folder', 'log-corrupt', 'invariant-broken', 'bad-start']),
    message: text,
    hint: text,
  }),
  v.object({ kind: v.literal('log'), level: v.picklist(['info', 'warn', 'error']), text }),
])

/** Null where the message is none that an agent may send. */
export function parseFromAgent(message: unknown): FromAgent | null {
  const parsed = v.safeParse(fromAgent, message, { abortEarly: true })
  return parsed.success ? parsed.output : null
}
