/** The state of one member and the changes of role and term; election.ts, follower.ts and leader.ts act on it. */
import { assert } from '../base'
import { MajorityQuorum, type Quorum } from '../quorum'
import { RaftLog } from './log'
import { LogAges } from './log-ages'
import { Inflights, Progress } from './progress'
import { ReadRounds } from './read-rounds'
import type { HardState, Message, Outgoing, RaftConfig, RaftEvent, RaftRole, RecoveredLog, SafeReads } from './types'

const NO_DATA = new Uint8Array(0)

export class RaftState {
  readonly config: RaftConfig
  readonly id: string
  readonly quorum: Quorum
  readonly peerIds: readonly string[]
  readonly log: RaftLog
  readonly reads = new ReadRounds()
  /** Of this reign. */
  readonly ages = new LogAges()
  term: number
  vote: string | null
  role: RaftRole = 'follower'
  leaderId: string | null = null
  ticks = 0
  electionElapsed = 0
  heartbeatElapsed = 0
  electionTimeoutTicks = 0
  readonly votes = new Map<string, boolean>()
  /** Of the other members; meaningful while leader. */
  readonly peers = new Map<string, Progress>()
  uncommittedBytes = 0
  /** A tick has passed since the commit index was last written beside entries. */
  isCommitHintDue = false

  sendNow: Outgoing[] = []
  sendWhenDurable: Outgoing[] = []
  safeReads: SafeReads[] = []
  droppedReads: number[] = []
  events: RaftEvent[] = []
  #written: HardState

  constructor(config: RaftConfig, recovered: RecoveredLog) {
    this.config = config
    this.id = config.nodeId
    const voters = config.members.filter((member) => member.voter).map((member) => member.id)
    this.quorum = new MajorityQuorum(voters)
    this.peerIds = config.members.map((member) => member.id).filter((id) => id !== config.nodeId)
    assert(config.members.some((member) => member.id === config.nodeId), 'a node is one of the members')
    this.log = new RaftLog(recovered, config.reader, config.limits.logWindowBytesMax)
    this.term = recovered.hardState.term
    this.vote = recovered.hardState.vote
    this.#written = recovered.hardState
    this.resetTimers()
  }

  resetTimers(): void {
    this.electionElapsed = 0
    this.heartbeatElapsed = 0
    const { electionTicks, random } = this.config
    this.electionTimeoutTicks = electionTicks + random.integer(0, electionTicks)
  }

  send(to: string, message: Message): void {
    this.sendNow.push({ to, message })
  }

  sendDurable(to: string, message: Message): void {
    this.sendWhenDurable.push({ to, message })
  }

  /** The hard state to write, or null where the last one written still stands. */
  takeHardState(withEntries: boolean): HardState | null {
    const isChanged = this.term !== this.#written.term || this.vote !== this.#written.vote
    // Only what is durable: a write that replaces entries may be torn, and the hint must never speak for the old ones.
    const commit = Math.min(this.log.committed, this.log.persisted)
    const isHint = withEntries && this.isCommitHintDue && commit > this.#written.commit
    if (!isChanged && !isHint) return null
    this.isCommitHintDue = false
    this.#written = { term: this.term, vote: this.vote, commit }
    return this.#written
  }

  get isHardStateChanged(): boolean {
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
    this.resetTimers()
    this.#setRole('pre-candidate', 'nothing heard from a leader')
    this.setLeader(null)
  }

  becomeCandidate(): void {
    assert(this.role !== 'leader', 'a leader does not campaign')
    this.#leaveRole(this.term + 1)
    this.vote = this.id
    this.#setRole('candidate', 'a majority would vote for this node')
    this.setLeader(null)
  }

  becomeLeader(): void {
    assert(this.role === 'candidate', 'a leader was a candidate')
    this.#leaveRole(this.term)
    this.peers.clear()
    this.ages.clear()
    const { inflightMessagesMax, inflightBytesMax } = this.config.limits
    for (const id of this.peerIds) {
      const progress = new Progress(id, this.log.lastIndex + 1, new Inflights(inflightMessagesMax, inflightBytesMax))
      progress.isRecentlyActive = true
      this.peers.set(id, progress)
    }
    this.#setRole('leader', 'a majority voted for this node')
    this.setLeader(this.id)
    // A leader may only count replicas of entries of its own term (Raft, section 5.4.2): give it one at once.
    this.log.append({ index: this.log.lastIndex + 1, term: this.term, kind: 'no-op', data: NO_DATA })
  }

  #leaveRole(term: number): void {
    assert(term >= this.term, 'a term never goes back')
    if (term !== this.term) {
      this.term = term
      this.vote = null
      this.events.push({ kind: 'term-changed', term })
    }
    if (this.role === 'leader') this.droppedReads.push(...this.reads.drop())
    this.votes.clear()
    this.uncommittedBytes = 0
    this.resetTimers()
  }

  #setRole(role: RaftRole, why: string): void {
    if (this.role === role) return
    this.role = role
    this.events.push({ kind: 'role-changed', role, term: this.term, why })
  }

  setLeader(leaderId: string | null): void {
    if (this.leaderId === leaderId) return
    this.leaderId = leaderId
    this.events.push({ kind: 'leader-changed', leaderId, term: this.term })
  }
}
