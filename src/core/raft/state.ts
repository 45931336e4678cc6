/** The state of one member and the changes of role and term; the files beside this one act on it. */
import { assert, Inflights, isPlanted } from '../base'
import type { ControlOutcome, ReceivedSnapshot, RefusedProposal } from '../machine'
import type { Quorum } from '../quorum'
import { everyone, memberOf, quorumOf, toClaims, toConfiguration, type Member } from './configuration'
import type { PlacedConfiguration } from './configurations'
import { ForwardedProposals } from './forwarded-proposals'
import { Lease } from './lease'
import { RaftLog } from './log'
import { LogAges } from './log-ages'
import type { Message } from './messages'
import { Progress } from './progress'
import { ReadRounds } from './read-rounds'
import { RemoteReads } from './remote-reads'
import type { IncomingSnapshot } from './snapshot-receiver'
import type {
  HardState, LogBase, Outgoing, PlacedProposal, RaftConfig, RaftEvent, RaftRole, RecoveredLog, SafeReads,
} from './types'

const NO_DATA = new Uint8Array(0)
/** A member of lower priority waits at most so many election timeouts more. */
const PRIORITY_STEPS_MAX = 4
/** For so many election timeouts a leader goes on sending to a member that was removed, so that it learns of it. */
export const DEPARTURE_TIMEOUTS = 4

/** Reads that may be answered at `index`, and how many had been asked for when the last of them was. */
export interface ServedReads {
  readonly index: number
  readonly asked: number
}

/** A hand-over of leadership under way. */
export interface Transfer {
  readonly target: string
  readonly tokens: number[]
  readonly startedAtTick: number
  /** Told to start an election: from here on its outcome is not in this node's hands. */
  isToldToStand: boolean
  /** This node does not lead any more and waits to hear who does. */
  isSteppedDown: boolean
}

export class RaftState {
  readonly config: RaftConfig
  readonly id: string
  /** Until then it votes for no one against a leader that it has answered. */
  promisedUntilTick: number
  readonly log: RaftLog
  readonly reads = new ReadRounds()
  readonly remoteReads: RemoteReads
  readonly forwarded: ForwardedProposals
  readonly lease = new Lease()
  /** Of this reign. */
  readonly ages = new LogAges()
  /** In force, with its quorum and this node's own place in it. */
  placed: PlacedConfiguration
  quorum: Quorum
  self: Member | undefined
  members: readonly Member[]
  term: number
  vote: string | null
  role: RaftRole = 'follower'
  leaderId: string | null = null
  ticks = 0
  electionElapsed = 0
  heartbeatElapsed = 0
  electionTimeoutTicks = 0
  readonly votes = new Map<string, boolean>()
  /** This candidacy was asked for by the leader before. */
  isTransferCandidate = false
  /** The newest term for which a majority said in a pre-vote that it would vote for this node. */
  preVotedTerm = 0
  /** Of the other members; meaningful while leader. */
  readonly peers = new Map<string, Progress>()
  uncommittedBytes = 0
  /** A tick has passed since the commit index was last written beside entries. */
  isCommitHintDue = false
  transfer: Transfer | null = null
  /** The control that waits until the configuration now under way is committed; 0 for none. */
  changeToken = 0
  incoming: IncomingSnapshot | null = null
  /** Handed out to be installed: until that is done nothing is appended or applied. */
  installing: LogBase | null = null
  install: ReceivedSnapshot | null = null
  /** To be written before the next entries: the log began anew. */
  base: LogBase | null = null
  /** The largest commit index that a leader was heard to have. */
  leaderCommit = 0
  /** In force is a configuration without this node that was in one before: to be told once it is committed. */
  isRemovalPending = false
  #wasMember: boolean

  sendNow: Outgoing[] = []
  sendWhenDurable: Outgoing[] = []
  safeReads: SafeReads[] = []
  /** Reads asked of this node since its start, and for those that became safe in this turn and in the last how many there were. */
  readsAsked = 0
  serving: ServedReads[] = []
  served: readonly ServedReads[] = []
  droppedReads: number[] = []
  placedProposals: PlacedProposal[] = []
  refused: RefusedProposal[] = []
  controls: { token: number; outcome: ControlOutcome }[] = []
  events: RaftEvent[] = []
  /** What the newest completed write says of term and vote. */
  durable: Pick<HardState, 'term' | 'vote'>
  #written: HardState

