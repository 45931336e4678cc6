/**
 * Turns what a Raft machine is given and what it does into the events of etcd-io/raft's trace. That specification has no pre-vote: one
 * who asks for pre-votes is a follower in it. It has no writes under way either: what a turn gives is durable and sent at its `Ready`.
 *
 * A cluster of etcd begins with its members as entries of term 1, committed; a heartbeat cannot raise a commit index of 0 in the
 * specification. Ours begins empty. So the trace tells of one entry of term 1 before everything, and terms and indexes are one higher.
 */
import { present } from '../../core/base'
import { decodeMessage, type AppendRequest, type Message, type RaftMachine } from '../../core/raft'

export interface RaftTraceEvent {
  readonly name: string
  readonly nid: string
  readonly state: { readonly term: number; readonly vote: string; readonly commit: number }
  readonly role: 'StateFollower' | 'StateCandidate' | 'StateLeader'
  readonly log: number
  readonly conf: readonly [readonly string[], readonly string[]]
  readonly msg?: Readonly<Record<string, string | number | boolean>>
  readonly prop?: Readonly<Record<string, unknown>>
}

type Role = RaftTraceEvent['role']

/** The entry of term 1 with which every log begins there. */
const BOOTSTRAP = 1

const NOTHING = { entries: 0, logTerm: 0, index: 0, commit: 0, reject: false, rejectHint: 0 }

interface Seen {
  readonly term: number
  readonly vote: string
  readonly commit: number
  readonly role: Role
  readonly log: number
}

/** Nodes are numbers there: n3 is "3". */
export const numberOf = (id: string | null): string => (id === null ? '0' : id.replace(/^\D+/, ''))

const KINDS: Readonly<Partial<Record<Message['kind'], readonly [type: string, event: string]>>> = {
  'vote-request': ['MsgVote', 'RequestVoteRequest'], 'vote-response': ['MsgVoteResp', 'RequestVoteResponse'],
  'append-request': ['MsgApp', 'AppendEntriesRequest'], 'append-response': ['MsgAppResp', 'AppendEntriesResponse'],
  'heartbeat-request': ['MsgHeartbeat', 'AppendEntriesRequest'], 'heartbeat-response': ['MsgHeartbeatResp', 'AppendEntriesResponse'],
}

/** What was told of each frame, by the frame and who it was for: it is told in the same words when it arrives. */
export type ToldMessages = WeakMap<Uint8Array, Map<string, NonNullable<RaftTraceEvent['msg']>>>

export class RaftRecorder {
  readonly #id: string
  readonly #machine: RaftMachine
  readonly #voters: readonly string[]
  readonly #tell: (event: RaftTraceEvent) => void
  readonly #told: ToldMessages
  #seen: Seen
  #isOwnVoteDue = false
  /** Appended here as leader and not yet acknowledged by its own disk. */
  #isOwnAppendDue = false
  /** The commit index as far as it was told: messages of this turn that speak of an earlier one were made before it rose. */
  #toldCommit: number

  constructor(id: string, machine: RaftMachine, voters: readonly string[], told: ToldMessages, tell: (event: RaftTraceEvent) => void) {
    this.#id = id
    this.#machine = machine
    this.#voters = voters.map(numberOf)
    this.#told = told
    this.#tell = tell
    this.#seen = this.#look()
    this.#toldCommit = this.#seen.commit
    this.#event('InitState', this.#seen)
  }

