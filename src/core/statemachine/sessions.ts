/**
 * Client sessions (Ongaro's thesis, section 6.3): the reply to every operation that its client may still ask for again is
 * kept, so that an operation sent twice is applied once. Sessions are opened and ended through the log and evicted oldest-used
 * first, all part of the replicated state. The ids of those that ended are remembered for long, so that commands of theirs that
 * arrive late find no new session to be applied in.
 */
import { isPlanted, type ByteReader } from '../base'
import { CLIENT_ID_BYTES, readPackedClientId, unpackClientId } from './client-id'
import { FingerprintSum, type Print } from './fingerprint-sum'
import { Fingerprint } from './hash'
import { keptReply, type SessionUse } from './replies'
import type { SnapshotWriter } from './snapshot'

export interface SessionLimits {
  readonly sessionsMax: number
  /** Operations of one client whose replies may be wanted at the same time. */
  readonly outstandingMax: number
  /** Bytes of those replies; one reply always fits. */
  readonly replyBytesMax: number
  /** Sessions that ended whose ids are remembered. */
  readonly endedMax: number
}

export const SESSION_LIMITS: SessionLimits = { sessionsMax: 4096, outstandingMax: 256, replyBytesMax: 4 * 1024 * 1024, endedMax: 16_384 }

class Session {
  /** Replies below this sequence are no longer wanted. */
  lowest = 1
  lastUse = 0
  readonly replies = new Map<number, Uint8Array>()
  replyBytes = 0
  /** What the sum holds of it. */
  print: Print = { a: 0, b: 0 }
  /** Changed since its print was made. */
  isChanged = false

  keep(sequence: number, reply: Uint8Array): void {
    if (__PLANTED__ && isPlanted('session/reply-not-kept')) return
    this.replies.set(sequence, reply)
    this.replyBytes += reply.length
  }

  forgetBelow(lowest: number): void {
    if (lowest <= this.lowest) return
    this.lowest = lowest
    for (const [sequence, reply] of this.replies) {
      if (sequence >= lowest) continue
      this.replies.delete(sequence)
      this.replyBytes -= reply.length
    }
  }

  printWith(clientId: string): Print {
    const print = new Fingerprint()
    print.text(clientId)
    print.number(this.lowest)
    print.number(this.lastUse)
    // Not in the order in which they were given, which means nothing.
    const replies = new FingerprintSum()
    for (const [sequence, reply] of this.replies) {
      const each = new Fingerprint()
      each.number(sequence)
      each.bytes(reply)
      each.finish()
      replies.add(each)
    }
    replies.addTo(print)
    print.finish()
    return print
  }
}

export type SessionAnswer = { readonly kind: 'fresh'; readonly session: Session } | { readonly kind: 'answered'; readonly reply: Uint8Array }
  | { readonly kind: 'session-expired' | 'already-answered' | 'too-many-outstanding' }

const EXPIRED = { kind: 'session-expired' } as const
const ALREADY = { kind: 'already-answered' } as const
const TOO_MANY = { kind: 'too-many-outstanding' } as const

export class Sessions {
  readonly #limits: SessionLimits
  readonly #onEnded: (clientId: string) => void
  /** By packed client id, in order of last use, the oldest first. */
  readonly #sessions = new Map<string, Session>()
  /** When each ended, in that order. */
  readonly #ended = new Map<string, number>()
  /** Counts uses and ends. */
  #clock = 0
  readonly #sum = new FingerprintSum()
  readonly #changed = new Map<string, Session>()

  constructor(limits: SessionLimits, onEnded: (clientId: string) => void) {
    this.#limits = limits
    this.#onEnded = onEnded
  }

  open(clientId: string): 'done' | 'session-expired' {
    if (this.#ended.has(clientId)) return 'session-expired'
    this.#touch(clientId, this.#sessions.get(clientId) ?? new Session())
    if (this.#sessions.size <= this.#limits.sessionsMax) return 'done'
    for (const oldest of this.#sessions.keys()) {
      this.close(oldest)
      break
    }
    return 'done'
  }

  /** `lastUse` other than null: only if it was not used since. */
  close(clientId: string, lastUse: number | null = null): 'done' | 'not-found' | 'mismatch' {
    const session = this.#sessions.get(clientId)
    if (!session) return 'not-found'
    if (lastUse !== null && session.lastUse !== lastUse) return 'mismatch'
    this.#sum.subtract(session.print)
    this.#sessions.delete(clientId)
    this.#changed.delete(clientId)
    this.#rememberEnded(clientId, ++this.#clock)
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= this.#limits.endedMax) break
      this.#sum.subtract(endedPrint(oldest, this.#ended.get(oldest) as number))
      this.#ended.delete(oldest)
    }
    this.#onEnded(clientId)
    return 'done'
  }

  #rememberEnded(clientId: string, at: number): void {
    this.#ended.set(clientId, at)
    this.#sum.add(endedPrint(clientId, at))
  }

