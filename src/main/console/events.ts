/** Lines that the console service itself adds to the list of events. */
import type { ConsoleSentenceKey } from '../../contract/console-sentences'
import type { RecordedEvent } from '../../contract/history'
import type { Fault, SandboxNode } from '../../contract/sandbox'

export type NewEvent = Omit<RecordedEvent, 'id'>
type Parameters = RecordedEvent['sentence']['parameters']

interface About {
  readonly atMs: number
  readonly clusterId: string | null
  readonly nodeId?: string
  readonly severity?: RecordedEvent['severity']
}

export function consoleEvent(kind: string, key: ConsoleSentenceKey, about: About, parameters: Parameters = {}): NewEvent {
  const { atMs, clusterId, nodeId = null, severity = 'info' } = about
  return { atMs, clusterId, nodeId, kind, severity, sentence: { key, parameters } }
}

export function faultEvent(fault: Fault, about: About): NewEvent {
  if (fault.kind === 'partition') {
    const groups = fault.groups.map((group) => group.join(' ')).join(' | ')
    return consoleEvent('fault-injected', 'event.fault-partition', about, { groups })
  }
  const { from, to, bothWays, cut } = fault
  const key = cut ? (bothWays ? 'event.fault-cut-both' : 'event.fault-cut') : bothWays ? 'event.fault-link-both' : 'event.fault-link'
  return consoleEvent('fault-injected', key, about, { from, to })
}

/** Null unless a node that ran went down without being asked to. */
export function endedEvent(before: SandboxNode | undefined, after: SandboxNode, about: About): NewEvent | null {
  const isDown = after.state === 'failed' || after.state === 'killed'
  if (!before || before.state === after.state || !isDown || after.reason === undefined) return null
  const severity = after.state === 'failed' ? 'critical' : 'warning'
  return consoleEvent('fault-node-ended', 'event.node-ended', { ...about, nodeId: after.nodeId, severity }, { name: after.nodeId, reason: after.reason })
}