  constructor(config: RaftConfig, recovered: RecoveredLog) {
    this.config = config
    this.id = config.nodeId
    this.log = new RaftLog(recovered, { index: 0, configuration: toConfiguration(config.members) }, config.reader, config.limits.logWindowBytesMax)
    this.remoteReads = new RemoteReads(config.random)
    this.forwarded = new ForwardedProposals(config.random)
    this.placed = this.log.configurations.current
    const { configuration } = this.placed
    this.quorum = quorumOf(configuration)
    this.self = memberOf(configuration, this.id)
    this.members = everyone(configuration)
    // A member that joins is given itself as a learner, and may find older configurations without it in the log.
    this.#wasMember = this.self !== undefined && (this.placed.index > 0 || this.self.kind !== 'learner')
    // One that has just started does not know whom it answered before.
    this.promisedUntilTick = recovered.hardState.term > 0 ? config.electionTicks : 0
    this.term = recovered.hardState.term
    this.vote = recovered.hardState.vote
    this.#written = recovered.hardState
    this.durable = recovered.hardState
    this.resetTimers()
  }

  resetTimers(): void {
    this.electionElapsed = 0
    this.heartbeatElapsed = 0
    const { electionTicks, random } = this.config
    this.electionTimeoutTicks = electionTicks + random.integer(0, electionTicks) + this.#priorityDelayTicks()
  }

