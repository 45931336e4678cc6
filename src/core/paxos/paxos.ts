/**
 * Multi-Paxos as a pure machine: inputs of one turn are stepped in, then `drain` gives what must be done. Inputs of a turn share a write and
 * a message, which is where throughput comes from.
 *
 * Safety rests on five rules. A promise or an acceptance leaves only when the write that it speaks of is durable (`persist.thenSend`). A
 * ballot has one proposer, and no incarnation of it uses a ballot again: it asks for promises only once its own is durable. A proposer
 * puts into a slot what phase 1 found there with the highest ballot. A slot is chosen by a majority of its own configuration, all in one
 * ballot, the proposer's own acceptor counted once durable. A value in a slot is named by the ballot it was first proposed in, so that a
 * client's proposal is settled by its own value and no other.
 */
import { assert, isPlanted, unreachable } from '../base'
import type {
  Committed, Control, Effects, LogEntryView, LogRecord, MachineStatus, Persist, ProtocolMachine, ReadAnswer, RecordLocation, SnapshotHead,
} from '../machine'
import type { GroupObservation, MemberClaim } from '../observation'
import type { Ballot } from './ballot'
import { isTrusting, sendHeartbeats, tickElection } from './ballot-election'
import type { Configuration, ConfigurationHistory } from './configuration'
import { decodeSnapshotMeta, encodeSnapshotMeta } from './configuration-codec'
import { describe, leaderIdOf } from './describe'
import { fingerprintOf } from './fingerprint'
import { runsOf } from './entry-codec'
import { forwardProposals, forwardRead, tickForwards } from './forwarding'
import { tickEndedHandover, tickHandover, transferLeadership } from './handover'
import { advanceChosen, tickLearner } from './learner'
import { receive } from './machine-inputs'
import { decodeMessage } from './message-codec'
import { ownPromiseDurable, stepDown } from './phase-one'
import { canFillSlots, fillSlots, ownAcceptDurable, replicate, tickProposer, windowMoved } from './proposer'
import { canServeReads, hasLease, serveReads, tickReads } from './read-service'
import { changeMembers, checkMembership, tickPromotion } from './reconfiguration'
import { acceptedRecord, decodeForwarded, hardStateRecord } from './record-codec'
import { entryBytes } from './slot-log'
import { tickSnapshotTransfer } from './snapshot-transfer'
import type { PaxosState } from './state'
import type { Accepted, PaxosFact, PaxosOptions } from './types'

/** A proposal whose slot is not known to be decided is given up so many election timeouts after the reign. */
const SETTLE_TIMEOUTS = 4

/** The machine's name for one write. */
interface Write {
  readonly promised: Ballot
  /** For each record the slots in it, null where it holds none. */
  readonly slots: readonly ({ readonly from: number; readonly to: number; readonly ballot: Ballot } | null)[]
  readonly acceptances: readonly { readonly asked: Ballot; readonly entry: Accepted }[]
}

export class PaxosMachine implements ProtocolMachine {
  readonly #state: PaxosState
  /** What happened in the last turn that was drained; empty outside of checked builds. */
  facts: readonly PaxosFact[] = []

  constructor(state: PaxosState) {
    this.#state = state
  }

  tick(): void {
    const state = this.#state
    state.ticks++
    state.isChosenHintDue = true
    tickElection(state)
    tickLearner(state)
    tickSnapshotTransfer(state)
    tickForwards(state)
    tickEndedHandover(state)
    const { reign } = state
    if (reign) {
      tickProposer(state, reign)
      if (reign.isLeading) {
        state.ages.sample(state.ticks, state.log.last)
        tickReads(state, reign)
        tickHandover(state, reign)
        tickPromotion(state, reign)
      }
    } else if (state.proposals.hasPlaced && state.ticks - state.reignEndedTick >= SETTLE_TIMEOUTS * state.config.timing.electionTicks) {
      state.proposals.forget(Number.MAX_SAFE_INTEGER, 'leadership-lost')
    }
  }