  #look(): Seen {
    const { inspect } = this.#machine
    const role = inspect.role === 'leader' ? 'StateLeader' : inspect.role === 'candidate' ? 'StateCandidate' : 'StateFollower'
    return { term: inspect.term, vote: numberOf(inspect.vote), commit: inspect.committed, role, log: inspect.lastIndex }
  }

  /** Whether this message would bring a term to which the specification, without pre-votes and such, has no way. */
  isBeyondIt(bytes: Uint8Array): boolean {
    const message = decodeMessage(bytes)
    if (message === null || KINDS[message.kind] !== undefined || message.term <= this.#seen.term) return false
    return message.kind !== 'pre-vote-request' && !(message.kind === 'pre-vote-response' && message.granted)
  }

  #event(name: string, { term, vote, role, log }: Seen, msg?: RaftTraceEvent['msg']): void {
    const state = { term: term + BOOTSTRAP, vote, commit: this.#toldCommit + BOOTSTRAP }
    this.#tell({ name, nid: numberOf(this.#id), state, role, log: log + BOOTSTRAP, conf: [this.#voters, []], ...(msg === undefined ? {} : { msg, prop: {} }) })
  }

  before(from: string, bytes: Uint8Array): void {
    const message = decodeMessage(bytes)
    const kind = message === null ? undefined : KINDS[message.kind]
    const told = this.#told.get(bytes)?.get(this.#id)
    if (kind !== undefined) this.#event(`Receive${kind[1]}`, this.#seen, present(told, `a message of ${from} was told when it was sent`))
  }

  /** After any input: what has become of the machine by it. */
  after(): void {
    const before = this.#seen
    const now = this.#look()
    this.#seen = now
    if (now.role === 'StateFollower' && (before.role !== 'StateFollower' || now.term !== before.term)) this.#event('BecomeFollower', { ...now, log: before.log })
    if (now.role === 'StateCandidate' && (before.role !== 'StateCandidate' || now.term !== before.term)) {
      this.#event('BecomeCandidate', now)
      this.#isOwnVoteDue = true
    }
    // What a node says to itself it says in the role in which it began to.
    if (now.role === 'StateFollower' || now.term !== before.term) this.#isOwnAppendDue = false
    if (now.role === 'StateFollower') this.#isOwnVoteDue = false
    if (now.role === 'StateLeader') this.#leads(before, now)
    else this.#toldCommit = now.commit
  }

  #leads(before: Seen, now: Seen): void {
    let { log } = before
    if (before.role !== 'StateLeader') this.#event('BecomeLeader', { ...now, log })
    for (; log < now.log; log++) {
      this.#event('Replicate', { ...now, log: log + 1 })
      this.#isOwnAppendDue = true
    }
  }

  #commits(now: Seen): void {
    if (now.role !== 'StateLeader' || this.#toldCommit >= now.commit) return
    this.#toldCommit = now.commit
    this.#event('Commit', now)
  }

  /** The effects of a turn, in order. */
  drained(frames: readonly { readonly to: string; readonly bytes: Uint8Array }[], hasWritten: boolean): void {
    this.after()
    const now = this.#seen
    for (const { to, bytes } of frames) {
      const message = decodeMessage(bytes)
      if (message === null) continue
      if ('commit' in message && message.commit > this.#toldCommit) this.#commits(now)
      this.#sends(to, bytes, message)
    }
    this.#commits(now)
    if (this.#isOwnVoteDue && hasWritten) this.#self('Send', 'MsgVoteResp', 'RequestVoteResponse', 0)
    if (this.#isOwnAppendDue && hasWritten) this.#self('Send', 'MsgAppResp', 'AppendEntriesResponse', now.log)
    if (hasWritten || frames.length > 0) this.#event('Ready', now)
  }

  /** Before a write is reported to the machine as durable: its own vote and its own acknowledgement count. */
  durable(index: number): void {
    if (this.#isOwnVoteDue) {
      this.#isOwnVoteDue = false
      this.#self('Receive', 'MsgVoteResp', 'RequestVoteResponse', 0)
    }
    if (this.#isOwnAppendDue && this.#seen.role === 'StateLeader') {
      this.#isOwnAppendDue = index < this.#seen.log
      this.#self('Receive', 'MsgAppResp', 'AppendEntriesResponse', index)
    }
  }

  #self(direction: 'Send' | 'Receive', type: string, event: string, index: number): void {
    const { term } = this.#seen
    const me = numberOf(this.#id)
    this.#event(`${direction}${event}`, this.#seen, { type, term: term + BOOTSTRAP, from: me, to: me, ...NOTHING, index: index + BOOTSTRAP, vote: '0' })
  }

  #sends(to: string, bytes: Uint8Array, message: Message): void {
    const kind = KINDS[message.kind]
    if (kind === undefined) return
    const [type, event] = kind
    const msg = { type, term: message.term + BOOTSTRAP, from: numberOf(this.#id), to: numberOf(to), ...fieldsOf(message, this.#hasAcknowledged(to)), vote: '0' }
    const told = this.#told.get(bytes) ?? new Map<string, typeof msg>()
    this.#told.set(bytes, told.set(to, msg))
    this.#event(`Send${event}`, this.#seen, msg)
  }

  #hasAcknowledged(peerId: string): boolean {
    for (const { id, match } of this.#machine.inspect.peers) if (id === peerId) return match > 0
    return false
  }
}

/** What an append says of the commit index beyond its entries says nothing to its receiver. */
const commitOf = ({ commit, prevIndex, entries }: AppendRequest): number => Math.min(commit, prevIndex + entries.length)

function fieldsOf(message: Message, hasAcknowledged: boolean): Readonly<Record<string, number | boolean>> {
  switch (message.kind) {
    case 'vote-request': return { ...NOTHING, index: message.lastIndex + BOOTSTRAP, logTerm: message.lastTerm + BOOTSTRAP }
    case 'vote-response': return { ...NOTHING, reject: !message.granted }
    case 'append-request': return {
      ...NOTHING, index: message.prevIndex + BOOTSTRAP, logTerm: message.prevTerm + BOOTSTRAP, entries: message.entries.length, commit: commitOf(message) + BOOTSTRAP,
    }
    // The answer to a leader of an earlier term names no place: it is a refusal.
    case 'append-response': return { ...NOTHING, index: message.index + BOOTSTRAP, reject: message.rejected || message.index === 0, rejectHint: message.hintIndex + BOOTSTRAP }
    // Nothing is known of a follower that has acknowledged nothing, of the bootstrap entry neither.
    case 'heartbeat-request': return { ...NOTHING, commit: hasAcknowledged ? message.commit + BOOTSTRAP : 0 }
    default: return NOTHING
  }
}
