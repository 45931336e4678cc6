/** Entering a view (OSDI 1999, section 4.4): what a quorum of view changes makes of every sequence number, computed by each replica. */
import { isPlanted } from '../base'
import { EMPTY_BATCH } from './batch'
import { advanceStable } from './checkpoints'
import { decodeFrame } from './codec'
import { isSame } from './group'
import { answer, setProposal } from './ordering'
import { newViewRecord } from './records'
import type { PbftState } from './state'
import { undoTentative } from './tentative'
import type { CertifiedPlace } from './trace'
import type { CheckpointCertificate, NewView, PreparedCertificate, Proposal, SignedMessage, ViewChange } from './types'
import { isHigher, isValidViewChange, roleOf, viewChangesFor } from './view-change'

/** What a new view begins with. */
export interface NewViewPlan {
  /** The latest stable checkpoint of the view changes: min-s. */
  readonly stable: CheckpointCertificate | null
  /** The digest of every sequence number from min-s + 1 to max-s. */
  readonly digests: readonly Uint8Array[]
  /** The certificates that were chosen. */
  readonly chosen: readonly PreparedCertificate[]
}

export function planNewView(state: PbftState, viewChanges: readonly ViewChange[]): NewViewPlan {
  let stable: CheckpointCertificate | null = null
  const chosen = new Map<number, PreparedCertificate>()
  for (const message of viewChanges) {
    if (message.stable !== null && message.stable.sequence > (stable?.sequence ?? 0)) stable = message.stable
    for (const certificate of message.prepared) {
      if (isHigher(certificate, chosen.get(certificate.sequence))) chosen.set(certificate.sequence, certificate)
    }
  }
  const low = stable?.sequence ?? 0
  const high = Math.max(low, ...chosen.keys())
  const digests: Uint8Array[] = []
  for (let sequence = low + 1; sequence <= high; sequence++) {
    // Nothing was prepared there: the null request, which changes nothing, fills the gap.
    digests.push(chosen.get(sequence)?.digest ?? state.group.batchDigest(sequence, EMPTY_BATCH))
  }
  return { stable, digests, chosen: [...chosen.values()] }
}

/** The primary of the new view opens it with a quorum of view changes, its own among them. */
export function maybeSendNewView(state: PbftState): void {
  if (state.phase !== 'changing' || !state.isPrimary || !state.viewChanges.has(state.me)) return
  const senders = viewChangesFor(state, state.view)
  if (senders.length < state.group.quorum.size || !senders.includes(state.me)) return
  const chosen = [state.me, ...senders.filter((sender) => sender !== state.me)].slice(0, state.group.quorum.size)
  const used = chosen.map((sender) => state.viewChanges.get(sender))
  const plan = planNewView(state, used.flatMap((each) => (each ? [each.message] : [])))
  const { view } = state
  const low = plan.stable?.sequence ?? 0
  const proposals = plan.digests.map((digest, i): Proposal => {
    const about = { view, sequence: low + 1 + i, digest }
    return { ...about, signature: state.statement('pre-prepare', about).signature }
  })
  const message: NewView = { kind: 'new-view', view, viewChanges: used.flatMap((each) => (each ? [each.frame] : [])), proposals }
  const frame = state.frame(message)
  // Durable first: a primary that comes back from a crash must not open the view with another content.
  state.broadcastFrame('new-view', frame, 'durable')
  enterView(state, message, frame, plan)
  state.ownWhenDurable({ kind: 'new-view', view, sequence: 0, digest: state.stable.digest, signature: frame })
  noteEntry(state, view, chosen, used.flatMap((each) => (each ? [each.message] : [])), plan, true)
}

/** This primary's own, once it is durable. */
export function countOwnNewView(state: PbftState, frame: Uint8Array): void {
  if (frame !== state.newViewFrame) return
  state.isNewViewDurable = true
  noteOpened(state, frame)
}

/** For who checks it: with a new-view its primary says every pre-prepare in it. */
export function noteOpened(state: PbftState, frame: Uint8Array): void {
  const message = state.isWatched ? decodeFrame(frame)?.message : null
  if (message?.kind !== 'new-view' || !state.isPrimary) return
  state.note({ kind: 'opened', view: message.view })
  for (const proposal of message.proposals) state.noteSaid('pre-prepare', proposal)
}

export function receiveNewView(state: PbftState, sender: number, message: NewView, frame: Uint8Array, isSigned: () => boolean): void {
  const { view } = message
  if (view < state.view || view === 0 || (view === state.view && state.phase === 'active') || sender !== state.group.primaryOf(view)) return
  if (!isSigned()) return
  const plan = checkedPlan(state, message)
  if (plan !== null) enterView(state, message, frame, plan)
}

