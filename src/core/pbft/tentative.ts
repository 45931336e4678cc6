/**
 * Tentative execution (OSDI 1999, section 5.1.2): a batch that is prepared here is executed before it is committed, if everything below
 * it is committed and executed. A client that hears so from a quorum in one view knows as much as a replica with a quorum of commits:
 * prepared certificates of a quorum are durable, and every later view takes the batch over. One sequence number ahead: what follows
 * would rest on a state that may be undone.
 */
import { isPlanted } from '../base'
import { decodeBatch } from './batch'
import { isSame } from './group'
import type { Slot } from './slot'
import type { PbftState } from './state'
import type { CommittedEntry, Item, Proposal } from './types'

interface Candidate {
  readonly proposal: Proposal
  readonly batch: Uint8Array
}

export const canExecuteTentatively = (state: PbftState): boolean => candidateOf(state) !== null

function candidateOf(state: PbftState): Candidate | null {
  if (!state.isTentative || state.tentative !== null || state.phase !== 'active' || state.installing !== null) return null
  if (state.executed !== state.committed) return null
  const isGapIgnored = __PLANTED__ && isPlanted('pbft/tentative-above-uncommitted')
  return preparedAt(state, state.executed + 1) ?? (isGapIgnored ? preparedAt(state, state.executed + 2) : null)
}

function preparedAt(state: PbftState, sequence: number): Candidate | null {
  const slot = state.slots.get(sequence)
  if (!slot?.isPrepared || slot.proposal === null || !isSaid(state, slot)) return null
  const batch = slot.batch(slot.proposal.digest)
  return batch === null ? null : { proposal: slot.proposal, batch }
}

/** The certificate is durable, like the word that the commit gives on it: the answer to the client is the same word. */
function isSaid(state: PbftState, slot: Slot): boolean {
  return slot.commits.has(state.me) || (__PLANTED__ && isPlanted('pbft/tentative-before-durable'))
}

export function executeTentatively(state: PbftState): void {
  const candidate = candidateOf(state)
  if (candidate === null) return
  const { proposal: { view, sequence, digest }, batch } = candidate
  const items = fresh(state, decodeBatch(state.group, batch) ?? [])
  const commands = items.map(({ id, data }) => ({ command: data, token: state.pool.get(id)?.tokens[0] ?? 0 }))
  state.tentative = { sequence, digest }
  state.out.tentative = { index: sequence, term: view, commands }
  state.noteTentative(sequence, view, digest)
}

/** Those that will be handed to the state machine when the batch is executed: see execution.ts, which changes the window for good. */
function fresh(state: PbftState, items: readonly Item[]): Item[] {
  const commands = items.filter(({ kind }) => kind === 'command')
  const isNew = state.window.wouldAdd(commands.map(({ id }) => id))
  let at = 0
  return items.filter(({ kind }) => kind === 'repeat' || (kind === 'command' && isNew[at++] === true))
}

/** `entry` is executed next: what was executed before stands if it was the same. */
export function settleTentative(state: PbftState, entry: CommittedEntry): void {
  const { tentative } = state
  if (tentative === null) return
  if (tentative.sequence === entry.sequence && isSame(tentative.digest, entry.digest)) state.tentative = null
  else undoTentative(state)
}

/** What was executed tentatively is not committed here, and may never be. */
export function undoTentative(state: PbftState): void {
  if (state.tentative === null) return
  state.tentative = null
  state.out.undoTentative = true
}