  receive(from: string, bytes: Uint8Array): string | null {
    const message = from === this.#state.id ? null : decodeMessage(bytes)
    if (message === null) return null
    receive(this.#state, from, message)
    return message.kind
  }

  propose(commands: readonly Uint8Array[], tokens: readonly number[]): void {
    const state = this.#state
    const { proposals, reign } = state
    if (!reign?.isLeading) {
      if (!reign && forwardProposals(state, commands, tokens)) return
      for (const token of tokens) proposals.refuse(token, { kind: 'not-leader', leaderId: leaderIdOf(state) })
      return
    }
    for (const [i, data] of commands.entries()) {
      const token = tokens[i] as number
      if (reign.handover || !proposals.hasRoom(state.config.limits)) proposals.refuse(token, { kind: 'busy' })
      else proposals.enqueue({ kind: 'command', data, token })
    }
  }

  read(token: number): ReadAnswer {
    const state = this.#state
    const { reign } = state
    const { readsWaitingMax } = state.config.limits
    if (reign?.isLeading) {
      if (reign.reads.waiting >= readsWaitingMax) return { kind: 'busy' }
      reign.reads.add({ kind: 'own', token })
      return { kind: 'waiting' }
    }
    if (__PLANTED__ && isPlanted('paxos/lease-kept-after-preemption') && state.ticks < state.plantedLeaseUntil) {
      state.fact({ kind: 'read-begun', ballot: 0, round: token })
      state.fact({ kind: 'read-safe', ballot: 0, round: token, index: state.log.chosen })
      state.safeReads.push({ index: state.log.chosen, tokens: [token] })
      return { kind: 'waiting' }
    }
    if (state.forwards.reads.size >= readsWaitingMax) return { kind: 'busy' }
    if (!reign && forwardRead(state, token)) return { kind: 'waiting' }
    return { kind: 'not-leader', leaderId: leaderIdOf(state) }
  }

  control(token: number, control: Control): void {
    switch (control.kind) {
      case 'transfer-leadership': return transferLeadership(this.#state, token, control.to)
      case 'change-members': return changeMembers(this.#state, token, control.changes, control.mode)
      default: return unreachable(control)
    }
  }

  located(completion: unknown, locations: readonly RecordLocation[]): void {
    const { slots } = completion as Write
    for (const [i, run] of slots.entries()) if (run) this.#state.log.located(run.from, run.to, locations[i] as number)
  }

  persisted(completion: unknown): void {
    const state = this.#state
    const { promised, slots, acceptances } = completion as Write
    if (promised > state.promisedDurable) {
      state.promisedDurable = promised
      state.fact({ kind: 'promised', ballot: promised })
    }
    for (const run of slots) if (run) state.log.persisted(run.from, run.to, run.ballot)
    for (const { asked, entry } of acceptances) state.fact({ kind: 'accepted', asked, entry })
    if (state.reign && state.promisedDurable >= state.reign.ballot) ownPromiseDurable(state)
    for (const run of slots) if (run) ownAcceptDurable(state, run.from, run.to, run.ballot)
  }

  applied(index: number): void {
    this.#state.log.appliedTo(index)
    this.#state.history.trim(index + 1)
  }

  snapshotMeta(index: number, _state: Uint8Array): Uint8Array {
    const { history, options, log } = this.#state
    assert(index <= log.applied, 'a snapshot is of what is applied')
    const inForce = history.at(index + 1)
    if (__PLANTED__ && isPlanted('paxos/pending-members-not-in-snapshot')) {
      return encodeSnapshotMeta({ alpha: options.alpha, steps: history.steps.filter(({ configuration }) => configuration === inForce) })
    }
    // What slots after `index` decide is not in it.
    const steps = history.steps.filter(({ from, configuration }) => configuration === inForce || (from > index + 1 && from <= index + options.alpha))
    return encodeSnapshotMeta({ alpha: options.alpha, steps })
  }

  snapshotDurable(head: SnapshotHead): void {
    const { log, config } = this.#state
    if (__PLANTED__ && isPlanted('paxos/trimmed-past-the-snapshot')) return log.trim(log.applied + 1)
    log.trim(Math.min(head.index, log.applied) - config.limits.trailingEntriesMax + 1)
  }

  installed(head: SnapshotHead): void {
    const state = this.#state
    state.isInstalling = false
    if (head.index <= state.log.applied) return
    const meta = decodeSnapshotMeta(head.meta)
    assert(meta !== null, 'a snapshot that was accepted can be read')
    const { reign, log, history } = state
    // It does not say in which ballots its slots were chosen: where this leader proposed in them, perhaps in later ones than its own.
    if (reign?.isLeading && reign.nextSlot > log.chosen + 1 && head.index > log.chosen) stepDown(state, 'others chose without this leader')
    state.proposals.forget(head.index, 'leadership-lost')
    log.installed(head.index)
    // Slots behind it may have been learned while it was on its way.
    const later = history.steps.filter(({ from }) => from > head.index + state.options.alpha)
    history.reset([...meta.steps, ...later])
    state.events.push({ kind: 'members-changed', members: state.history.newest.configuration.claims(), index: head.index })
    state.learnTick = state.ticks
    state.learnAskedTick = -1
    checkMembership(state)
    advanceChosen(state)
    windowMoved(state)
  }

  /** The driver could not use it: another one is asked for. */
  installRefused(_head: SnapshotHead): void {
    this.#state.isInstalling = false
    this.#state.learnAskedTick = this.#state.ticks
  }

  hardRecords(): readonly LogRecord[] {
    if (__PLANTED__ && isPlanted('paxos/snapshot-forgets-promise')) return [hardStateRecord({ ...this.#state.hardState, promised: 0 })]
    return [hardStateRecord(this.#state.hardState)]
  }

  oldestNeeded(): RecordLocation | null {
    return this.#state.log.locations.oldest()
  }

  get hasEffects(): boolean {
    const state = this.#state
    return state.log.hasUnwritten || state.isHardStateChanged || state.sendNow.length > 0 || state.sendWhenDurable.length > 0 ||
      (state.log.hasToApply && !state.isInstalling) || state.install !== null || state.safeReads.length > 0 || state.droppedReads.length > 0 ||
      state.proposals.refused.length > 0 || state.controls.length > 0 || state.events.length > 0 || canServeReads(state) || state.facts.length > 0 ||
      canFillSlots(state)
  }

  drain(): Effects {
    const state = this.#state
    const { reign } = state
    if (reign?.isLeading) {
      fillSlots(state, reign)
      replicate(state, reign)
      serveReads(state, reign)
    }
    if (state.election.isHeartbeatDue) sendHeartbeats(state)
    // Settling a proposal may refuse it, so what is applied comes first.
    const apply = this.#takeChosen()
    const persist = this.#takePersist()
    const effects: Effects = {
      persist, apply, send: state.frames(state.sendNow), install: state.install, checkpoint: false, refused: state.proposals.refused,
      safeReads: state.safeReads, droppedReads: state.droppedReads, controls: state.controls.filter(({ token }) => token > 0), events: state.events,
    }
    state.sendNow = []
    state.install = null
    state.proposals.refused = []
    state.safeReads = []
    state.droppedReads = []
    state.controls = []
    state.events = []
    this.facts = state.facts
    state.facts = []
    return effects
  }

  #takePersist(): Persist | null {
    const state = this.#state
    const isWriting = state.log.hasUnwritten
    const hardState = state.takeHardState(isWriting)
    const records: LogRecord[] = []
    const slots: Write['slots'][number][] = []
    if (hardState) {
      records.push(hardStateRecord(hardState))
      slots.push(null)
    }
    for (const run of runsOf(state.log.takeUnwritten())) {
      for (const part of cut(run, state.config.limits.appendBytesMax)) {
        const first = part[0] as Accepted
        records.push(acceptedRecord(part))
        slots.push({ from: first.slot, to: first.slot + part.length - 1, ballot: first.ballot })
      }
    }
    if (records.length === 0 && state.sendWhenDurable.length === 0) return null
    const completion: Write = { promised: state.promised, slots, acceptances: state.acceptances }
    const thenSend = state.frames(state.sendWhenDurable)
    state.sendWhenDurable = []
    state.acceptances = []
    return { records, thenSend, completion }
  }

  #takeChosen(): Committed[] {
    const state = this.#state
    if (state.isInstalling) return []
    return state.log.takeChosen(state.config.limits.applyBytesMax).map((accepted) => {
      const { slot: index, origin, kind, data } = accepted
      const token = state.proposals.settle(index, origin, leaderIdOf(state))
      if (kind === 'command') return { index, command: data, token }
      if (kind !== 'forwarded') return { index, command: null, token: 0 }
      const forwarded = decodeForwarded(data)
      if (!forwarded) return { index, command: null, token: 0 }
      const isOwn = forwarded.nodeId === state.id && forwarded.incarnation === state.forwards.incarnation
      return { index, command: forwarded.command, token: isOwn ? state.forwards.take('proposals', forwarded.sequence) : 0 }
    })
  }

  get members(): readonly MemberClaim[] {
    return this.#state.history.newest.configuration.claims()
  }

  status(): MachineStatus {
    const state = this.#state
    const { log } = state
    return {
      role: state.role, isLeader: state.role === 'leader', term: state.promised, leaderId: leaderIdOf(state), firstIndex: log.first,
      lastIndex: log.last, persistedIndex: log.durable, committedIndex: log.chosen, appliedIndex: log.applied,
    }
  }

  describe(): GroupObservation {
    return describe(this.#state)
  }

  entries(from: number, to: number): readonly LogEntryView[] {
    const { log } = this.#state
    const views: LogEntryView[] = []
    for (let slot = Math.max(from, log.first); slot < to && slot <= log.last; slot++) {
      const accepted = log.get(slot)?.accepted ?? (slot <= log.chosen ? log.read(slot, slot, 0)[0] : undefined)
      if (accepted) views.push(viewOf(accepted))
    }
    return views
  }

  /** For whoever checks the protocol. */
  get inspect(): {
    readonly promised: Ballot
    readonly promisedDurable: Ballot
    readonly options: PaxosOptions
    readonly history: ConfigurationHistory
    /** Of the newest durable snapshot of this node; 0 for none. */
    readonly snapshotIndex: number
    /** What the acceptor holds in `slot`, as far as it is in memory or in storage. */
    readonly accepted: (slot: number) => Accepted | null
    readonly isTrusting: boolean
    /** The ballot of this member's reign; 0 for none. */
    readonly reigns: Ballot
    readonly isPreparedFor: (configuration: Configuration) => boolean
    readonly holdsLease: boolean
    /** The ballot that this acceptor last granted a lease in; 0 for none. */
    readonly grants: Ballot
    readonly fingerprint: (rename: (id: string) => string) => string
  } {
    const { promised, promisedDurable, options, history, log, config, reign } = this.#state
    const accepted = (slot: number): Accepted | null =>
      log.get(slot)?.accepted ?? (slot >= log.first && slot <= log.chosen ? log.read(slot, slot, 0)[0] ?? null : null)
    const snapshotIndex = config.snapshots.latest()?.index ?? 0
    return {
      promised, promisedDurable, options, history, snapshotIndex, accepted, isTrusting: isTrusting(this.#state), reigns: reign?.ballot ?? 0,
      isPreparedFor: (configuration) => reign?.isPreparedFor(configuration) ?? false, holdsLease: reign?.isLeading === true && hasLease(this.#state, reign),
      grants: this.#state.lease.ballot,
      fingerprint: (rename) => fingerprintOf(this.#state, rename),
    }
  }
}

function viewOf({ slot, ballot, kind, data }: Accepted): LogEntryView {
  const forwarded = kind === 'forwarded' ? decodeForwarded(data) : null
  const command = kind === 'command' ? data : forwarded?.command ?? null
  return { index: slot, term: ballot, kind: kind === 'forwarded' ? 'command' : kind, command }
}

/** Parts of a run of at most `bytesMax`, each at least one entry. */
function cut(run: readonly Accepted[], bytesMax: number): (readonly Accepted[])[] {
  const parts: (readonly Accepted[])[] = []
  let start = 0
  let bytes = 0
  for (const [i, entry] of run.entries()) {
    bytes += entryBytes(entry)
    if (i === start || bytes <= bytesMax) continue
    parts.push(run.slice(start, i))
    start = i
    bytes = entryBytes(entry)
  }
  parts.push(start === 0 ? run : run.slice(start))
  return parts
}
