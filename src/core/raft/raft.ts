/**
 * The Raft machine: pure and synchronous, after the asynchronous-storage variant of etcd-io/raft. Inputs of one turn are
 * stepped in, then `drain` gives what must be done: one write, messages, entries to apply. Inputs of a turn thus share a
 * write and a message, which is where throughput comes from.
 *
 * Safety rests on four rules. A vote or an acknowledgement leaves only when the write that it speaks of is durable
 * (`persist.thenSend`). A completion names the term and the last entry of its write, so that one for entries replaced since
 * says nothing. A leader sends before its own write is durable but counts itself only after. Only an entry of the leader's
 * own term is committed by counting.
 */
import { assert, isPlanted, unreachable } from '../base'
import type { GroupObservation, MemberClaim } from '../observation'
import { toClaims, toConfiguration } from './configuration'
import { encodeSnapshotMeta } from './configuration-codec'
import { describe } from './describe'
import { campaign, checkQuorum, mayCampaign, ownVoteDurable, receiveVoteRequest, receiveVoteResponse } from './election'
import { receiveAppend, receiveHeartbeat } from './follower'
import { forceMembers } from './force-members'
import { forward, receiveProposeRequest, receiveProposeResponse } from './forwarding'
import { Inspector, type RaftInspector } from './inspect'
import { hasForWitness, heard, propose, receiveAppendResponse, receiveHeartbeatResponse, replicate, tickLeader, updateCommit } from './leader'
import { entryBytes, type RaftLog } from './log'
import { control, leave } from './membership'
import type { Message } from './messages'
import { askLeader, beginReads, hasReadsToBegin, read, receiveReadRequest, receiveReadResponse, tickAsked } from './reads'
import { installed, installRefused, receiveSnapshotChunk } from './snapshot-receiver'
import { receiveSnapshotResponse } from './snapshot-sender'
import { RaftState } from './state'
import { receiveTimeoutNow, tickTransfer } from './transfer'
import type {
  Effects, Entry, HardState, PersistEffect, ProposeAnswer, RaftConfig, RaftInput, RaftRole, ReadAnswer, RecoveredLog, WriteCompletion,
} from './types'

const NO_ENTRIES: readonly Entry[] = []

type FollowerMessage = Extract<Message, {
  kind: 'append-response' | 'heartbeat-response' | 'snapshot-response' | 'read-request' | 'propose-request'
}>

export class Raft {
  readonly #state: RaftState
  /** What checks of invariants look at. */
  readonly inspect: RaftInspector

