/**
 * For a group in which members may lie (Castro and Liskov, section 4.1): every operation goes to all members, and counts as
 * answered once f + 1 of them say the same (`ReplyQuorum`), since one of those is honest, or once a quorum does of what it executed
 * tentatively in one view (section 5.1.2). What is not answered is sent again, which a session makes safe.
 * No single member is believed in anything: not in an answer, not in a refusal.
 */
import { assert } from '../../core/base'
import { ReplyQuorum } from '../../core/pbft'
import type { ClientReply } from '../../core/wire'
import type { ClusterClientOptions } from './cluster-client'
import { Connections } from './connections'
import { CLIENT_LIMITS } from './limits'
import type { MemberAddress, Operation, OperationClient, Outcome } from './types'

interface Asking {
  readonly operation: Operation
  /** As it is sent, the same each time. */
  readonly payload: Uint8Array
  replies: ReplyQuorum
  /** Who has answered this time, and who was found to contradict. */
  readonly answered: Set<string>
  readonly contradicting: Set<string>
  /** It left for at least one member. */
  sent: boolean
  /** Times it was sent again. */
  repeats: number
  repeatAtMs: number
  finished: boolean
}

/** The first byte of an answer as it is compared. */
const WORDS = { ok: 0, 'too-large': 1, malformed: 2 } as const

/** An answer as bytes that are equal where answers are; null where it is none. */
function wordOf(reply: ClientReply): Uint8Array | null {
  switch (reply.code) {
    case 'ok':
    case 'tentative': {
      const word = new Uint8Array(1 + reply.payload.length)
      word[0] = WORDS.ok
      word.set(reply.payload, 1)
      return word
    }
    case 'too-large':
    case 'malformed':
      return Uint8Array.of(WORDS[reply.code])
    default:
      return null
  }
}

export interface QuorumClientOptions extends ClusterClientOptions {
  readonly signCommand?: (command: Uint8Array) => Uint8Array
}

export class QuorumClient implements OperationClient {
  readonly nowMs: () => number
  private readonly connections: Connections
  private readonly signCommand: (command: Uint8Array) => Uint8Array
  private readonly all = new Set<Asking>()
  private readonly contradictions = new Map<string, number>()
  private readonly sweepTimer: NodeJS.Timeout
  private closed = false

  constructor(options: QuorumClientOptions) {
    assert(options.members.length > 0, 'a client knows at least one member')
    this.signCommand = options.signCommand ?? ((command) => command)
    this.nowMs = options.nowMs ?? (() => performance.now())
    this.connections = new Connections({ members: options.members, clusterId: options.clusterId ?? '', protocol: 'pbft', nowMs: this.nowMs })
    this.sweepTimer = setInterval(() => { this.sweep() }, CLIENT_LIMITS.sweepIntervalMs)
    for (const { nodeId } of this.connections.members) this.connections.to(nodeId)
  }

  run(operation: Operation): void {
    if (this.closed || this.all.size >= CLIENT_LIMITS.operationsMax) {
      const code = this.closed ? 'closed' : 'busy'
      setImmediate(() => { operation.done({ kind: 'failed', code, message: this.closed ? 'The client was closed.' : 'Too many operations wait in this client.' }) })
      return
    }
    const payload = operation.kind === 'propose' ? this.signCommand(operation.payload) : operation.payload
    const asking: Asking = {
      operation, payload, replies: this.newQuorum(), answered: new Set(), contradicting: new Set(), sent: false, repeats: 0, repeatAtMs: this.nowMs() + CLIENT_LIMITS.repeatMsMin, finished: false,
    }
    this.all.add(asking)
    for (const { nodeId } of this.connections.members) this.ask(asking, nodeId)
  }

  leader(): string | null {
    return null
  }

  setMembers(members: readonly MemberAddress[]): void {
    this.connections.members = members
    this.connections.endStrangers()
  }

  outvoted(): ReadonlyMap<string, number> {
    return this.contradictions
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    clearInterval(this.sweepTimer)
    for (const asking of [...this.all]) this.giveUp(asking, 'The client was closed.', 'closed')
    this.connections.close()
  }

