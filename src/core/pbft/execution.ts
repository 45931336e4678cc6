/** Committed batches are executed in the order of their sequence numbers, each request once. */
import { isPlanted, toHex } from '../base'
import { decodeBatch, ITEM_OVERHEAD_BYTES, makeItem } from './batch'
import { committedRecord } from './records'
import type { PbftState } from './state'
import { settleTentative } from './tentative'
import type { ExecutedRequest } from './trace'
import type { CommittedEntry, Item } from './types'

export function acceptCommitted(state: PbftState, entry: CommittedEntry): void {
  const { sequence } = entry
  if (sequence <= state.committed) return
  state.slot(sequence).committed = entry
  // Not waited for: what is committed can be learnt again from any correct replica.
  state.out.record(committedRecord(entry), sequence)
  state.noteCertificate('committed', entry, entry.commits)
  advanceCommitted(state)
}

/** Moves committed entries into the log as far as there is no gap. */
export function advanceCommitted(state: PbftState): void {
  for (let entry = nextCommitted(state); entry !== null; entry = nextCommitted(state)) {
    state.committed++
    state.log.set(state.committed, entry)
    state.logBytes += entry.batch.length
    // Fetched behind the low watermark: it was there for this step only.
    if (state.committed <= state.stable.sequence) state.slots.delete(state.committed)
  }
}

const nextCommitted = (state: PbftState): CommittedEntry | null => state.slots.get(state.committed + 1)?.committed ?? null

export const canExecute = (state: PbftState): boolean => state.installing === null && !state.isDiskBehind && state.executed < state.committed

/** Hands out entries up to the next checkpoint, whose state must be kept before anything follows. */
export function executeCommitted(state: PbftState): void {
  let bytes = 0
  while (canExecute(state) && bytes < state.config.limits.applyBytesMax) {
    const entry = state.log.get(state.executed + 1)
    if (!entry) return
    bytes += entry.batch.length + ITEM_OVERHEAD_BYTES
    execute(state, entry)
    if (state.executed % state.checkpointInterval !== 0) continue
    state.windowsAt.set(state.executed, state.window.encode())
    state.out.isCheckpointDue = true
    return
  }
}

function execute(state: PbftState, entry: CommittedEntry): void {
  settleTentative(state, entry)
  state.executed = entry.sequence
  const before = state.out.apply.length
  const requests: ExecutedRequest[] = []
  let isProgress = false
  for (const item of decodeBatch(state.group, entry.batch) ?? []) {
    if (!executeItem(state, item)) continue
    isProgress = true
    if (state.isWatched && item.kind !== 'marker') requests.push({ id: item.id, command: item.data, isRepeat: item.kind === 'repeat' })
  }
  if (state.out.apply.length === before) state.out.apply.push({ index: entry.sequence, command: null, token: 0 })
  state.note({ kind: 'executed', sequence: entry.sequence, digest: toHex(entry.digest), requests })
  if (!isProgress) return
  // Only real execution shows that the primary does its work (section 4.5.2 of TOCS 2002).
  state.timer = 0
  if (state.phase === 'active') state.attempts = 0
}

/** False where it is a duplicate. */
function executeItem(state: PbftState, item: Item): boolean {
  if (item.kind === 'command') {
    if (state.window.has(item.id) && !(__PLANTED__ && isPlanted('pbft/duplicates-executed'))) return false
    state.window.add(item.id)
  }
  const request = state.pool.take(item.id)
  if (item.kind === 'marker') {
    if (request) releaseReads(state, request.reads, state.executed)
    if (state.markerId === item.id) state.markerId = null
    return true
  }
  const [token = 0, ...others] = request?.tokens ?? []
  state.out.apply.push({ index: state.executed, command: item.data, token })
  if (others.length > 0) askAgain(state, item, others)
  return true
}

function releaseReads(state: PbftState, tokens: readonly number[], index: number): void {
  if (tokens.length === 0) return
  state.readsWaiting -= tokens.length
  state.out.safeReads.push({ index, tokens })
}

/** Has a command that was executed before ordered again, so that the state machine's sessions answer at one place for all. */
export function askAgain(state: PbftState, item: Item, tokens: readonly number[]): void {
  const again = state.pool.add(makeItem(state.group, 'repeat', item.data), state.me, state.ticks)
  if (again) again.tokens.push(...tokens)
  else for (const token of tokens) state.out.refused.push({ token, refusal: { kind: 'unknown', why: 'timed-out' } })
}

/** A snapshot took the place of execution: requests that it covers have no answer here yet. Markers are simply ordered again. */
export function settleCovered(state: PbftState): void {
  for (const request of [...state.pool.values()]) {
    if (!state.window.has(request.item.id)) continue
    state.pool.take(request.item.id)
    if (request.tokens.length > 0) askAgain(state, request.item, request.tokens)
  }
}
