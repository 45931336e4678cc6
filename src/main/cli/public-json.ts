/** The documented JSON of `observe` (docs/json.md). A change that breaks a reader raises JSON_VERSION. */
import { toPublicJson } from '../../core/base'
import { isUnknown, type Claim, type ClusterMoment, type Fence, type GroupObservation, type Measured, type NodeObservation } from '../../core/observation'
import { say, type ClusterDerivation, type HealthIssue } from '../../core/observe'

export const JSON_VERSION = 1

export interface ClusterIdentity {
  /** What the command was pointed at, without secrets. */
  readonly target: string
  readonly id: string
  readonly name: string
  /** "etcd 3.4.23", "Raft". */
  readonly engine: string
}

const claimed = <Value>(claim: Claim<Value>): Measured<Value> => ('value' in claim ? claim.value : { unknown: claim.unknown })
const measured = <Value, Shown>(value: Measured<Value>, show: (value: Value) => Shown): Measured<Shown> => (isUnknown(value) ? value : show(value))

const publicFence = ({ kind, value, label }: Fence) => ({ kind, value, ...(label === undefined ? {} : { label }) })

function publicGroup(group: GroupObservation) {
  const { groupId, role, leaderId, fence, members, log, peers } = group
  return {
    id: groupId, role, leaderId,
    fence: measured(fence, publicFence),
    members: measured(members, (list) => list.map(({ id, name, address, voter, witness, half }) => ({ id, name, address, voter, ...(witness === true ? { witness } : {}), ...(half === undefined ? {} : { half }) }))),
    log: { firstAvailable: log.firstAvailable, last: log.last, persisted: log.persisted, committed: log.committed, applied: log.applied },
    peers: peers.map(({ id, stage, position, lag, flow }) => ({ id, stage, position, lag, flow })),
  }
}

function publicNode(observation: NodeObservation) {
  const { nodeId, name, source, reachability, reason, atMs, rttMs, version, groups, links, alarms, storage, extras } = observation
  return {
    id: nodeId, name, endpoint: source.endpoint, path: source.path, reachability, reason: reason ?? null, atMs, rttMs, version,
    groups: groups.map(publicGroup),
    links: links.map(({ peerId, connected, rttMs: linkRttMs, bytesPerSecond, messagesPerSecond, silentForMs }) =>
      ({ peerId, connected, rttMs: linkRttMs, bytesPerSecond, messagesPerSecond, silentForMs })),
    alarms: alarms.map(({ code, text, about }) => ({ code, text, ...(about === undefined ? {} : { about }) })),
    storage: { usedBytes: storage.usedBytes, inUseBytes: storage.inUseBytes, quotaBytes: storage.quotaBytes },
    extras,
  }
}

function publicIssue(issue: HealthIssue) {
  const { code, severity, nodeId, peerId, by, sentence, cause, advice, measure } = issue
  const { parameters } = sentence
  return {
    code, severity, nodeId: nodeId ?? null, peerId: peerId ?? null, by, text: say(sentence),
    cause: say({ key: cause, parameters }), advice: say({ key: advice, parameters }), measure: measure ?? null,
  }
}

function publicSummary(derivation: ClusterDerivation) {
  const { state, sentence, leader, fence, margin, disagreements, issues, lag } = derivation
  return {
    state,
    sentence: say(sentence),
    leaderId: claimed(leader),
    fence: measured(claimed(fence), publicFence),
    quorumMargin: {
      voters: margin.voters, answering: margin.answering, agreeing: margin.agreeing, faulty: margin.faulty, needed: margin.needed, canLose: margin.canLose,
      critical: margin.critical,
    },
    disagreements: disagreements.map(({ about, views }) => ({ about, views: views.map(({ value, nodeIds }) => ({ value, nodeIds })) })),
    lag: lag.map(({ nodeId, by, stage, entries, bytes, seconds, silentForMs }) => ({ nodeId, by, stage, entries, bytes, seconds, silentForMs })),
    issues: issues.map(publicIssue),
  }
}

/** 64-bit numbers as decimal strings, unknown as {"unknown": why}. */
export function observationJson(cluster: ClusterIdentity, moment: ClusterMoment, derivation: ClusterDerivation): string {
  const told = {
    version: JSON_VERSION,
    target: cluster.target,
    atMs: derivation.atMs,
    cluster: { id: cluster.id, name: cluster.name, engine: cluster.engine },
    expected: moment.expected.map(({ id, name, endpoint, voter }) => ({ id, name, endpoint, voter })),
    nodes: moment.observations.map(publicNode),
    summary: publicSummary(derivation),
  }
  return toPublicJson(told, 2)
}