  private ask(asking: Asking, nodeId: string): void {
    const connection = this.connections.to(nodeId)
    if (connection === null) return
    asking.sent = true
    connection.request(asking.operation.kind, asking.payload, (reply) => {
      if (reply !== null) this.answered(asking, nodeId, reply)
    })
  }

  private answered(asking: Asking, nodeId: string, reply: ClientReply): void {
    if (reply.code === 'tentative') {
      this.answeredTentatively(asking, nodeId, reply)
      return
    }
    const word = wordOf(reply)
    // What is no answer is owed still: it is asked for again with the others.
    if (word !== null) {
      asking.answered.add(nodeId)
      const decided = asking.replies.add(nodeId, word)
      // Of a write that was sent once there is one answer, whenever it is given; what is read may honestly be older or newer.
      if (asking.operation.kind === 'propose' && asking.repeats === 0) this.countContradictions(asking)
      if (decided !== null && !asking.finished) this.decided(asking, decided)
    }
    if (!asking.finished && asking.replies.isSplit) this.repeat(asking)
  }

  /** Its last word is owed still; that it may be another one is no contradiction. */
  private answeredTentatively(asking: Asking, nodeId: string, reply: Extract<ClientReply, { code: 'tentative' }>): void {
    const word = wordOf(reply)
    const decided = word === null ? null : asking.replies.addTentative(nodeId, word, reply.view)
    if (decided !== null && !asking.finished) this.decided(asking, decided)
  }

  private countContradictions(asking: Asking): void {
    for (const nodeId of asking.replies.conflicting()) {
      if (asking.contradicting.has(nodeId)) continue
      asking.contradicting.add(nodeId)
      this.contradictions.set(nodeId, (this.contradictions.get(nodeId) ?? 0) + 1)
    }
  }

  private decided(asking: Asking, word: Uint8Array): void {
    const [code] = word
    if (code === WORDS.ok) this.finish(asking, { kind: 'ok', reply: word.subarray(1), repeated: asking.repeats > 0 })
    else if (code === WORDS['too-large']) this.finish(asking, { kind: 'failed', code: 'too-large', message: 'The value is larger than the cluster takes.' })
    else this.finish(asking, { kind: 'failed', code: 'refused', message: 'The members did not understand the request.' })
  }

  private newQuorum(): ReplyQuorum {
    return new ReplyQuorum(this.connections.members.map(({ nodeId }) => nodeId))
  }

  /** Those that owe an answer are asked again; where answers differ too much to decide, all are. */
  private repeat(asking: Asking): void {
    asking.repeatAtMs = this.nowMs() + Math.min(CLIENT_LIMITS.repeatMsMax, CLIENT_LIMITS.repeatMsMin * 2 ** asking.repeats)
    if (asking.sent && !asking.operation.repeatable) return
    if (asking.sent) asking.repeats += 1
    if (asking.replies.isSplit) {
      asking.replies = this.newQuorum()
      asking.answered.clear()
    }
    for (const { nodeId } of this.connections.members) if (!asking.answered.has(nodeId)) this.ask(asking, nodeId)
  }

  private sweep(): void {
    const now = this.nowMs()
    for (const asking of this.all) {
      if (asking.operation.deadlineMs <= now) this.giveUp(asking, 'Too few members gave the same answer in time.', 'no-leader')
      else if (asking.repeatAtMs <= now) this.repeat(asking)
    }
    if (!this.closed) for (const { nodeId } of this.connections.members) this.connections.to(nodeId)
  }

  private finish(asking: Asking, outcome: Outcome): void {
    if (asking.finished) return
    asking.finished = true
    this.all.delete(asking)
    asking.operation.done(outcome)
  }

  private giveUp(asking: Asking, why: string, code: 'no-leader' | 'closed'): void {
    if (asking.sent && asking.operation.kind === 'propose') this.finish(asking, { kind: 'unknown', message: why })
    else this.finish(asking, { kind: 'failed', code, message: `${why} (${this.connections.lastReason})` })
  }
}
