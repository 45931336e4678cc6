/** Requests on their way to the primary: passed on, sent again to all when it does not order them, given up in the end. */
import { ByteWriter, isPlanted, varintSize } from '../base'
import { decodeBatch, encodeBatch, ITEM_OVERHEAD_BYTES, makeItem } from './batch'
import { askAgain } from './execution'
import { BATCH_ITEMS_MAX, REQUEST_ELECTIONS_MAX, RETRANSMIT_HEARTBEATS } from './limits'
import { isAuthentic } from './ordering'
import type { PendingRequest } from './request-pool'
import type { PbftState } from './state'
import type { Item, Request } from './types'

/** Random words of a marker; two of one name would let a read be answered too early. */
const MARKER_WORDS = 4
const WORD = 0x1_0000_0000

export function propose(state: PbftState, commands: readonly Uint8Array[], tokens: readonly number[]): void {
  for (const [i, command] of commands.entries()) {
    const token = tokens[i] ?? 0
    const item = makeItem(state.group, 'command', command)
    if (!isAuthentic(state, item)) state.out.refused.push({ token, refusal: { kind: 'not-leader', leaderId: null } })
    else if (state.window.has(item.id)) askAgain(state, item, [token])
    else addOwn(state, item, token)
  }
}

function addOwn(state: PbftState, item: Item, token: number): void {
  const request = state.pool.add(item, state.me, state.ticks)
  if (request) request.tokens.push(token)
  else state.out.refused.push({ token, refusal: { kind: 'busy' } })
  noteArrival(state)
}

function noteArrival(state: PbftState): void {
  if (__PLANTED__ && isPlanted('pbft/timer-restarted-by-requests')) state.timer = 0
}

export const needsMarker = (state: PbftState): boolean => state.readsForNext.length > 0 && state.markerId === null

/** One mark goes through the order for all reads that came since the last one. */
export function placeMarker(state: PbftState): void {
  if (!needsMarker(state)) return
  const reads = state.readsForNext
  state.readsForNext = []
  const words = Array.from({ length: MARKER_WORDS }, () => state.config.random.integer(0, WORD))
  const writer = new ByteWriter(1 + words.reduce((sum, word) => sum + varintSize(word), 0))
  writer.byte(state.me)
  for (const word of words) writer.varint(word)
  const item = makeItem(state.group, 'marker', writer.bytes)
  const request = state.pool.add(item, state.me, state.ticks)
  if (!request) return dropReads(state, reads)
  request.reads.push(...reads)
  state.markerId = item.id
}

export function dropReads(state: PbftState, tokens: readonly number[]): void {
  state.readsWaiting -= tokens.length
  state.out.droppedReads.push(...tokens)
}

export function receiveRequest(state: PbftState, sender: number, message: Request): void {
  const items = decodeBatch(state.group, message.items)
  if (items === null) return
  for (const item of items) {
    if (item.data.length > state.config.limits.commandBytesMax || !isAuthentic(state, item)) continue
    if (state.window.has(item.id)) continue
    state.pool.add(item, sender, state.ticks)
  }
  noteArrival(state)
}

export const canPassOn = (state: PbftState): boolean => state.phase === 'active' && !state.isPrimary && state.pool.hasNew

/** To the primary of this view, all that it was not yet told of. */
export function passOn(state: PbftState): void {
  if (!canPassOn(state)) return
  const due = [...state.pool.values()].filter((request) => request.sentAtTick === null && !request.isAssigned)
  sendRequests(state, due, [state.primary])
}

/**
 * At every heartbeat: what the primary has not ordered is sent again; this node's own to all, who will then watch the primary too. Not by
 * a replica that is behind: what waits here may be executed already, and to order it again would move on the state that it is fetching.
 */
export function passOnAgain(state: PbftState): void {
  if (state.phase !== 'active' || state.isBehind) return
  const age = RETRANSMIT_HEARTBEATS * state.config.timing.heartbeatTicks
  const due = [...state.pool.values()].filter((request) => !request.isAssigned && request.sentAtTick !== null && state.ticks - request.sentAtTick >= age)
  const others = state.group.replicas.map((_, i) => i).filter((i) => i !== state.me)
  sendRequests(state, due.filter((request) => request.source === state.me), others)
  if (!state.isPrimary) sendRequests(state, due.filter((request) => request.source !== state.me), [state.primary])
}

function sendRequests(state: PbftState, requests: readonly PendingRequest[], to: readonly number[]): void {
  let items: Item[] = []
  let bytes = 0
  const flush = (): void => {
    if (items.length === 0) return
    const frame = state.frame({ kind: 'request', items: encodeBatch(items) })
    for (const replica of to) state.sendFrame(replica, 'request', frame)
    items = []
    bytes = 0
  }
  for (const request of requests) {
    const size = request.item.data.length + ITEM_OVERHEAD_BYTES
    if (bytes + size > state.config.limits.appendBytesMax || items.length >= BATCH_ITEMS_MAX) flush()
    items.push(request.item)
    bytes += size
    state.pool.markSent(request, state.ticks)
  }
  flush()
}

/** At every heartbeat: nobody waits for ever. */
export function giveUpOld(state: PbftState): void {
  const ageMax = REQUEST_ELECTIONS_MAX * state.config.timing.electionTicks
  for (const request of [...state.pool.values()]) {
    if (state.ticks - request.sinceTick < ageMax) return
    state.pool.take(request.item.id)
    for (const token of request.tokens) state.out.refused.push({ token, refusal: { kind: 'unknown', why: 'timed-out' } })
    if (request.reads.length > 0) dropReads(state, request.reads)
    if (state.markerId === request.item.id) state.markerId = null
  }
}
