/** View changes (OSDI 1999, section 4.4): leaving a view with proof of what was prepared in it and before. */
import { assert, isPlanted } from '../base'
import { isStable } from './checkpoints'
import { decodeFrame } from './codec'
import { maybeSendNewView } from './view-entry'
import { viewChangeRecord } from './records'
import type { PbftState } from './state'
import { undoTentative } from './tentative'
import type { PreparedCertificate, ViewChange } from './types'

/** Leaves the present view for `view`: from now on nothing is accepted in earlier ones. */
export function startViewChange(state: PbftState, view: number, why: string): void {
  const wasRole = roleOf(state)
  undoTentative(state)
  state.view = view
  state.phase = 'changing'
  state.timer = 0
  state.attempts++
  state.newViewFrame = null
  state.isNewViewDurable = false
  for (const slot of state.slots.values()) slot.beginView()
  state.highest = state.executed
  state.out.events.push({ kind: 'term-changed', term: view })
  if (wasRole !== 'candidate') state.out.events.push({ kind: 'role-changed', role: 'candidate', term: view, why })
  state.out.events.push({ kind: 'leader-changed', leaderId: null, term: view })
  const frame = state.frame(ownViewChange(state))
  state.ownViewChange = frame
  if (!(__PLANTED__ && isPlanted('pbft/view-change-not-persisted'))) state.out.record(viewChangeRecord(frame), 'view')
  const isEarly = __PLANTED__ && isPlanted('pbft/view-change-before-durable')
  state.broadcastFrame('view-change', frame, isEarly ? 'now' : 'durable')
  state.ownWhenDurable({ kind: 'view-change', view, sequence: 0, digest: state.stable.digest, signature: frame })
  dropOldViewChanges(state)
}

export function roleOf(state: PbftState): 'leader' | 'follower' | 'candidate' {
  if (state.phase === 'changing') return 'candidate'
  return state.isPrimary ? 'leader' : 'follower'
}

function ownViewChange(state: PbftState): ViewChange {
  const isDropped = __PLANTED__ && isPlanted('pbft/prepared-certificate-dropped')
  const prepared = isDropped ? [] : [...state.slots.values()].flatMap((slot) => (slot.prepared ? [slot.prepared] : []))
  prepared.sort((one, other) => one.sequence - other.sequence)
  return { kind: 'view-change', view: state.view, stable: state.stable.sequence === 0 ? null : state.stable, prepared }
}

function dropOldViewChanges(state: PbftState): void {
  for (const [sender, { message }] of state.viewChanges) if (message.view < state.view) state.viewChanges.delete(sender)
}

/** This replica's own, once it is durable. */
export function countOwnViewChange(state: PbftState, frame: Uint8Array, view: number): void {
  state.note({ kind: 'left', view })
  if (view !== state.view || state.phase !== 'changing' || frame !== state.ownViewChange) return
  // As it was said: a checkpoint may have become stable since.
  const message = decodeFrame(frame)?.message
  assert(message?.kind === 'view-change', 'an own view change decodes')
  state.viewChanges.set(state.me, { message, frame })
  maybeSendNewView(state)
}

export function receiveViewChange(state: PbftState, sender: number, message: ViewChange, frame: Uint8Array, isSigned: () => boolean): void {
  const isOver = message.view < state.view || (message.view === state.view && state.phase === 'active')
  const known = state.viewChanges.get(sender)
  if (isOver || (known && known.message.view >= message.view)) return
  if (!isSigned() || !isValidViewChange(state, message)) return
  state.viewChanges.set(sender, { message, frame })
  joinViewChange(state, sender, message)
  maybeSendNewView(state)
}

/**
 * f + 1 replicas in later views hold a correct one among them: its word is enough, before the timer here (section 4.5.2). So is that
 * of the primary itself, which gives up nothing but its own office.
 */
function joinViewChange(state: PbftState, sender: number, message: ViewChange): void {
  const later = [...state.viewChanges.values()].map((each) => each.message.view).filter((view) => view > state.view).sort((one, other) => other - one)
  const target = later[state.group.quorum.weakSize - 1]
  if (target !== undefined) return startViewChange(state, target, 'f + 1 replicas left the view')
  if (state.phase === 'active' && sender === state.primary && message.view === state.view + 1) {
    startViewChange(state, message.view, 'the primary handed over')
  }
}

/** Every certificate in it holds, and lies between the watermarks that it states. */
export function isValidViewChange(state: PbftState, message: ViewChange): boolean {
  const { view, stable, prepared } = message
  if (view === 0) return false
  const isTrusted = __PLANTED__ && isPlanted('pbft/stated-checkpoint-not-checked')
  if (stable !== null && !isStable(state, stable) && !isTrusted) return false
  const low = stable?.sequence ?? 0
  let last = low
  for (const certificate of prepared) {
    if (certificate.sequence <= last || certificate.sequence > low + state.windowSize || certificate.view >= view) return false
    last = certificate.sequence
  }
  return prepared.every((certificate) => isKnown(state, certificate) || state.group.isPrepared(certificate))
}

/** This replica's own certificate needs no second look: the same object went into its own view change. */
const isKnown = (state: PbftState, certificate: PreparedCertificate): boolean => state.slots.get(certificate.sequence)?.prepared === certificate

export const viewChangesFor = (state: PbftState, view: number): number[] =>
  [...state.viewChanges].filter(([, { message }]) => message.view === view).map(([sender]) => sender).sort((one, other) => one - other)

/** Which certificate of a sequence number counts: the one of the highest view. */
export function isHigher(one: PreparedCertificate, other: PreparedCertificate | undefined): boolean {
  if (other === undefined) return true
  if (__PLANTED__ && isPlanted('pbft/lowest-view-chosen')) return one.view < other.view
  return one.view > other.view
}