  constructor(config: RaftConfig, recovered: RecoveredLog) {
    assert(config.electionTicks > config.heartbeatTicks && config.heartbeatTicks > 0, 'an election timeout is longer than a heartbeat')
    const { reads, leaseDriftTicks, forcedMembers } = config.options
    assert(reads !== 'lease' || (leaseDriftTicks >= 1 && config.electionTicks - leaseDriftTicks > config.heartbeatTicks),
      'a lease outlasts a heartbeat, less the drift of clocks, which is at least a tick')
    this.#state = new RaftState(config, recovered)
    this.inspect = new Inspector(this.#state)
    if (forcedMembers !== null) forceMembers(this.#state, forcedMembers)
  }

  get role(): RaftRole {
    return this.#state.role
  }

  get term(): number {
    return this.#state.term
  }

  get leaderId(): string | null {
    return this.#state.leaderId
  }

  /** The members of the configuration in force. */
  get members(): readonly MemberClaim[] {
    return toClaims(this.#state.placed.configuration)
  }

  /** What a start needs to find behind a snapshot, since older records go with it. */
  get hardState(): HardState {
    return this.#state.hardStateNow
  }

  get log(): Pick<RaftLog, 'firstIndex' | 'lastIndex' | 'lastTerm' | 'persisted' | 'committed' | 'applied'> {
    return this.#state.log
  }

  /** What the log holds from `from` up to but not including `to`. */
  entries(from: number, to: number): readonly Entry[] {
    const { log } = this.#state
    const found: Entry[] = []
    const end = Math.min(to, log.lastIndex + 1)
    for (let at = Math.max(from, log.firstIndex); at < end; ) {
      const run = log.slice(at, end, Infinity)
      for (const entry of run) found.push(entry)
      at += run.length
    }
    return found
  }

  step(input: RaftInput): void {
    switch (input.kind) {
      case 'tick': return this.#tick()
      case 'message': return this.#receive(input.from, input.message)
      case 'persisted': return this.#persisted(input.completion)
      case 'applied': return this.#state.log.appliedTo(input.index)
      case 'snapshot-durable': return this.#compact(input.index)
      case 'installed': return installed(this.#state, input.head)
      case 'install-refused': return installRefused(this.#state)
      case 'control': return control(this.#state, input.token, input.control)
      default: return unreachable(input)
    }
  }

  /**
   * Leader: appends commands behind each other; they are sent and written by the effects of this turn. A follower sends them on,
   * where the group has that option; `tokens` name them then.
   */
  propose(commands: readonly Uint8Array[], tokens: readonly number[] = []): ProposeAnswer {
    return this.#state.role === 'leader' ? propose(this.#state, commands) : forward(this.#state, commands, tokens)
  }

  /** Asks for a linearizable read; `token` comes back in `safeReads` or in `droppedReads`. */
  read(token: number): ReadAnswer {
    return read(this.#state, token)
  }

  /** Leader: leaves a committed joint configuration, where the group does not do so by itself. False where there is none. */
  leaveJoint(): boolean {
    return leave(this.#state)
  }

  /** What a snapshot at `index`, which is applied, must say of the protocol. */
  snapshotMeta(index: number): Uint8Array {
    const { log, config } = this.#state
    const term = log.term(index)
    assert(term !== undefined && index <= log.applied, 'a snapshot is of what is applied and still in the log')
    const isForgotten = __PLANTED__ && isPlanted('raft/snapshot-without-configuration')
    const configuration = isForgotten ? toConfiguration(config.members) : log.configurations.asOf(index).configuration
    const isOfWrongTerm = __PLANTED__ && isPlanted('raft/snapshot-of-wrong-term')
    return encodeSnapshotMeta({ term: isOfWrongTerm ? this.#state.term : term, configuration })
  }

  /** True while `drain` would give something. */
  get hasEffects(): boolean {
    const state = this.#state
    return state.log.hasUnpersisted || (state.log.hasToApply && state.installing === null) || state.isHardStateChanged || state.sendNow.length > 0 ||
      state.sendWhenDurable.length > 0 || state.safeReads.length > 0 || state.droppedReads.length > 0 || state.events.length > 0 ||
      state.base !== null || state.install !== null || state.placedProposals.length > 0 || state.refused.length > 0 || state.controls.length > 0 ||
      hasReadsToBegin(state) || (state.role === 'leader' && hasForWitness(state))
  }

  /** Takes the effects of all inputs since the last call. Every one of them must be carried out. */
  drain(): Effects {
    const state = this.#state
    if (state.role === 'leader') {
      replicate(state)
      beginReads(state)
    } else {
      askLeader(state)
    }
    if (state.isRemovalPending) state.tellRemoval()
    const effects: Effects = {
      persist: this.#takePersist(),
      send: state.sendNow,
      install: state.install,
      apply: this.#takeCommitted(),
      safeReads: state.safeReads,
      droppedReads: state.droppedReads,
      placed: state.placedProposals,
      refused: state.refused,
      controls: state.controls,
      events: state.events,
    }
    state.install = null
    state.served = state.serving
    if (state.served.length > 0) state.serving = []
    if (effects.send.length > 0) state.sendNow = []
    if (effects.safeReads.length > 0) state.safeReads = []
    if (effects.droppedReads.length > 0) state.droppedReads = []
    if (effects.placed.length > 0) state.placedProposals = []
    if (effects.refused.length > 0) state.refused = []
    if (effects.controls.length > 0) state.controls = []
    if (effects.events.length > 0) state.events = []
    return effects
  }

  describe(): GroupObservation {
    return describe(this.#state)
  }

  #takePersist(): PersistEffect | null {
    const state = this.#state
    const entries = state.log.takeUnpersisted()
    const hardState = state.takeHardState(entries.length > 0)
    const { base } = state
    const thenSend = state.sendWhenDurable
    if (entries.length === 0 && hardState === null && base === null && thenSend.length === 0) return null
    state.base = null
    if (thenSend.length > 0) state.sendWhenDurable = []
    // Writes complete in order, so this one speaks for all entries up to the last, whoever wrote them.
    const completion = { term: state.term, vote: state.vote, index: state.log.lastIndex, logTerm: state.log.lastTerm }
    return { hardState, base, entries, thenSend, completion }
  }

  #tick(): void {
    const state = this.#state
    state.ticks++
    state.electionElapsed++
    state.isCommitHintDue = true
    if (state.role === 'leader') {
      if (state.electionElapsed >= state.config.electionTicks) {
        state.electionElapsed = 0
        checkQuorum(state)
      }
      // The check may have deposed it.
      if ((state.role as RaftRole) === 'leader') tickLeader(state)
    } else {
      if (state.electionElapsed >= state.electionTimeoutTicks && mayCampaign(state)) campaign(state)
      tickAsked(state)
      if (state.transfer !== null) tickTransfer(state)
    }
  }

  #persisted(completion: WriteCompletion): void {
    const state = this.#state
    state.durable = completion
    // A write of an earlier term may end with an entry that was replaced and then came back: the write of this term, which
    // every change of term brings about, will say what is durable.
    if (completion.term !== state.term) return
    const isForAll = __PLANTED__ && isPlanted('raft/write-completion-for-all')
    const isNews = isForAll
      ? state.log.persistedTo(state.log.lastIndex, state.log.lastTerm)
      : state.log.persistedTo(completion.index, completion.logTerm)
    if (state.role === 'candidate') ownVoteDurable(state)
    else if (state.role === 'leader' && isNews) updateCommit(state)
  }

  /** A snapshot at `index` is durable. */
  #compact(index: number): void {
    const { log, config } = this.#state
    log.compact(index, config.limits.trailingEntriesMax)
  }

  #takeCommitted(): readonly Entry[] {
    const state = this.#state
    if (state.installing !== null) return NO_ENTRIES
    const entries = state.log.takeCommitted(state.config.limits.applyBytesMax)
    if (state.uncommittedBytes > 0) {
      // Only what was counted when it was proposed: entries of earlier reigns never were.
      const areKept = __PLANTED__ && isPlanted('raft/uncommitted-bytes-kept')
      for (const entry of entries) if (entry.term === state.term && entry.kind === 'command' && !areKept) state.uncommittedBytes -= entryBytes(entry)
    }
    return entries
  }

  #receive(from: string, message: Message): void {
    const state = this.#state
    if (from === state.id) return
    switch (message.kind) {
      case 'pre-vote-request':
      case 'vote-request': return receiveVoteRequest(state, from, message)
      case 'pre-vote-response':
      case 'vote-response': return receiveVoteResponse(state, from, message)
      case 'append-request':
      case 'heartbeat-request':
      case 'snapshot-chunk':
        if (message.term < state.term) return this.#deposeStaleLeader(from)
        if (message.term > state.term) state.becomeFollower(message.term, from, `${from} leads a later term`)
        if (message.kind === 'append-request') return receiveAppend(state, from, message)
        return message.kind === 'heartbeat-request' ? receiveHeartbeat(state, from, message) : receiveSnapshotChunk(state, from, message)
      case 'timeout-now': return receiveTimeoutNow(state, from, message)
      case 'read-response':
      case 'propose-response': {
        if (message.term !== state.term || from !== state.leaderId) return
        return message.kind === 'read-response' ? receiveReadResponse(state, message) : receiveProposeResponse(state, message)
      }
      default: return this.#receiveAtLeader(from, message)
    }
  }

  /** What followers say to a leader. */
  #receiveAtLeader(from: string, message: FollowerMessage): void {
    const state = this.#state
    if (message.term > state.term) return state.becomeFollower(message.term, null, `${from} is in a later term`)
    if (message.term < state.term || state.role !== 'leader') return
    const progress = heard(state, from)
    if (progress === undefined) return
    switch (message.kind) {
      case 'append-response': return receiveAppendResponse(state, progress, message)
      case 'heartbeat-response': return receiveHeartbeatResponse(state, progress, message)
      case 'snapshot-response': return receiveSnapshotResponse(state, progress, message)
      case 'read-request': return receiveReadRequest(state, from, message)
      case 'propose-request': return receiveProposeRequest(state, progress, message)
      default: return unreachable(message)
    }
  }

  /**
   * With pre-vote and check-quorum, a member that was cut off at a later term is not heard by the others and would not accept
   * their leader. An answer in the later term makes that leader step down, and an election brings everyone together.
   */
  #deposeStaleLeader(from: string): void {
    const { term } = this.#state
    this.#state.sendDurable(from, { kind: 'append-response', term, rejected: false, index: 0, hintIndex: 0, hintTerm: 0 })
  }
}
