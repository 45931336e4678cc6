/** Clusters made up for the tests of this folder. */
import type { ClusterMoment, ExpectedMember, Fence, GroupObservation, LinkObservation, NodeObservation, PeerObservation, Reachability, Role } from '../observation'
import { silentObservation, unknown } from '../observation'

export const NOW = 1_700_000_000_000

export interface Told {
  readonly role?: Role
  readonly term?: number
  readonly leader?: string | null
  readonly voters?: readonly string[]
  readonly learners?: readonly string[]
  /** Between two configurations: those of the voters that vote in one of them only. */
  readonly halves?: Readonly<Record<string, 'outgoing' | 'incoming'>>
  readonly last?: number
  readonly committed?: number
  readonly applied?: number
  readonly peers?: readonly PeerObservation[]
  readonly links?: readonly LinkObservation[]
  readonly atMs?: number
  readonly rttMs?: number
  readonly alarms?: readonly string[]
  /** Members that it says broke the protocol. */
  readonly accuses?: readonly string[]
  readonly fence?: Fence
}

const entries = (value: number): { unit: 'entries'; lineage: string; value: bigint } => ({ unit: 'entries', lineage: 'c1', value: BigInt(value) })

export function answered(id: string, told: Told = {}): NodeObservation {
  const voters = told.voters ?? ['n1', 'n2', 'n3']
  const members = [...voters.map((each) => [each, true] as const), ...(told.learners ?? []).map((each) => [each, false] as const)]
  const group: GroupObservation = {
    groupId: 'main', role: told.role ?? 'follower', fence: told.fence ?? { kind: 'raft-term', value: BigInt(told.term ?? 7) },
    leaderId: told.leader === undefined ? 'n2' : told.leader,
    members: members.map(([each, voter]) => ({ id: each, name: each, address: `${each}:1`, voter, ...(told.halves?.[each] === undefined ? {} : { half: told.halves[each] }) })),
    log: {
      firstAvailable: entries(1), last: entries(told.last ?? 100), persisted: unknown('not-reported'),
      committed: entries(told.committed ?? 100), applied: entries(told.applied ?? 100),
    },
    peers: told.peers ?? [],
  }
  return {
    clusterId: 'c1', nodeId: id, name: id, atMs: told.atMs ?? NOW, rttMs: told.rttMs ?? 1, source: { endpoint: `${id}:1`, path: 'process' },
    reachability: 'ok', groups: [group], links: told.links ?? [], alarms: [
      ...(told.alarms ?? []).map((code) => ({ code, text: code })),
      ...(told.accuses ?? []).map((about) => ({ code: 'misbehaviour', text: 'It proposed two different batches at view 3, sequence 17.', about })),
    ], version: '1',
    storage: { usedBytes: 10n, inUseBytes: 10n, quotaBytes: unknown('not-supported') }, extras: {},
  }
}

export const silent = (id: string, reachability: Exclude<Reachability, 'ok'> = 'timeout', atMs = NOW): NodeObservation =>
  silentObservation({ clusterId: 'c1', nodeId: id, name: id, atMs, source: { endpoint: `${id}:1`, path: 'process' } }, reachability, 'no answer')

export const expecting = (ids: readonly string[], learners: readonly string[] = []): ExpectedMember[] => [
  ...ids.map((id) => ({ id, name: id, endpoint: `${id}:1`, voter: true })),
  ...learners.map((id) => ({ id, name: id, endpoint: `${id}:1`, voter: false })),
]

export const momentOf = (observations: readonly NodeObservation[], expected: readonly ExpectedMember[] = expecting(['n1', 'n2', 'n3']), atMs = NOW): ClusterMoment => ({
  clusterId: 'c1', atMs, expected, observations,
})

export const leader = (id: string, told: Told = {}): NodeObservation => answered(id, { role: 'leader', leader: id, ...told })

export const peer = (id: string, behind: number): PeerObservation => ({
  id, stage: 'flushed', position: entries(100 - behind), flow: 'replicate',
  lag: { entries: BigInt(behind), bytes: unknown('not-reported'), seconds: unknown('not-reported'), silentForMs: 5, basis: 'leader-progress' },
})

export const link = (peerId: string, connected: boolean, silentForMs = 5): LinkObservation => ({
  peerId, connected, rttMs: 1, bytesPerSecond: 10, messagesPerSecond: { append: 3 }, silentForMs,
})