  #touch(clientId: string, session: Session): void {
    this.#sessions.delete(clientId)
    this.#sessions.set(clientId, session)
    session.lastUse = ++this.#clock
    if (session.isChanged) return
    session.isChanged = true
    this.#changed.set(clientId, session)
  }

  /** Decides on an operation: to be applied, or the reply that it already has. The reply to a fresh one is to be kept in the session. */
  admit(clientId: string, sequence: number, lowestOutstanding: number): SessionAnswer {
    const session = this.#sessions.get(clientId)
    if (!session) return EXPIRED
    this.#touch(clientId, session)
    session.forgetBelow(__PLANTED__ && isPlanted('session/earlier-taken-for-answered') ? sequence : lowestOutstanding)
    if (sequence < session.lowest && !(__PLANTED__ && isPlanted('session/late-duplicate-applied'))) return ALREADY
    const reply = session.replies.get(sequence)
    if (reply) return { kind: 'answered', reply }
    const isFull = session.replies.size >= this.#limits.outstandingMax || session.replyBytes >= this.#limits.replyBytesMax
    return isFull ? TOO_MANY : { kind: 'fresh', session }
  }

  uses(): SessionUse[] {
    return Array.from(this.#sessions, ([clientId, { lastUse }]) => ({ clientId: unpackClientId(clientId), lastUse }))
  }

  /** Costs what was used since the last time. */
  addTo(print: Fingerprint): void {
    for (const [clientId, session] of this.#changed) {
      session.isChanged = false
      this.#sum.subtract(session.print)
      session.print = session.printWith(clientId)
      this.#sum.add(session.print)
    }
    this.#changed.clear()
    this.#sum.addTo(print)
    print.number(this.#sessions.size)
    print.number(this.#ended.size)
    print.number(this.#clock)
  }

  save(out: SnapshotWriter): void {
    const isLeftOut = __PLANTED__ && isPlanted('snapshot/sessions-left-out')
    const areRepliesLeftOut = __PLANTED__ && isPlanted('snapshot/replies-left-out')
    out.varint(this.#clock)
    out.varint(isLeftOut ? 0 : this.#sessions.size)
    for (const [clientId, { lowest, lastUse, replies }] of isLeftOut ? [] : this.#sessions) {
      out.clientId(clientId)
      out.varint(lowest)
      out.varint(lastUse)
      out.varint(areRepliesLeftOut ? 0 : replies.size)
      for (const sequence of areRepliesLeftOut ? [] : [...replies.keys()].sort((one, other) => one - other)) {
        out.varint(sequence)
        out.sized(replies.get(sequence) as Uint8Array)
      }
    }
    out.varint(this.#ended.size)
    for (const [clientId, at] of this.#ended) {
      out.clientId(clientId)
      out.varint(at)
    }
  }

  load(reader: ByteReader): void {
    const clock = reader.varint()
    const count = reader.varint()
    if (count > this.#limits.sessionsMax) reader.fail()
    for (let i = 0, last = 0; i < count && !reader.failed; i++) {
      const clientId = readPackedClientId(reader)
      const session = readSession(reader)
      if (session.lastUse <= last || session.lastUse > clock || this.#sessions.has(clientId)) reader.fail()
      last = session.lastUse
      session.isChanged = true
      this.#sessions.set(clientId, session)
      this.#changed.set(clientId, session)
    }
    if (__PLANTED__ && isPlanted('snapshot/order-of-use-lost')) this.#sortByName()
    this.#loadEnded(reader, clock)
    this.#clock = clock
  }

  #loadEnded(reader: ByteReader, clock: number): void {
    const count = reader.varint()
    if (count > this.#limits.endedMax || count * (CLIENT_ID_BYTES + 1) > reader.left) reader.fail()
    for (let i = 0, last = 0; i < count && !reader.failed; i++) {
      const clientId = readPackedClientId(reader)
      const at = reader.varint()
      if (at <= last || at > clock || this.#sessions.has(clientId) || this.#ended.has(clientId)) reader.fail()
      last = at
      this.#rememberEnded(clientId, at)
    }
  }

  #sortByName(): void {
    const sorted = [...this.#sessions].sort(([one], [other]) => (one < other ? -1 : 1))
    this.#sessions.clear()
    for (const [clientId, session] of sorted) this.#sessions.set(clientId, session)
  }
}

function readSession(reader: ByteReader): Session {
  const session = new Session()
  session.lowest = reader.varint()
  session.lastUse = reader.varint()
  const count = reader.varint()
  if (session.lowest === 0) reader.fail()
  for (let i = 0, last = session.lowest - 1; i < count && !reader.failed; i++) {
    const sequence = reader.varint()
    const reply = keptReply(reader.sized())
    if (sequence <= last || reply.length === 0) reader.fail()
    last = sequence
    session.replies.set(sequence, reply)
    session.replyBytes += reply.length
  }
  return session
}

function endedPrint(clientId: string, at: number): Fingerprint {
  const print = new Fingerprint()
  print.byte(0xff)
  print.text(clientId)
  print.number(at)
  print.finish()
  return print
}
