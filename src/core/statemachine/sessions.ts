/**
 * Client sessions (Ongaro's thesis, section 6.3): the reply to every operation that its client may still ask for again is
 * kept, so that an operation sent twice is applied once. Sessions are opened through the log and evicted oldest-used first,
 * both part of the replicated state.
 */
import type { Fingerprint } from './hash'

export interface SessionLimits {
  readonly sessionsMax: number
  /** Operations of one client whose replies may be wanted at the same time. */
  readonly outstandingMax: number
}

export const SESSION_LIMITS: SessionLimits = { sessionsMax: 4096, outstandingMax: 256 }

class Session {
  /** Replies below this sequence are no longer wanted. */
  lowest = 1
  readonly replies = new Map<number, Uint8Array>()

  forgetBelow(lowest: number): void {
    if (lowest <= this.lowest) return
    this.lowest = lowest
    for (const sequence of this.replies.keys()) if (sequence < lowest) this.replies.delete(sequence)
  }
}

export type SessionAnswer = { readonly kind: 'fresh'; readonly session: Session } | { readonly kind: 'answered'; readonly reply: Uint8Array }
  | { readonly kind: 'session-expired' | 'already-answered' | 'too-many-outstanding' }

const EXPIRED = { kind: 'session-expired' } as const
const ALREADY = { kind: 'already-answered' } as const
const TOO_MANY = { kind: 'too-many-outstanding' } as const

export class Sessions {
  readonly #limits: SessionLimits
  /** In order of last use, the oldest first. */
  readonly #sessions = new Map<string, Session>()

  constructor(limits: SessionLimits) {
    this.#limits = limits
  }

  open(clientId: string): void {
    this.#touch(clientId, this.#sessions.get(clientId) ?? new Session())
    if (this.#sessions.size <= this.#limits.sessionsMax) return
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest)
      return
    }
  }

  #touch(clientId: string, session: Session): void {
    this.#sessions.delete(clientId)
    this.#sessions.set(clientId, session)
  }

  /** Decides on an operation: to be applied, or the reply that it already has. */
  admit(clientId: string, sequence: number, lowestOutstanding: number): SessionAnswer {
    const session = this.#sessions.get(clientId)
    if (!session) return EXPIRED
    this.#touch(clientId, session)
    session.forgetBelow(lowestOutstanding)
    if (sequence < session.lowest) return ALREADY
    const reply = session.replies.get(sequence)
    if (reply) return { kind: 'answered', reply }
    return session.replies.size >= this.#limits.outstandingMax ? TOO_MANY : { kind: 'fresh', session }
  }

  addTo(print: Fingerprint): void {
    for (const [clientId, session] of this.#sessions) {
      print.text(clientId)
      print.number(session.lowest)
      for (const [sequence, reply] of session.replies) {
        print.number(sequence)
        print.bytes(reply)
      }
    }
  }
}
