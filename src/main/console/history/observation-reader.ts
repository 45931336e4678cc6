/** Past moments and recordings, rebuilt from what the observation store keeps. */
import { fromJson, toJson } from '../../../core/base'
import type { ClusterMoment, ExpectedMember, NodeObservation } from '../../../core/observation'
import { HISTORY_LIMITS } from './limits'
import type { ObservationStore, Stream } from './observation-store'
import { isTurn } from './observation-stream'

/** Damaged segments that are passed over on the way back to a sound one. */
const SEGMENTS_TRIED = 3
const MEASURED_ONE_IN = 8

export interface Recording {
  readonly base: ClusterMoment
  readonly changes: readonly NodeObservation[]
  readonly completeUntilMs: number
}

function latestUntil(observations: readonly NodeObservation[], atMs: number): NodeObservation | null {
  let latest: NodeObservation | null = null
  for (const each of observations) if (each.atMs <= atMs && (latest === null || each.atMs >= latest.atMs)) latest = each
  return latest
}

function wordAt(store: ObservationStore, stream: Stream, atMs: number): NodeObservation | null {
  if (stream.head.some((record) => record.atMs <= atMs)) {
    const latest = latestUntil(store.readHead(stream), atMs)
    if (latest !== null) return latest
  }
  for (const { id } of store.segmentsBefore(stream, atMs, SEGMENTS_TRIED)) {
    const latest = latestUntil(store.readSegment(stream, id), atMs)
    if (latest !== null) return latest
  }
  return null
}

function expectedAt(store: ObservationStore, clusterId: string, atMs: number): readonly ExpectedMember[] {
  const text = store.expectedAt(clusterId, atMs)
  if (typeof text !== 'string') return []
  try {
    const members: unknown = fromJson(text)
    const isMember = (each: unknown): each is ExpectedMember =>
      typeof each === 'object' && each !== null && 'id' in each && typeof each.id === 'string' && 'name' in each && typeof each.name === 'string'
    return Array.isArray(members) ? (members as unknown[]).filter(isMember) : []
  } catch {
    return []
  }
}

/** The cluster as it was. Each word carries the time at which it was said, so that silence shows as age. */
export function momentAt(store: ObservationStore, clusterId: string, atMs: number): ClusterMoment {
  const expected = expectedAt(store, clusterId, atMs)
  const observations: NodeObservation[] = []
  for (const stream of store.streamsOf(clusterId)) {
    const word = wordAt(store, stream, atMs)
    if (word === null) continue
    const isExpected = expected.length === 0 || expected.some(({ id }) => id === stream.nodeId)
    if (isExpected || atMs - word.atMs <= HISTORY_LIMITS.formerMemberShownMs) observations.push(word)
  }
  return { clusterId, atMs, expected, observations }
}

/** So many segments lie in the range that an answer ends before it does: where. */
function readableUntil(store: ObservationStore, streams: readonly Stream[], fromMs: number, toMs: number): number {
  const budget = HISTORY_LIMITS.segmentsPerReadMax
  const starts = streams.flatMap((stream) => store.segmentsIn(stream, fromMs, toMs, budget + 1).map((segment) => segment.from_ms)).sort((left, right) => left - right)
  const beyond = starts[budget]
  return beyond === undefined ? toMs : Math.max(fromMs, beyond - 1)
}

/** All turns, and of what merely moves on one word per member and refresh interval. */
function thinned(observations: Iterable<NodeObservation>, base: NodeObservation | undefined, fromMs: number, toMs: number): NodeObservation[] {
  const kept: NodeObservation[] = []
  let before = base
  let keptAtMs = base?.atMs ?? Number.NEGATIVE_INFINITY
  for (const each of observations) {
    if (each.atMs <= fromMs || each.atMs > toMs) continue
    if (before === undefined || isTurn(before, each) || each.atMs - keptAtMs >= HISTORY_LIMITS.refreshEveryMs || each.atMs < keptAtMs) {
      kept.push(each)
      keptAtMs = each.atMs
    }
    before = each
  }
  return kept
}

function* wordsIn(store: ObservationStore, stream: Stream, fromMs: number, toMs: number): Generator<NodeObservation> {
  for (const { id } of store.segmentsIn(stream, fromMs, toMs, HISTORY_LIMITS.segmentsPerReadMax)) yield* store.readSegment(stream, id)
  if (stream.head.some((record) => record.atMs <= toMs)) yield* store.readHead(stream)
}

/** A stretch to scrub through. Where it is too long for one answer, `completeUntilMs` tells how far it goes. */
export function recordingOf(store: ObservationStore, clusterId: string, fromMs: number, toMs: number, changesMax: number): Recording {
  const base = momentAt(store, clusterId, fromMs)
  const streams = store.streamsOf(clusterId)
  const readableMs = readableUntil(store, streams, fromMs, toMs)
  const said = new Map(base.observations.map((each) => [each.nodeId, each]))
  const all = streams
    .flatMap((stream) => thinned(wordsIn(store, stream, fromMs, readableMs), said.get(stream.nodeId), fromMs, readableMs))
    .sort((left, right) => left.atMs - right.atMs)
  let characters = toJson(base).length
  let each = 0
  let length = 0
  while (length < all.length && length < changesMax) {
    // Neighbours are much alike: measuring one in a few is enough.
    if (length % MEASURED_ONE_IN === 0) each = toJson(all[length]).length
    characters += each
    if (characters > HISTORY_LIMITS.answerCharactersMax && length > 0) break
    length += 1
  }
  const next = all[length]
  if (next === undefined) return { base, changes: all, completeUntilMs: readableMs }
  // What was said in one and the same millisecond is not torn apart, unless nothing else would be left.
  const whole = all.slice(0, length).filter((each) => each.atMs < next.atMs)
  return whole.length > 0 ? { base, changes: whole, completeUntilMs: next.atMs - 1 } : { base, changes: all.slice(0, length), completeUntilMs: next.atMs }
}
