/**
 * Sends operations to whoever leads. While nobody is known to, operations wait here and all members are asked; the claim
 * with the highest term wins. What happens to an operation on the way is decided by what the answer proves: refused means
 * no effect, so it is sent again; no answer means that it may have taken effect, so it is sent again only if repeatable.
 */
import { assert } from '../../core/base'
import type { ClientReply } from '../../core/wire'
import type { Connection } from './connection'
import { Connections } from './connections'
import { CLIENT_LIMITS } from './limits'
import type { MemberAddress, Operation, OperationClient, Outcome } from './types'

export interface ClusterClientOptions {
  readonly members: readonly MemberAddress[]
  /** Empty or left out: any cluster. */
  readonly clusterId?: string
  readonly nowMs?: () => number
}

interface Waiting {
  readonly operation: Operation
  /** It was sent and not answered at least once. */
  maybeDone: boolean
  inFlight: boolean
  /** Answers to anything but the latest attempt are ignored. */
  attempt: number
  finished: boolean
}

const EMPTY = new Uint8Array(0)
const NONE: ReadonlyMap<string, number> = new Map()

export class ClusterClient implements OperationClient {
  readonly nowMs: () => number
  private readonly connections: Connections
  private readonly all = new Set<Waiting>()
  private held: Waiting[] = []
  private leaderId: string | null = null
  private term = 0
  private readonly asked = new Set<string>()
  private searchTimer: NodeJS.Timeout | null = null
  private readonly sweepTimer: NodeJS.Timeout
  private closed = false

  constructor(options: ClusterClientOptions) {
    assert(options.members.length > 0, 'a client knows at least one member')
    this.nowMs = options.nowMs ?? (() => performance.now())
    this.connections = new Connections({
      members: options.members, clusterId: options.clusterId ?? '', protocol: '', nowMs: this.nowMs,
      onEnd: (nodeId) => {
        this.asked.delete(nodeId)
        this.doubt(nodeId)
      },
    })
    this.sweepTimer = setInterval(() => { this.sweep() }, CLIENT_LIMITS.sweepIntervalMs)
  }

  /** `done` is called exactly once, never before `run` returns. */
  run(operation: Operation): void {
    if (this.closed || this.all.size >= CLIENT_LIMITS.operationsMax) {
      const code = this.closed ? 'closed' : 'busy'
      setImmediate(() => { operation.done({ kind: 'failed', code, message: this.closed ? 'The client was closed.' : 'Too many operations wait in this client.' }) })
      return
    }
    const waiting: Waiting = { operation, maybeDone: false, inFlight: false, attempt: 0, finished: false }
    this.all.add(waiting)
    this.dispatch(waiting)
  }

  /** The member taken for the leader now. */
  leader(): string | null {
    return this.leaderId
  }

  /** A member that is not named any more is left once it says that it does not lead. */
  setMembers(members: readonly MemberAddress[]): void {
    this.connections.members = members
  }

  outvoted(): ReadonlyMap<string, number> {
    return NONE
  }

  /** Ends every operation, and closes the connections. */
  close(): void {
    if (this.closed) return
    this.closed = true
    clearInterval(this.sweepTimer)
    if (this.searchTimer) clearInterval(this.searchTimer)
    for (const waiting of [...this.all]) this.giveUp(waiting, 'The client was closed.', 'closed')
    this.connections.close()
  }

  private dispatch(waiting: Waiting): void {
    const connection = this.leaderId === null ? null : this.connections.to(this.leaderId)
    if (connection === null) {
      this.held.push(waiting)
      this.search()
      return
    }
    const attempt = ++waiting.attempt
    const { kind, payload } = waiting.operation
    waiting.inFlight = true
    connection.request(kind, payload, (reply) => {
      // A single member cannot tell what the group will decide.
      if (waiting.finished || waiting.attempt !== attempt || reply?.code === 'tentative') return
      waiting.inFlight = false
      if (reply === null) this.lost(waiting, connection)
      else this.answered(waiting, reply, connection)
    })
  }

