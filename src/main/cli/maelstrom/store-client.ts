/**
 * A node's own client of the replicated store: one session, so that a command whose answer was lost is sent again and applied once.
 * Everything it is asked ends by its deadline.
 */
import { randomBytes } from 'node:crypto'
import { assert } from '../../../core/base'
import { decodeReply, encodeCommand, encodeQuery, type Operation, type Query, type Reply } from '../../../core/statemachine'
import type { NodeDriver, ProposalOutcome, ReadOutcome } from '../../../runtime/driver'
import type { Host } from './workload'

export type StoreOutcome =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'too-large' }
  /** It had no effect and never will. */
  | { readonly kind: 'unavailable' }
  /** It may have taken effect, or still may. */
  | { readonly kind: 'unknown' }

type Done = (outcome: StoreOutcome) => void

/** What was refused is asked again after so long. */
const RETRY_MS = 30
const CHECK_MS = 10
/** Below what a session allows and a driver takes; more are refused at once. */
const WAITING_MAX = 200

interface Session {
  readonly clientId: string
  nextSequence: number
  /** Sequences that may be asked for again, rising. */
  readonly outstanding: Set<number>
}

interface Work {
  readonly deadlineMs: number
  readonly done: Done
  readonly send: (work: Work) => void
  retryAtMs: number
  /** Sent, and neither answered nor refused yet. */
  isUnderWay: boolean
  /** It was sent before, and nobody said what came of it. */
  isUncertain: boolean
  isDone: boolean
  /** Of a command: its place in the session it is sent in. */
  place: { readonly session: Session; readonly sequence: number } | null
}

export class StoreClient {
  readonly #host: Host
  readonly #driver: Pick<NodeDriver, 'propose' | 'read'>
  readonly #timeoutMs: number
  readonly #work = new Set<Work>()
  #session: Session | null = null
  #isOpening = false

  constructor(host: Host, driver: Pick<NodeDriver, 'propose' | 'read'>, timeoutMs: number) {
    this.#host = host
    this.#driver = driver
    this.#timeoutMs = timeoutMs
    host.every(CHECK_MS, () => { this.#check() })
  }

  /** Until when what is asked now is answered; given again, it holds for all that one request takes. */
  deadlineMs(): number {
    return this.#host.nowMs() + this.#timeoutMs
  }

  write(operation: Operation, done: Done, deadlineMs = this.deadlineMs()): void {
    this.#begin(deadlineMs, done, (work) => { this.#propose(work, operation) })
  }

  /** Linearizable. Never `unknown`. */
  read(query: Query, done: Done, deadlineMs = this.deadlineMs()): void {
    const payload = encodeQuery(query)
    this.#begin(deadlineMs, done, (work) => {
      work.isUnderWay = true
      this.#driver.read(payload, (outcome) => { this.#readEnded(work, outcome) })
    })
  }

  #begin(deadlineMs: number, done: Done, send: Work['send']): void {
    if (this.#work.size >= WAITING_MAX) {
      done({ kind: 'unavailable' })
      return
    }
    const work: Work = {
      deadlineMs, done, send, retryAtMs: this.#host.nowMs(), isUnderWay: false, isUncertain: false, isDone: false, place: null,
    }
    this.#work.add(work)
    work.send(work)
  }

  #check(): void {
    const nowMs = this.#host.nowMs()
    for (const work of this.#work) {
      if (nowMs >= work.deadlineMs) this.#end(work, { kind: work.place !== null && (work.isUnderWay || work.isUncertain) ? 'unknown' : 'unavailable' })
      else if (!work.isUnderWay && nowMs >= work.retryAtMs) work.send(work)
    }
  }

  #end(work: Work, outcome: StoreOutcome): void {
    if (work.isDone) return
    work.isDone = true
    this.#work.delete(work)
    // What is given up is not asked for again either.
    work.place?.session.outstanding.delete(work.place.sequence)
    work.done(outcome)
  }

  #later(work: Work): void {
    work.isUnderWay = false
    work.retryAtMs = this.#host.nowMs() + RETRY_MS
  }

  #propose(work: Work, operation: Operation): void {
    const session = work.place?.session ?? this.#session
    if (session === null) {
      this.#later(work)
      this.#openSession()
      return
    }
    if (work.place === null) {
      work.place = { session, sequence: session.nextSequence++ }
      session.outstanding.add(work.place.sequence)
    }
    const { sequence } = work.place
    const [lowestOutstanding = sequence] = session.outstanding
    work.isUnderWay = true
    const command = encodeCommand({ kind: 'operate', clientId: session.clientId, sequence, lowestOutstanding, operation })
    this.#driver.propose(command, (outcome) => { this.#proposalEnded(work, outcome) })
  }

  #proposalEnded(work: Work, outcome: ProposalOutcome): void {
    if (work.isDone) return
    if (outcome.kind === 'applied') return this.#applied(work, decodeReply(outcome.reply))
    if (outcome.kind === 'too-large') return this.#end(work, { kind: 'too-large' })
    if (outcome.kind === 'unknown') work.isUncertain = true
    this.#later(work)
  }

  #applied(work: Work, reply: Reply | null): void {
    assert(reply !== null, 'the state machine answers with a reply')
    if (reply.kind === 'already-answered' || reply.kind === 'too-many-outstanding' || reply.kind === 'malformed') return this.#end(work, { kind: 'unknown' })
    if (reply.kind !== 'session-expired') return this.#end(work, { kind: 'reply', reply })
    if (this.#session === work.place?.session) this.#session = null
    if (work.isUncertain) return this.#end(work, { kind: 'unknown' })
    // It certainly was not applied: it begins anew in the next session.
    work.place = null
    this.#later(work)
  }

  #readEnded(work: Work, outcome: ReadOutcome): void {
    if (work.isDone) return
    const reply = outcome.kind === 'answered' ? decodeReply(outcome.reply) : null
    if (reply === null) this.#later(work)
    else this.#end(work, { kind: 'reply', reply })
  }

  #openSession(): void {
    if (this.#isOpening) return
    this.#isOpening = true
    const clientId = randomBytes(8).toString('hex')
    this.#driver.propose(encodeCommand({ kind: 'open-session', clientId }), (outcome) => {
      this.#isOpening = false
      if (outcome.kind === 'applied' && decodeReply(outcome.reply)?.kind === 'done') this.#session = { clientId, nextSequence: 1, outstanding: new Set() }
    })
  }
}
