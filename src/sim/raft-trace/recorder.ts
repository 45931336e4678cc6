/**
 * Turns what a Raft machine is given and what it does into the events of etcd-io/raft's trace. That specification has no pre-vote: one
 * who asks for pre-votes is a follower in it. It has no writes under way either: what a turn gives is durable and sent at its `Ready`.
 */
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

export class RaftRecorder {
  readonly #id: string
  readonly #machine: RaftMachine
  readonly #voters: readonly string[]
  readonly #tell: (event: RaftTraceEvent) => void
  #seen: Seen
  #isOwnVoteDue = false
  /** Appended here as leader and not yet acknowledged by its own disk. */
  #isOwnAppendDue = false

  constructor(id: string, machine: RaftMachine, voters: readonly string[], tell: (event: RaftTraceEvent) => void) {
    this.#id = id
    this.#machine = machine
    this.#voters = voters.map(numberOf)
    this.#tell = tell
    this.#seen = this.#look()
    this.#event('InitState', this.#seen)
  }

  #look(): Seen {
    const { inspect } = this.#machine
    const role = inspect.role === 'leader' ? 'StateLeader' : inspect.role === 'candidate' ? 'StateCandidate' : 'StateFollower'
    return { term: inspect.term, vote: numberOf(inspect.vote), commit: inspect.committed, role, log: inspect.lastIndex }
  }

  #event(name: string, { term, vote, commit, role, log }: Seen, msg?: RaftTraceEvent['msg']): void {
    this.#tell({
      name, nid: numberOf(this.#id), state: { term, vote, commit }, role, log, conf: [this.#voters, []], ...(msg === undefined ? {} : { msg, prop: {} }),
    })
  }

  before(from: string, bytes: Uint8Array): void {
    const message = decodeMessage(bytes)
    if (message !== null) this.#message('Receive', from, this.#id, message, this.#seen)
  }

  /** After any input: what has become of the machine by it. */
  after(): void {
    const before = this.#seen
    const now = this.#look()
    this.#seen = now
    if (now.role === 'StateFollower' && (before.role !== 'StateFollower' || now.term !== before.term)) this.#event('BecomeFollower', { ...now, log: before.log, commit: before.commit })
    if (now.role === 'StateCandidate' && (before.role !== 'StateCandidate' || now.term !== before.term)) {
      this.#event('BecomeCandidate', now)
      this.#isOwnVoteDue = true
    }
    if (now.role === 'StateLeader') this.#leads(before, now)
  }

  #leads(before: Seen, now: Seen): void {
    let { log } = before
    if (before.role !== 'StateLeader') this.#event('BecomeLeader', { ...now, log, commit: before.commit })
    for (; log < now.log; log++) {
      this.#event('Replicate', { ...now, log: log + 1, commit: before.commit })
      this.#isOwnAppendDue = true
    }
    if (now.commit > before.commit) this.#event('Commit', now)
  }

  /** The effects of a turn, in order. */
  drained(frames: readonly { readonly to: string; readonly bytes: Uint8Array }[], hasWritten: boolean): void {
    this.after()
    const now = this.#seen
    for (const { to, bytes } of frames) {
      const message = decodeMessage(bytes)
      if (message !== null) this.#message('Send', this.#id, to, message, now)
    }
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
    this.#event(`${direction}${event}`, this.#seen, { type, term, from: me, to: me, entries: 0, logTerm: 0, index, commit: 0, vote: '0', reject: false, rejectHint: 0 })
  }

  #message(direction: 'Send' | 'Receive', from: string, to: string, message: Message, state: Seen): void {
    const kind = KINDS[message.kind]
    if (kind === undefined) return
    const [type, event] = kind
    this.#event(`${direction}${event}`, state, { type, term: message.term, from: numberOf(from), to: numberOf(to), ...fieldsOf(message), vote: '0' })
  }
}

const NOTHING = { entries: 0, logTerm: 0, index: 0, commit: 0, reject: false, rejectHint: 0 }

/** What an append says of the commit index beyond its entries says nothing to its receiver. */
const commitOf = ({ commit, prevIndex, entries }: AppendRequest): number => Math.min(commit, prevIndex + entries.length)

function fieldsOf(message: Message): Readonly<Record<string, number | boolean>> {
  switch (message.kind) {
    case 'vote-request': return { ...NOTHING, index: message.lastIndex, logTerm: message.lastTerm }
    case 'vote-response': return { ...NOTHING, reject: !message.granted }
    case 'append-request': return { ...NOTHING, index: message.prevIndex, logTerm: message.prevTerm, entries: message.entries.length, commit: commitOf(message) }
    // The answer to a leader of an earlier term names no place: it is a refusal.
    case 'append-response': return { ...NOTHING, index: message.index, reject: message.rejected || message.index === 0, rejectHint: message.hintIndex }
    case 'heartbeat-request': return { ...NOTHING, commit: message.commit }
    default: return NOTHING
  }
}