  private answered(waiting: Waiting, reply: Exclude<ClientReply, { code: 'tentative' }>, connection: Connection): void {
    switch (reply.code) {
      case 'ok':
        this.finish(waiting, { kind: 'ok', reply: reply.payload, repeated: waiting.maybeDone })
        return
      case 'busy':
        setTimeout(() => { if (!waiting.finished) this.dispatch(waiting) }, CLIENT_LIMITS.busyPauseMs)
        return
      case 'not-leader':
      case 'stopped':
        this.doubt(connection.member.nodeId)
        this.dispatch(waiting)
        return
      case 'unknown':
        this.doubt(connection.member.nodeId)
        this.maybeAgain(waiting, 'The leader lost its place before it could say what became of the operation.')
        return
      case 'too-large':
      case 'malformed':
      case 'leading':
        this.finish(waiting, {
          kind: 'failed', code: reply.code === 'too-large' ? 'too-large' : 'refused',
          message: reply.code === 'too-large' ? 'The value is larger than the cluster takes.' : 'The node did not understand the request.',
        })
    }
  }

  private lost(waiting: Waiting, connection: Connection): void {
    this.doubt(connection.member.nodeId)
    this.maybeAgain(waiting, 'The connection ended before the answer came.')
  }

  private maybeAgain(waiting: Waiting, why: string): void {
    waiting.maybeDone = true
    if (waiting.operation.repeatable) this.dispatch(waiting)
    else this.finish(waiting, { kind: 'unknown', message: why })
  }

  private finish(waiting: Waiting, outcome: Outcome): void {
    if (waiting.finished) return
    waiting.finished = true
    this.all.delete(waiting)
    waiting.operation.done(outcome)
  }

  private giveUp(waiting: Waiting, why: string, code: 'no-leader' | 'closed'): void {
    if ((waiting.maybeDone || waiting.inFlight) && waiting.operation.kind === 'propose') this.finish(waiting, { kind: 'unknown', message: why })
    else this.finish(waiting, { kind: 'failed', code, message: `${why} (${this.connections.lastReason})` })
  }

  /** Deadlines; and a leader that owes answers and is silent is doubted without a word from it. */
  private sweep(): void {
    const now = this.nowMs()
    for (const waiting of this.all) {
      if (waiting.operation.deadlineMs <= now) this.giveUp(waiting, 'No answer came in time.', 'no-leader')
    }
    this.held = this.held.filter((waiting) => !waiting.finished)
    const connection = this.leaderId === null ? undefined : this.connections.get(this.leaderId)
    if (connection && connection.waiting > 0 && connection.silentForMs() > CLIENT_LIMITS.silenceMs) this.search()
  }

  private doubt(nodeId: string): void {
    if (this.leaderId === nodeId) this.leaderId = null
  }

  /** Asks everyone who leads, again and again, until somebody says that it does. */
  private search(): void {
    if (this.searchTimer !== null || this.closed) return
    this.searchTimer = setInterval(() => { this.askAll() }, CLIENT_LIMITS.searchIntervalMs)
    this.askAll()
  }

  private askAll(): void {
    for (const { nodeId } of this.connections.members) {
      if (this.asked.has(nodeId)) continue
      const connection = this.connections.to(nodeId)
      if (connection === null) continue
      this.asked.add(nodeId)
      connection.request('who-leads', EMPTY, (reply) => {
        this.asked.delete(nodeId)
        if (reply?.code === 'leading') this.claimed(nodeId, reply.term)
        else if (reply?.code === 'not-leader') this.connections.lastReason = 'no member leads'
      })
    }
  }

  private claimed(nodeId: string, term: number): void {
    if (this.closed || term < this.term) return
    const before = this.leaderId
    if (before !== null && before !== nodeId && term === this.term) return
    this.term = term
    this.leaderId = nodeId
    if (this.searchTimer) clearInterval(this.searchTimer)
    this.searchTimer = null
    // Whoever led before owes answers that are not worth waiting for any more.
    if (before !== null && before !== nodeId) this.connections.get(before)?.end('another member leads now')
    const { held } = this
    this.held = []
    for (const waiting of held) if (!waiting.finished) this.dispatch(waiting)
  }
}
