/** The epoch timeline as lanes of rectangles over a range of time. Pure. */
import { isUnknown, type Fence, type Measured } from '../../../../core/observation'
import { fenceText } from '../fence/fence'
import type { EpochTimeline, TimelineMark, TimelineSpan } from '../../../../core/observe/types'

export interface LaneSpan extends TimelineSpan {
  /** Share of the range, 0 to 1. */
  readonly start: number
  readonly end: number
}

export interface Lane {
  readonly nodeId: string
  readonly name: string
  readonly spans: readonly LaneSpan[]
  readonly marks: readonly (TimelineMark & { readonly at: number })[]
}

export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

export function lanesOf(timeline: EpochTimeline, members: readonly { readonly id: string; readonly name: string }[], range: TimeRange): readonly Lane[] {
  const span = Math.max(1, range.toMs - range.fromMs)
  const share = (atMs: number): number => Math.min(1, Math.max(0, (atMs - range.fromMs) / span))
  return members.map(({ id, name }) => ({
    nodeId: id, name,
    spans: timeline.spans
      .filter((one) => one.nodeId === id && one.toMs > range.fromMs && one.fromMs < range.toMs)
      .map((one) => ({ ...one, start: share(one.fromMs), end: share(one.toMs) })),
    marks: timeline.marks.filter((one) => one.nodeId === id && one.atMs >= range.fromMs && one.atMs <= range.toMs).map((one) => ({ ...one, at: share(one.atMs) })),
  }))
}

export type SpanKind = 'leading' | 'following' | 'candidate' | 'learning' | 'unreachable' | 'unknown'

/** The pattern a span is drawn with. */
export function kindOf(span: Pick<TimelineSpan, 'role' | 'reachability'>): SpanKind {
  if (span.reachability === 'unknown') return 'unknown'
  if (span.reachability !== 'ok') return 'unreachable'
  if (isUnknown(span.role)) return 'unknown'
  switch (span.role) {
    case 'leader':
    case 'primary': return 'leading'
    case 'candidate': return 'candidate'
    case 'learner':
    case 'observer':
    case 'witness': return 'learning'
    case 'follower':
    case 'standby':
    case 'replica': return 'following'
  }
}

/** What a member was at a time; undefined in a gap. */
export function spanAt(lane: Lane, atMs: number): LaneSpan | undefined {
  return lane.spans.find((span) => span.fromMs <= atMs && atMs < span.toMs) ?? (lane.spans.at(-1)?.toMs === atMs ? lane.spans.at(-1) : undefined)
}

/** Elections counted by the distinct epochs that got a leader. */
export function electionsIn(lanes: readonly Lane[]): number {
  const won = lanes.flatMap((lane) => lane.marks.filter((mark) => mark.kind === 'leader-elected'))
  return new Set(won.map((mark) => `${epochText(mark.fence) ?? mark.atMs}`)).size
}

export function epochText(fence: Measured<Pick<Fence, 'value' | 'label'>>): string | null {
  return isUnknown(fence) ? null : fenceText(fence)
}

/** The moment of the next or previous change in any lane, for the keyboard; null where there is none. */
export function nextChange(lanes: readonly Lane[], atMs: number, direction: -1 | 1): number | null {
  const changes = lanes.flatMap((lane) => [...lane.spans.map((span) => span.fromMs), ...lane.marks.map((mark) => mark.atMs)])
  const beyond = changes.filter((change) => (direction === 1 ? change > atMs : change < atMs))
  if (beyond.length === 0) return null
  return direction === 1 ? Math.min(...beyond) : Math.max(...beyond)
}
