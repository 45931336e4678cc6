/** Proposals of a member that does not lead, sent to the leader in its ballot; the member settles them itself when it applies them. */
import type { PaxosState } from './state'
import { TakenNumbers } from './forwards'
import { encodeForwarded } from './record-codec'
import { SLOT_OVERHEAD_BYTES } from './slot-log'
import type { Forward, ForwardRefused } from './types'

/** What was forwarded is unknown after so many election timeouts. */
const TIMEOUTS_MAX = 4

/** False where no leader is known: the caller refuses. */
export function forwardProposals(state: PaxosState, commands: readonly Uint8Array[], tokens: readonly number[]): boolean {
  const { election, forwards, ticks } = state
  if (!state.options.forwarding || election.leaderId === null || election.leaderId === state.id) return false
  const { appendBytesMax } = state.config.limits
  for (let at = 0; at < commands.length; ) {
    const batch: Uint8Array[] = []
    const first = forwards.sequence(0)
    for (let bytes = 0; at < commands.length; at++) {
      const command = commands[at] as Uint8Array
      bytes += command.length + SLOT_OVERHEAD_BYTES
      if (batch.length > 0 && bytes > appendBytesMax) break
      batch.push(command)
      forwards.proposals.set(forwards.sequence(1), { token: tokens[at] as number, sinceTick: ticks })
    }
    const { incarnation } = forwards
    state.send(election.leaderId, { kind: 'forward', ballot: election.leaderBallot, incarnation, sequence: first, commands: batch })
  }
  return true
}

export function forwardRead(state: PaxosState, token: number): boolean {
  const { election, forwards } = state
  if (!state.options.forwarding || election.leaderId === null || election.leaderId === state.id) return false
  const sequence = forwards.sequence(1)
  forwards.reads.set(sequence, { token, sinceTick: state.ticks })
  state.send(election.leaderId, { kind: 'read-request', ballot: election.leaderBallot, incarnation: forwards.incarnation, sequence })
  return true
}

/**
 * A frame may come twice, so each command is taken at most once in a ballot, and refused only where it never was and never will be: in the
 * present reign, or in the last one, which is over.
 */
export function receiveForward(state: PaxosState, from: string, { ballot, incarnation, sequence, commands }: Forward): void {
  const { reign, proposals } = state
  const book = reign?.ballot === ballot ? reign.taken : state.lastReign?.ballot === ballot ? state.lastReign.taken : null
  if (!book) return
  const key = `${incarnation}/${from}`
  let taken = book.get(key)
  if (!taken) book.set(key, (taken = new TakenNumbers()))
  const isLeading = reign?.isLeading === true && reign.ballot === ballot
  for (const [i, command] of commands.entries()) {
    const number = sequence + i
    if (!taken.add(number)) continue
    const isTaken = isLeading && !reign.handover && proposals.hasRoom(state.config.limits) && command.length <= state.config.limits.commandBytesMax
    if (!isTaken) {
      state.send(from, { kind: 'forward-refused', incarnation, sequence: number, count: 1, isBusy: isLeading })
    } else {
      proposals.enqueue({ kind: 'forwarded', data: encodeForwarded({ nodeId: from, incarnation, sequence: number, command }), token: 0 })
    }
  }
}

export function receiveForwardRefused(state: PaxosState, refused: ForwardRefused): void {
  const { forwards, proposals, election } = state
  if (refused.incarnation !== forwards.incarnation) return
  const count = Math.min(refused.count, forwards.proposals.size)
  for (let sequence = refused.sequence; sequence < refused.sequence + count; sequence++) {
    const token = forwards.take('proposals', sequence)
    proposals.refuse(token, refused.isBusy ? { kind: 'busy' } : { kind: 'not-leader', leaderId: election.leaderId })
  }
}

export function tickForwards(state: PaxosState): void {
  const { forwards, proposals } = state
  const before = state.ticks - TIMEOUTS_MAX * state.config.timing.electionTicks
  for (const token of forwards.expire('proposals', before)) proposals.refuse(token, { kind: 'unknown', why: 'timed-out' })
  state.droppedReads.push(...forwards.expire('reads', before))
}
