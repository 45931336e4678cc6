/**
 * A small model of a Raft cluster for development and tests of the window: elections, replication under load, kills, pauses and cut
 * links. It knows enough of Raft to look right and no more; the real one is in core/raft.
 */
import { seededRandom, type Random } from '../../../../core/base'

export const SIMULATION = { tickMs: 100, electionMsMin: 900, electionMsMax: 1_800, quorumCheckMs: 1_200, catchUpPerSecond: 2_400 } as const

export interface FakeNode {
  readonly id: string
  state: 'running' | 'paused' | 'killed' | 'stopped'
  role: 'leader' | 'follower' | 'candidate'
  term: number
  leaderId: string | null
  last: number
  committed: number
  applied: number
  heardAtMs: number
  electionAtMs: number
  restarts: number
  match: Map<string, number>
  heardFrom: Map<string, number>
}

export interface FakeCluster {
  readonly id: string
  readonly nodes: readonly FakeNode[]
  /** Directed cuts, "n1>n2". */
  readonly cuts: Set<string>
  readonly random: Random
  nowMs: number
  opsPerSecond: number
  /** Per node: entries a second it can take; small values make a laggard. */
  readonly intake: Map<string, number>
}

export function createCluster(id: string, ids: readonly string[], seed: number, nowMs: number): FakeCluster {
  const random = seededRandom(seed)
  const nodes = ids.map((nodeId): FakeNode => ({
    id: nodeId, state: 'running', role: 'follower', term: 0, leaderId: null, last: 0, committed: 0, applied: 0, heardAtMs: nowMs,
    electionAtMs: nowMs + random.integer(SIMULATION.electionMsMin, SIMULATION.electionMsMax), restarts: 0, match: new Map(), heardFrom: new Map(),
  }))
  return { id, nodes, cuts: new Set(), random, nowMs, opsPerSecond: 120, intake: new Map() }
}

export const hears = (cluster: FakeCluster, from: FakeNode, to: FakeNode): boolean =>
  from.state === 'running' && to.state === 'running' && !cluster.cuts.has(`${from.id}>${to.id}`)

const resetElection = (cluster: FakeCluster, node: FakeNode): void => {
  node.electionAtMs = cluster.nowMs + cluster.random.integer(SIMULATION.electionMsMin, SIMULATION.electionMsMax)
}

function follow(cluster: FakeCluster, node: FakeNode, term: number, leaderId: string | null): void {
  node.role = 'follower'
  node.term = term
  node.leaderId = leaderId
  resetElection(cluster, node)
}

function campaign(cluster: FakeCluster, node: FakeNode): void {
  const both = (other: FakeNode): boolean => other !== node && hears(cluster, node, other) && hears(cluster, other, node)
  const reachable = cluster.nodes.filter(both)
  const needed = Math.floor(cluster.nodes.length / 2) + 1
  node.role = 'candidate'
  node.leaderId = null
  // Pre-vote: the term rises only where the election could be won.
  if (reachable.length + 1 < needed) return resetElection(cluster, node)
  node.term = Math.max(node.term, ...reachable.map((other) => other.term)) + 1
  resetElection(cluster, node)
  const votes = reachable.filter((other) => other.last <= node.last)
  for (const other of reachable) {
    if (other.role !== 'candidate') other.leaderId = null
    if (other.role === 'leader') other.role = 'follower'
    other.term = node.term
  }
  if (votes.length + 1 < needed) return
  node.role = 'leader'
  node.leaderId = node.id
  node.last += 1
  node.heardAtMs = cluster.nowMs
  node.match = new Map(cluster.nodes.map((other) => [other.id, Math.min(other.last, node.last)]))
}

function lead(cluster: FakeCluster, leader: FakeNode, dtMs: number): void {
  leader.last += Math.round((cluster.opsPerSecond * dtMs * (0.7 + cluster.random.next() * 0.6)) / 1000)
  leader.match.set(leader.id, leader.last)
  let heard = 1
  for (const other of cluster.nodes) {
    if (other === leader) continue
    if (!hears(cluster, leader, other)) continue
    if (other.term > leader.term) return follow(cluster, leader, other.term, null)
    if (other.term <= leader.term) follow(cluster, other, leader.term, leader.id)
    other.heardAtMs = cluster.nowMs
    const intake = cluster.intake.get(other.id) ?? SIMULATION.catchUpPerSecond
    const target = leader.last - (leader.last - other.last < 12 ? cluster.random.integer(0, 4) : 0)
    other.last = Math.max(Math.min(other.last, leader.last), Math.min(target, other.last + Math.ceil((intake * dtMs) / 1000)))
    other.committed = Math.min(leader.committed, other.last)
    other.applied = other.committed
    if (!hears(cluster, other, leader)) continue
    heard += 1
    leader.match.set(other.id, other.last)
    leader.heardFrom.set(other.id, cluster.nowMs)
  }
  const needed = Math.floor(cluster.nodes.length / 2) + 1
  const sorted = cluster.nodes.map((node) => leader.match.get(node.id) ?? 0).sort((one, other) => other - one)
  leader.committed = Math.max(leader.committed, Math.min(leader.last, sorted[needed - 1] ?? 0))
  leader.applied = leader.committed
  if (heard >= needed) leader.heardAtMs = cluster.nowMs
  else if (cluster.nowMs - leader.heardAtMs > SIMULATION.quorumCheckMs) follow(cluster, leader, leader.term, null)
}

export function advance(cluster: FakeCluster, toMs: number): void {
  while (cluster.nowMs + SIMULATION.tickMs <= toMs) {
    cluster.nowMs += SIMULATION.tickMs
    for (const node of cluster.nodes) {
      if (node.state !== 'running') continue
      if (node.role === 'leader') lead(cluster, node, SIMULATION.tickMs)
      else if (cluster.nowMs >= node.electionAtMs) campaign(cluster, node)
    }
  }
}

/** Kill, stop, pause and their opposites. */
export function act(cluster: FakeCluster, nodeId: string, action: 'kill' | 'stop' | 'start' | 'restart' | 'pause' | 'resume'): void {
  const node = cluster.nodes.find((each) => each.id === nodeId)
  if (!node) return
  const states = { kill: 'killed', stop: 'stopped', pause: 'paused', start: 'running', restart: 'running', resume: 'running' } as const
  node.state = states[action]
  if (action === 'start' || action === 'restart') {
    node.restarts += 1
    follow(cluster, node, node.term, null)
  }
}
