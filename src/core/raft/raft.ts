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
import { assert, unreachable } from '../base'
import type { GroupObservation } from '../observation'
import { describe } from './describe'
import { campaign, checkQuorum, ownVoteDurable, receiveVoteRequest, receiveVoteResponse } from './election'
import { receiveAppend, receiveHeartbeat } from './follower'
import {
  beginReads, hasCommittedInTerm, propose, receiveAppendResponse, receiveHeartbeatResponse, replicate, tickLeader, updateCommit,
} from './leader'
import { entryBytes } from './log'
import { RaftState } from './state'
import type {
  Effects, Entry, Message, PersistEffect, ProposeAnswer, RaftConfig, RaftInput, RaftRole, ReadAnswer, RecoveredLog, WriteCompletion,
} from './types'

export class Raft {
  readonly #state: RaftState

  constructor(config: RaftConfig, recovered: RecoveredLog) {
    assert(config.electionTicks > config.heartbeatTicks && config.heartbeatTicks > 0, 'an election timeout is longer than a heartbeat')
    this.#state = new RaftState(config, recovered)
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

  get log(): { readonly lastIndex: number; readonly persisted: number; readonly committed: number; readonly applied: number } {
    return this.#state.log
  }

  step(input: RaftInput): void {
    switch (input.kind) {
      case 'tick': return this.#tick()
      case 'message': return this.#receive(input.from, input.message)
      case 'persisted': return this.#persisted(input.completion)
      case 'applied': return this.#state.log.appliedTo(input.index)
      default: return unreachable(input)
    }
  }

  /** Leader: appends commands behind each other. They are sent and written by the effects of this turn. */
  propose(commands: readonly Uint8Array[]): ProposeAnswer {
    return propose(this.#state, commands)
  }

  /** Leader: asks for a linearizable read; `token` comes back in `safeReads` or in `droppedReads`. */
  read(token: number): ReadAnswer {
    const state = this.#state
    if (state.role !== 'leader') return { kind: 'not-leader', leaderId: state.leaderId }
    if (state.reads.waiting >= state.config.limits.readsWaitingMax) return { kind: 'busy' }
    state.reads.add(token)
    return { kind: 'waiting' }
  }

  /** True while `drain` would give something. */
  get hasEffects(): boolean {
    const state = this.#state
    return state.log.hasUnpersisted || state.log.hasToApply || state.isHardStateChanged || state.sendNow.length > 0 ||
      state.sendWhenDurable.length > 0 || state.safeReads.length > 0 || state.droppedReads.length > 0 || state.events.length > 0 ||
      (state.role === 'leader' && state.reads.hasCollected && hasCommittedInTerm(state))
  }

  /** Takes the effects of all inputs since the last call. Every one of them must be carried out. */
  drain(): Effects {
    const state = this.#state
    if (state.role === 'leader') {
      replicate(state)
      beginReads(state)
    }
    const effects: Effects = {
      persist: this.#takePersist(),
      send: state.sendNow,
      apply: this.#takeCommitted(),
      safeReads: state.safeReads,
      droppedReads: state.droppedReads,
      events: state.events,
    }
    state.sendNow = []
    state.safeReads = []
    state.droppedReads = []
    state.events = []
    return effects
  }

  describe(): GroupObservation {
    return describe(this.#state)
  }

  #takePersist(): PersistEffect | null {
    const state = this.#state
    const entries = state.log.takeUnpersisted()
    const hardState = state.takeHardState(entries.length > 0)
    const thenSend = state.sendWhenDurable
    if (entries.length === 0 && hardState === null && thenSend.length === 0) return null
    state.sendWhenDurable = []
    // Writes complete in order, so this one speaks for all entries up to the last, whoever wrote them.
    const completion = { term: state.term, index: state.log.lastIndex, logTerm: state.log.lastTerm }
    return { hardState, entries, thenSend, completion }
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
    } else if (state.electionElapsed >= state.electionTimeoutTicks && state.quorum.has(state.id)) {
      campaign(state)
    }
  }

  #persisted(completion: WriteCompletion): void {
    const state = this.#state
    // A write of an earlier term may end with an entry that was replaced and then came back: the write of this term, which
    // every change of term brings about, will say what is durable.
    if (completion.term !== state.term) return
    const isNews = state.log.persistedTo(completion.index, completion.logTerm)
    if (state.role === 'candidate') ownVoteDurable(state)
    else if (state.role === 'leader' && isNews) updateCommit(state)
  }

  #takeCommitted(): readonly Entry[] {
    const state = this.#state
    const entries = state.log.takeCommitted(state.config.limits.applyBytesMax)
    if (state.uncommittedBytes > 0) {
      let bytes = 0
      for (const entry of entries) bytes += entryBytes(entry)
      // Entries of earlier reigns were never counted.
      state.uncommittedBytes = Math.max(0, state.uncommittedBytes - bytes)
    }
    return entries
  }

  #receive(from: string, message: Message): void {
    const state = this.#state
    if (!state.peerIds.includes(from)) return
    switch (message.kind) {
      case 'pre-vote-request':
      case 'vote-request': return receiveVoteRequest(state, from, message)
      case 'pre-vote-response':
      case 'vote-response': return receiveVoteResponse(state, from, message)
      case 'append-request':
      case 'heartbeat-request':
        if (message.term < state.term) return this.#deposeStaleLeader(from)
        if (message.term > state.term) state.becomeFollower(message.term, from, `${from} leads a later term`)
        return message.kind === 'append-request' ? receiveAppend(state, from, message) : receiveHeartbeat(state, from, message)
      case 'append-response':
      case 'heartbeat-response':
        if (message.term > state.term) return state.becomeFollower(message.term, null, `${from} is in a later term`)
        if (message.term < state.term || state.role !== 'leader') return
        return message.kind === 'append-response'
          ? receiveAppendResponse(state, from, message)
          : receiveHeartbeatResponse(state, from, message)
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
