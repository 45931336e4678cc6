/**
 * A logical client with exactly-once writes: the state machine remembers the answers of a session, so an operation that is
 * sent again after a lost answer is applied once (Ongaro's thesis, section 6.3).
 *
 * A session that is not used for its time to live is ended by the cluster, and its locks go to others. So an open one that is idle
 * renews itself, and one that went so long without an answer takes itself for lost: the cluster counts from when a use was applied,
 * which is never before it was sent.
 */
import { decodeReply, encodeCommand, type Operation, type Reply } from '../../core/statemachine'
import { CLIENT_LIMITS } from './limits'
import type { OperationClient, Outcome } from './types'

/** It certainly had no effect. After `session-expired` a new session is needed. */
interface NoEffect {
  readonly kind: 'failed'
  readonly code: 'session-expired' | 'too-many-outstanding' | 'limit-reached' | Extract<Outcome, { kind: 'failed' }>['code']
  readonly message: string
}

/** It may or may not have taken effect, or still may. */
interface NobodyKnows {
  readonly kind: 'unknown'
  readonly message: string
}

/** The machine's own word, whatever it says of the object. */
export type OperationOutcome = { readonly kind: 'answered'; readonly reply: Reply } | NoEffect | NobodyKnows

export type WriteOutcome =
  | { readonly kind: 'done' }
  /** compare-and-swap: the key held something else; nothing was changed. */
  | { readonly kind: 'mismatch' }
  /** delete: there was nothing. */
  | { readonly kind: 'not-found' }
  | NoEffect
  | NobodyKnows

/** What is answered by done, or by why not. */
export type WriteOperation = Exclude<Operation, { kind: 'acquire' | 'release' | 'dequeue' | 'add' }>

/** `expired`: the cluster said so. `unheard`: for its whole time to live nothing was answered, so that it may have been ended. */
export type SessionLoss = 'expired' | 'unheard'

const TIME_TO_LIVE_MS = CLIENT_LIMITS.sessionTimeToLiveMs
const RENEW_AFTER_MS = TIME_TO_LIVE_MS / CLIENT_LIMITS.sessionRenewalsPerLife

export class Session {
  readonly clientId: string
  /** Called once, when it is lost: whoever holds a lock by it must take it for another's. */
  onLost: ((why: SessionLoss) => void) | null = null
  private readonly client: OperationClient
  private current: 'open' | 'lost' | 'left' = 'open'
  private nextSequence = 1
  /** In ascending order. */
  private readonly outstanding = new Set<number>()
  private sentMs: number
  /** When the latest of those that were answered was sent. */
  private answeredMs: number
  private isRenewing = false
  private timer: NodeJS.Timeout | null = null

  /** Of a session that is open; see `openSession`. `sentMs`: when that was asked for. */
  constructor(client: OperationClient, clientId: string, sentMs = client.nowMs()) {
    this.client = client
    this.clientId = clientId
    this.sentMs = sentMs
    this.answeredMs = sentMs
    this.schedule()
  }

  /** `left`: by `leave` or `close`. */
  get state(): 'open' | 'lost' | 'left' {
    return this.current
  }

  /** `done` is called exactly once, by the deadline or little later. */
  operate(operation: Operation, deadlineMs: number, done: (outcome: OperationOutcome) => void): void {
    const sequence = this.nextSequence++
    this.outstanding.add(sequence)
    const [lowestOutstanding] = this.outstanding
    const payload = encodeCommand({ kind: 'operate', clientId: this.clientId, sequence, lowestOutstanding: lowestOutstanding ?? sequence, operation })
    this.send(payload, deadlineMs, (outcome, reply) => {
      // After an unknown outcome it is not asked for again either, so its answer need not be kept.
      this.outstanding.delete(sequence)
      done(outcome.kind === 'ok' ? operationOutcome(reply, outcome.repeated) : outcome)
    })
  }

  /** The same for what has no answer of its own. */
  write(operation: WriteOperation, deadlineMs: number, done: (outcome: WriteOutcome) => void): void {
    this.operate(operation, deadlineMs, (outcome) => { done(writeOutcome(outcome)) })
  }