/** The plan that follows from the view changes inside; null where the new-view does not follow it, or one of them does not hold. */
function checkedPlan(state: PbftState, message: NewView): NewViewPlan | null {
  const isTrusted = __PLANTED__ && isPlanted('pbft/new-view-not-checked')
  const inside: ViewChange[] = []
  let isFollowed = true
  const senders = new Set<number>()
  for (const bytes of message.viewChanges) {
    const found = decodeFrame(bytes)
    if (found?.message.kind !== 'view-change' || found.message.view !== message.view || senders.has(found.sender)) return null
    isFollowed &&= isKnownOrValid(state, found, found.message, bytes)
    if (!isFollowed && !isTrusted) return null
    senders.add(found.sender)
    inside.push(found.message)
  }
  if (senders.size < state.group.quorum.size && !(__PLANTED__ && isPlanted('pbft/new-view-by-fewer'))) return null
  const plan = planNewView(state, inside)
  const low = plan.stable?.sequence ?? 0
  isFollowed &&= plan.digests.length === message.proposals.length && plan.digests.every((digest, i) => {
    const proposal = message.proposals[i]
    return proposal?.view === message.view && proposal.sequence === low + 1 + i && isSame(proposal.digest, digest) && state.group.isProposal(proposal)
  })
  noteEntry(state, message.view, [...senders], inside, plan, isFollowed)
  return isFollowed || isTrusted ? plan : null
}

function noteEntry(
  state: PbftState, view: number, senders: readonly number[], viewChanges: readonly ViewChange[], plan: NewViewPlan, isFollowed: boolean,
): void {
  if (!state.isWatched) return
  const place = (certificate: PreparedCertificate): CertifiedPlace => ({ sequence: certificate.sequence, view: certificate.view })
  const given = viewChanges.flatMap(({ prepared }) => prepared.map(place))
  const isEntered = isFollowed || (__PLANTED__ && isPlanted('pbft/new-view-not-checked'))
  if (!isEntered) return
  state.note({ kind: 'entered', view, senders: senders.map((sender) => state.group.idOf(sender)), given, chosen: plan.chosen.map(place), isFollowed })
}

function isKnownOrValid(state: PbftState, found: SignedMessage, message: ViewChange, bytes: Uint8Array): boolean {
  const known = state.viewChanges.get(found.sender)
  if (known && isSame(known.frame, bytes)) return true
  return state.group.isSigned(found) && isValidViewChange(state, message)
}

function enterView(state: PbftState, message: NewView, frame: Uint8Array, { stable }: NewViewPlan): void {
  const oldRole = roleOf(state)
  const isLater = message.view !== state.view
  undoTentative(state)
  if (stable !== null) advanceStable(state, stable)
  beginView(state, message, frame)
  state.out.record(newViewRecord(frame), 'view')
  if (isLater) state.out.events.push({ kind: 'term-changed', term: message.view })
  const role = roleOf(state)
  if (role !== oldRole) state.out.events.push({ kind: 'role-changed', role, term: message.view, why: 'a new view began' })
  state.out.events.push({ kind: 'leader-changed', leaderId: state.group.idOf(state.primary), term: message.view })
  for (const { sequence } of message.proposals) {
    const slot = state.slots.get(sequence)
    if (slot?.proposal?.view === message.view) answer(state, slot)
  }
  settleTransfer(state)
}

/** The state of a view as its new-view makes it; also used when it is read back from the disk. */
export function beginView(state: PbftState, message: NewView, frame: Uint8Array): void {
  state.view = message.view
  state.phase = 'active'
  state.timer = 0
  state.viewSinceTick = state.ticks
  state.newViewFrame = frame
  state.isNewViewDurable = false
  state.ownViewChange = null
  for (const slot of state.slots.values()) slot.beginView()
  for (const [sender, each] of state.viewChanges) if (each.message.view <= message.view) state.viewChanges.delete(sender)
  state.highest = state.executed
  state.lastProposed = Math.max(state.stable.sequence, state.executed, message.proposals.at(-1)?.sequence ?? 0)
  for (const proposal of message.proposals) {
    if (proposal.sequence > state.stable.sequence) setProposal(state, state.slot(proposal.sequence), proposal)
  }
  state.pool.beginView()
}

function settleTransfer(state: PbftState): void {
  const asked = state.transferLeadership
  if (asked === null || state.view < asked.view) return
  state.transferLeadership = null
  state.out.controls.push({ token: asked.token, outcome: { kind: 'done' } })
}
