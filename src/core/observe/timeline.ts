/** The epoch timeline: per member, stretches of one role in one epoch; and the moments at which reigns began and ended. */
import type { ClusterMoment, Fence, GroupObservation, Measured, NodeObservation, Reachability, Role } from '../observation'
import { isUnknown, unknown } from '../observation'
import { compareFences, fenceText, leads, mainGroup } from './survey'
import { DEFAULT_THRESHOLDS } from './thresholds'
import type { EpochTimeline, TimelineMark, TimelineSpan } from './types'

interface OpenSpan {
  readonly fromMs: number
  readonly role: Measured<Role>
  readonly fence: Measured<Fence>
  readonly reachability: Reachability
  /** The last word that confirmed it. */
  heardMs: number
}

const sameRole = (left: Measured<Role>, right: Measured<Role>): boolean => (isUnknown(left) ? isUnknown(right) : left === right)
const sameFence = (left: Measured<Fence>, right: Measured<Fence>): boolean =>
  isUnknown(left) ? isUnknown(right) : !isUnknown(right) && fenceText(left) === fenceText(right)

/** Collects observations in time order; ask for the timeline at any time between. */
export interface TimelineBuilder {
  add(observation: NodeObservation): void
  /** Spans and marks from the start up to `toMs`; open spans end there, or where their member was last heard. */
  until(toMs: number): EpochTimeline
}

class Timeline implements TimelineBuilder {
  private readonly fromMs: number
  private readonly staleAfterMs: number
  private readonly open = new Map<string, OpenSpan>()
  private readonly spans: TimelineSpan[] = []
  private readonly marks: TimelineMark[] = []
  private reign: { leaderId: string; fence: Fence } | null = null
  private leading = false

  constructor(base: ClusterMoment, fromMs: number, staleAfterMs: number) {
    this.fromMs = fromMs
    this.staleAfterMs = staleAfterMs
    for (const observation of [...base.observations].sort((left, right) => left.atMs - right.atMs)) this.add(observation)
    this.marks.length = 0
  }

  add(observation: NodeObservation): void {
    const { nodeId, reachability, atMs } = observation
    const group = reachability === 'ok' ? mainGroup(observation) : null
    const role = group?.role ?? unknown('unreachable')
    const fence = group?.fence ?? unknown('unreachable')
    const open = this.open.get(nodeId)
    if (open !== undefined && atMs < open.heardMs) return
    const broken = open !== undefined && atMs - open.heardMs > this.staleAfterMs
    const same = open !== undefined && !broken && open.reachability === reachability && sameRole(open.role, role) && sameFence(open.fence, fence)
    if (same) {
      open.heardMs = atMs
    } else {
      if (open !== undefined) this.spans.push(...this.close(nodeId, open, broken ? open.heardMs + this.staleAfterMs : atMs))
      this.open.set(nodeId, { fromMs: atMs, role, fence, reachability, heardMs: atMs })
      this.markCandidate(nodeId, atMs, role, fence, open)
    }
    this.markReign(observation, group)
  }

  until(toMs: number): EpochTimeline {
    const open = [...this.open].flatMap(([nodeId, span]) => this.close(nodeId, span, Math.min(toMs, span.heardMs + this.staleAfterMs)))
    const spans = [...this.spans, ...open].map((span) => (span.toMs > toMs ? { ...span, toMs } : span))
    return { spans: spans.filter((span) => span.toMs > span.fromMs), marks: this.marks.filter((mark) => mark.atMs >= this.fromMs && mark.atMs <= toMs) }
  }

  private close(nodeId: string, { fromMs, role, fence, reachability }: OpenSpan, toMs: number): TimelineSpan[] {
    const start = Math.max(fromMs, this.fromMs)
    return toMs <= start ? [] : [{ nodeId, fromMs: start, toMs, role, fence, reachability }]
  }

  private markCandidate(nodeId: string, atMs: number, role: Measured<Role>, fence: Measured<Fence>, before: OpenSpan | undefined): void {
    if (role !== 'candidate' || (before?.role === 'candidate' && sameFence(before.fence, fence))) return
    this.marks.push({ atMs, kind: 'election-started', nodeId, fence })
  }

  /** A reign begins when its leader is first named by anyone, and ends when its leader no longer says that it leads. */
  private markReign({ nodeId, atMs, reachability }: NodeObservation, group: GroupObservation | null): void {
    if (this.reign?.leaderId === nodeId && this.leading) {
      const stillLeads = group !== null && leads(group) && sameFence(group.fence, this.reign.fence)
      // Not answering in time, or through a broken tunnel, ends nothing: the others will tell.
      const ended = reachability === 'ok' ? !stillLeads : reachability === 'refused' || reachability === 'stopped' || reachability === 'ended'
      if (ended) {
        this.marks.push({ atMs, kind: 'leader-lost', nodeId, fence: this.reign.fence })
        this.leading = false
      }
    }
    if (group === null || isUnknown(group.fence) || typeof group.leaderId !== 'string') return
    const order = this.reign === null ? 1 : compareFences(group.fence, this.reign.fence)
    if (order === null || order < 0 || (order === 0 && this.reign?.leaderId === group.leaderId)) return
    if (this.reign !== null && this.leading && order > 0) this.marks.push({ atMs, kind: 'leader-lost', nodeId: this.reign.leaderId, fence: this.reign.fence })
    this.reign = { leaderId: group.leaderId, fence: group.fence }
    this.leading = true
    this.marks.push({ atMs, kind: 'leader-elected', nodeId: group.leaderId, fence: group.fence })
  }
}

/** A timeline that grows observation by observation. The base only says where things stood; it sets no marks. */
export function startTimeline(base: ClusterMoment, fromMs: number, staleAfterMs: number = DEFAULT_THRESHOLDS.staleAfterMs): TimelineBuilder {
  return new Timeline(base, fromMs, staleAfterMs)
}

/** The timeline of a recorded stretch: the moment at its beginning and every change since, in time order. */
export function timelineOf(
  base: ClusterMoment,
  changes: readonly NodeObservation[],
  fromMs: number,
  toMs: number,
  staleAfterMs: number = DEFAULT_THRESHOLDS.staleAfterMs,
): EpochTimeline {
  const builder = startTimeline(base, fromMs, staleAfterMs)
  for (const change of changes) if (change.atMs <= toMs) builder.add(change)
  return builder.until(toMs)
}
