/**
 * A logical client with exactly-once writes: the state machine remembers the answers of a session, so an operation that is
 * sent again after a lost answer is applied once (Ongaro's thesis, section 6.3).
 */
import { decodeReply, encodeCommand, type Operation } from '../../core/statemachine'
import type { OperationClient, Outcome } from './types'

export type WriteOutcome =
  | { readonly kind: 'done' }
  /** compare-and-swap: the key held something else; nothing was changed. */
  | { readonly kind: 'mismatch' }
  /** delete: there was nothing. */
  | { readonly kind: 'not-found' }
  /** It certainly had no effect. After `session-expired` a new session is needed. */
  | { readonly kind: 'failed'; readonly code: 'session-expired' | 'too-many-outstanding' | Extract<Outcome, { kind: 'failed' }>['code']; readonly message: string }
  /** It may or may not have taken effect, or still may. */
  | { readonly kind: 'unknown'; readonly message: string }

export class Session {
  readonly clientId: string
  private readonly client: OperationClient
  private nextSequence = 1
  /** In ascending order. */
  private readonly outstanding = new Set<number>()

  /** Of a session that is open; see `openSession`. */
  constructor(client: OperationClient, clientId: string) {
    this.client = client
    this.clientId = clientId
  }

  /** `done` is called exactly once, by the deadline or little later. */
  write(operation: Operation, deadlineMs: number, done: (outcome: WriteOutcome) => void): void {
    const sequence = this.nextSequence++
    this.outstanding.add(sequence)
    const [lowestOutstanding] = this.outstanding
    const payload = encodeCommand({ kind: 'operate', clientId: this.clientId, sequence, lowestOutstanding: lowestOutstanding ?? sequence, operation })
    this.client.run({
      kind: 'propose', payload, repeatable: true, deadlineMs,
      done: (outcome) => {
        // After an unknown outcome it is not asked for again either, so its answer need not be kept.
        this.outstanding.delete(sequence)
        done(writeOutcome(outcome))
      },
    })
  }
}

function writeOutcome(outcome: Outcome): WriteOutcome {
  if (outcome.kind !== 'ok') return outcome
  const reply = decodeReply(outcome.reply)
  switch (reply?.kind) {
    case 'done':
    case 'mismatch':
    case 'not-found':
      return { kind: reply.kind }
    case 'session-expired':
    case 'too-many-outstanding':
      if (outcome.repeated) return { kind: 'unknown', message: 'The session expired before the answer came.' }
      return { kind: 'failed', code: reply.kind, message: reply.kind === 'session-expired' ? 'The session has expired.' : 'The session has too many operations outstanding.' }
    case 'already-answered':
      return { kind: 'unknown', message: 'The answer was given up before it came.' }
    default:
      return { kind: 'failed', code: 'refused', message: 'The node did not understand the operation.' }
  }
}
