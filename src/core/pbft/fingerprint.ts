/**
 * All that decides what a replica will do, but for its clocks: two replicas with equal fingerprints answer every message of the protocol
 * alike. For searches through all states; checkpoints, state transfer and reads under way are not in it. Members are not renamed: the
 * primary of a view is decided by the order of names, and every message is signed.
 */
import { toHex } from '../base'
import type { Slot, Votes } from './slot'
import type { PbftState } from './state'
import type { CommittedEntry, PreparedCertificate, Proposal, SignatureOf } from './types'

const hex = (bytes: Uint8Array | null): string => (bytes === null ? '-' : toHex(bytes))

export function fingerprintOf(state: PbftState): string {
  const viewChanges = [...state.viewChanges].map(([sender, { frame }]) => `${sender}:${hex(frame)}`).sort()
  const slots = [...state.slots.values()].sort((one, other) => one.sequence - other.sequence).map(slotOf)
  const log = [...state.log.values()].map(committedOf)
  // In the order in which they came, which is that in which the primary takes them.
  const pool = [...state.pool.values()].map((request) => `${request.item.id}:${request.source}:${request.isAssigned}:${request.sentAtTick !== null}:${request.tokens.length}`)
  const peers = state.peers.map(({ view, isChanging, stable, executed }) => `${view}:${isChanging}:${stable}:${executed}`)
  return [
    state.view, state.phase, state.accusedView, hex(state.newViewFrame), state.isNewViewDurable, hex(state.ownViewChange), viewChanges.join(','), state.stable.sequence,
    state.highest, state.lastProposed, state.executed, state.applied, state.committed, slots.join(','), log.join(','), hex(state.window.encode()),
    pool.join(','), state.future.frames.map(toHex).join(','), peers.join(','),
  ].join('/')
}

function slotOf(slot: Slot): string {
  const { sequence, proposal, prepares, commits, isPrepared, isAnswered, prepared, committed } = slot
  return [
    sequence, proposal === null ? '-' : proposalOf(proposal), votesOf(prepares), votesOf(commits), isPrepared, isAnswered,
    prepared === null ? '-' : certificateOf(prepared), committed === null ? '-' : committedOf(committed), [...slot.batchDigests].sort().join('+'),
  ].join(' ')
}

const proposalOf = ({ view, digest, signature }: Proposal): string => `${view}:${hex(digest)}:${hex(signature)}`
const votesOf = (votes: Votes): string => votes.all.map(({ view, sender, digest, proposal }) => `${sender}:${view}:${hex(digest)}:${hex(proposal)}`).sort().join('+')
const signersOf = (signatures: readonly SignatureOf[]): string => signatures.map(({ replica }) => replica).join('.')
const certificateOf = ({ view, digest, proposal, prepares }: PreparedCertificate): string => `${view}:${hex(digest)}:${hex(proposal)}:${signersOf(prepares)}`
const committedOf = ({ view, sequence, digest, commits }: CommittedEntry): string => `${sequence}:${view}:${hex(digest)}:${signersOf(commits)}`