  #priorityDelayTicks(): number {
    const own = this.priorityOf(this.id)
    let highest = own
    for (const { id, kind } of this.members) if (kind === 'voter') highest = Math.max(highest, this.priorityOf(id))
    if (__PLANTED__ && isPlanted('raft/lower-priority-waits-without-end')) return (highest - own) * this.config.electionTicks
    return Math.min(PRIORITY_STEPS_MAX, highest - own) * this.config.electionTicks
  }

  priorityOf(id: string): number {
    return this.config.options.priorities.get(id) ?? 0
  }

  send(to: string, message: Message): void {
    this.sendNow.push({ to, message })
  }

  sendDurable(to: string, message: Message): void {
    this.sendWhenDurable.push({ to, message })
  }

  /** The hard state to write, or null where the last one written still stands. */
  takeHardState(withEntries: boolean): HardState | null {
    const isChanged = this.isHardStateChanged
    // Only what is durable: a write that replaces entries may be torn, and the hint must never speak for the old ones.
    const commit = Math.max(this.#written.commit, Math.min(this.log.committed, this.log.persisted))
    const isHint = withEntries && this.isCommitHintDue && commit > this.#written.commit
    if (!isChanged && !isHint) return null
    this.isCommitHintDue = false
    this.#written = this.#hardState(commit)
    return this.#written
  }

  #hardState(commit: number): HardState {
    if (__PLANTED__ && isPlanted('raft/vote-not-persisted')) return { term: this.term, vote: null, commit }
    if (__PLANTED__ && isPlanted('raft/term-not-persisted') && this.vote === null) return { term: this.#written.term, vote: this.#written.vote, commit }
    return { term: this.term, vote: this.vote, commit }
  }

  /** What a start would have to find if all records before were gone. */
  get hardStateNow(): HardState {
    return this.#hardState(this.#written.commit)
  }

  get isHardStateChanged(): boolean {
    if (__PLANTED__ && isPlanted('raft/vote-not-persisted')) return this.term !== this.#written.term
    if (__PLANTED__ && isPlanted('raft/term-not-persisted')) return this.vote !== null && (this.term !== this.#written.term || this.vote !== this.#written.vote)
    return this.term !== this.#written.term || this.vote !== this.#written.vote
  }

  becomeFollower(term: number, leaderId: string | null, why: string): void {
    this.#leaveRole(term)
    this.#setRole('follower', why)
    this.setLeader(leaderId)
  }

  /** Asks whether an election could be won, without changing term or vote (thesis, section 9.6). */
  becomePreCandidate(): void {
    assert(this.role !== 'leader', 'a leader does not campaign')
    this.votes.clear()
    // Nobody asks for this one but itself, whoever asked for the one before.
    this.isTransferCandidate = false
    this.resetTimers()
    this.#setRole('pre-candidate', 'nothing heard from a leader')
    this.setLeader(null)
  }

  becomeCandidate(why: string): void {
    assert(this.role !== 'leader', 'a leader does not campaign')
    this.#leaveRole(this.term + 1)
    this.vote = this.id
    this.#setRole('candidate', why)
    this.setLeader(null)
  }

  becomeLeader(): void {
    assert(this.role === 'candidate', 'a leader was a candidate')
    this.#leaveRole(this.term)
    this.peers.clear()
    this.ages.clear()
    this.lease.clear()
    this.syncPeers()
    this.#setRole('leader', 'a majority voted for this node')
    this.setLeader(this.id)
    this.#appendNoOp()
  }

  /** A leader may only count replicas of entries of its own term (Raft, section 5.4.2): it is given one at once. */
  #appendNoOp(): void {
    const { log, term } = this
    if (__PLANTED__ && isPlanted('raft/new-leader-drops-tail')) {
      const prevTerm = log.term(log.committed) ?? 0
      const entries = [{ index: log.committed + 1, term, kind: 'no-op', data: NO_DATA } as const]
      log.accept({ kind: 'append-request', term, prevIndex: log.committed, prevTerm, commit: 0, entries })
      return
    }
    log.append({ index: log.lastIndex + 1, term, kind: 'no-op', data: NO_DATA })
  }

  /** Takes over the configuration that the log now has, if it is another one. */
  syncConfiguration(): void {
    const placed = this.log.configurations.current
    if (placed === this.placed) return
    this.placed = placed
    const { configuration } = placed
    this.quorum = quorumOf(configuration)
    this.self = memberOf(configuration, this.id)
    this.members = everyone(configuration)
    if (this.self !== undefined) this.#wasMember = true
    this.isRemovalPending = this.self === undefined && this.#wasMember
    this.events.push({ kind: 'members-changed', members: toClaims(configuration), index: placed.index })
    if (this.role === 'leader') this.syncPeers()
  }

  /** Leader: a progress for every other member, and for a while for those that have been removed. */
  syncPeers(): void {
    const { inflightMessagesMax, inflightBytesMax } = this.config.limits
    const present = new Set<string>()
    // A new member is probed with the entry that made it one; at an election there is not yet an entry to send.
    const next = this.role === 'leader' ? this.placed.index : this.log.lastIndex + 1
    for (const member of this.members) {
      if (member.id === this.id) continue
      present.add(member.id)
      let progress = this.peers.get(member.id)
      // One that comes back may do so with an empty disk: what it once held says nothing.
      if (progress === undefined || progress.departsAtTick !== null) {
        progress = new Progress(member.id, next, new Inflights(inflightMessagesMax, inflightBytesMax))
        progress.isRecentlyActive = true
        progress.roundTarget = this.log.lastIndex
        progress.roundStartedAtTick = this.ticks
        this.peers.set(member.id, progress)
      }
      progress.isWitness = member.kind === 'witness'
    }
    for (const progress of this.peers.values()) {
      if (!present.has(progress.id)) progress.departsAtTick ??= this.ticks + DEPARTURE_TIMEOUTS * this.config.electionTicks
    }
  }

  /** Once: a configuration without this node is committed, as far as it was told. */
  tellRemoval(): void {
    if (!this.isRemovalPending || this.placed.index > this.log.committed || this.log.committed < this.leaderCommit) return
    this.isRemovalPending = false
    this.#wasMember = false
    this.events.push({ kind: 'removed', index: this.placed.index })
  }

  #leaveRole(term: number): void {
    assert(term >= this.term, 'a term never goes back')
    if (term !== this.term) {
      this.term = term
      this.vote = null
      this.events.push({ kind: 'term-changed', term })
    }
    if (this.role === 'leader') this.#leaveOffice()
    this.#dropAsked('leadership-lost')
    this.votes.clear()
    this.isTransferCandidate = false
    this.uncommittedBytes = 0
    this.resetTimers()
  }

  #leaveOffice(): void {
    this.droppedReads.push(...this.reads.drop())
    if (this.transfer !== null) this.transfer.isSteppedDown = true
    if (this.changeToken !== 0) this.controls.push({ token: this.changeToken, outcome: { kind: 'unknown', why: 'leadership-lost' } })
    this.changeToken = 0
  }

  /** Reads and proposals that were asked of a leader who may not answer any more. */
  #dropAsked(why: 'leadership-lost'): void {
    this.remoteReads.drop(this.droppedReads)
    this.forwarded.lose(why, this.refused)
  }

  endTransfer(outcome: ControlOutcome): void {
    for (const token of this.transfer?.tokens ?? []) this.controls.push({ token, outcome })
    this.transfer = null
  }

  #setRole(role: RaftRole, why: string): void {
    if (this.role === role) return
    this.role = role
    this.events.push({ kind: 'role-changed', role, term: this.term, why })
  }

  setLeader(leaderId: string | null): void {
    if (this.leaderId === leaderId) return
    this.leaderId = leaderId
    this.#dropAsked('leadership-lost')
    if (leaderId !== null && this.transfer?.isSteppedDown === true) {
      this.endTransfer(leaderId === this.transfer.target ? { kind: 'done' } : { kind: 'unknown', why: 'leadership-lost' })
    }
    this.events.push({ kind: 'leader-changed', leaderId, term: this.term })
  }
}