  /** Renews it no more: it ends by itself once its time is over. */
  leave(): void {
    if (this.current === 'open') this.current = 'left'
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }

  /** Ends it: its locks are free. Tells whether that is certain; if not, it ends once its time is over. */
  close(deadlineMs: number, done: (isEnded: boolean) => void): void {
    this.leave()
    this.client.run({
      kind: 'propose', payload: encodeCommand({ kind: 'close-session', clientId: this.clientId }), repeatable: true, deadlineMs,
      done: (outcome) => {
        const kind = outcome.kind === 'ok' ? decodeReply(outcome.reply)?.kind : undefined
        done(kind === 'done' || kind === 'not-found')
      },
    })
  }

  private send(payload: Uint8Array, deadlineMs: number, done: (outcome: Outcome, reply: Reply | null) => void): void {
    const sentMs = this.client.nowMs()
    this.sentMs = sentMs
    this.client.run({
      kind: 'propose', payload, repeatable: true, deadlineMs,
      done: (outcome) => {
        const reply = outcome.kind === 'ok' ? decodeReply(outcome.reply) : null
        if (reply?.kind === 'session-expired') this.lose('expired')
        else if (reply !== null) this.answeredMs = Math.max(this.answeredMs, sentMs)
        done(outcome, reply)
      },
    })
  }

  private renew(): void {
    this.isRenewing = true
    // Opening it again is finding it open, and a use of it.
    this.send(encodeCommand({ kind: 'open-session', clientId: this.clientId }), this.client.nowMs() + RENEW_AFTER_MS, (outcome) => {
      this.isRenewing = false
      if (outcome.kind === 'failed' && outcome.code === 'closed') this.leave()
      else this.schedule()
    })
  }

  private lose(why: SessionLoss): void {
    if (this.current !== 'open') return
    this.leave()
    this.current = 'lost'
    this.onLost?.(why)
  }

  private schedule(): void {
    if (this.timer) clearTimeout(this.timer)
    if (this.current !== 'open') return
    const lostMs = this.answeredMs + TIME_TO_LIVE_MS
    const dueMs = this.isRenewing ? lostMs : Math.min(lostMs, this.sentMs + RENEW_AFTER_MS)
    this.timer = setTimeout(() => { this.wake() }, Math.max(1, dueMs - this.client.nowMs())).unref()
  }

  private wake(): void {
    const nowMs = this.client.nowMs()
    if (nowMs >= this.answeredMs + TIME_TO_LIVE_MS) return this.lose('unheard')
    if (!this.isRenewing && nowMs >= this.sentMs + RENEW_AFTER_MS) this.renew()
    this.schedule()
  }
}

function operationOutcome(reply: Reply | null, isRepeated: boolean): OperationOutcome {
  const refused = { kind: 'failed', code: 'refused', message: 'The node did not understand the operation.' } as const
  if (reply === null) return refused
  switch (reply.kind) {
    case 'session-expired':
    case 'too-many-outstanding':
      if (isRepeated) return { kind: 'unknown', message: 'The session expired before the answer came.' }
      return { kind: 'failed', code: reply.kind, message: reply.kind === 'session-expired' ? 'The session has expired.' : 'The session has too many operations outstanding.' }
    case 'already-answered':
      return { kind: 'unknown', message: 'The answer was given up before it came.' }
    case 'malformed':
      return refused
    default:
      return { kind: 'answered', reply }
  }
}

function writeOutcome(outcome: OperationOutcome): WriteOutcome {
  if (outcome.kind !== 'answered') return outcome
  const { kind } = outcome.reply
  switch (kind) {
    case 'done':
    case 'mismatch':
    case 'not-found':
      return { kind }
    case 'limit-reached':
      return { kind: 'failed', code: kind, message: 'The object would become larger than its limit.' }
    default:
      return { kind: 'failed', code: 'refused', message: 'The node gave an answer that makes no sense here.' }
  }
}
