/** One round of questions to one member, at its own endpoint. */
import { EtcdEndpoint, type CallOutcome } from './endpoint'
import { fromGrpc, isStaleToken, type Trouble } from './failure'
import { DIAGNOSIS_EVERY_MS, TIMEOUTS_UNTIL_REDIAL } from './limits'
import type { EtcdAnswer } from './observation'
import { orAfter } from './or-after'
import type { TlsMaterial } from './pem'
import { ProgressReader } from './progress'
import { NO_LEADER, type EtcdStatus } from './protocol'
import { TokenHolder, type Credentials } from './token'
import { examineTransport, explain } from './transport'

export type AskOutcome = { readonly ok: true; readonly answer: EtcdAnswer } | { readonly ok: false; readonly trouble: Trouble }

type FailedStatus = CallOutcome<EtcdStatus> & { ok: false }
type TimedStatus = FailedStatus | { readonly ok: true; readonly value: EtcdStatus; readonly rttMs: number }

/** The share of a round that waiting for a token may take. */
const TOKEN_SHARE = 0.6

export class Member {
  readonly channel: EtcdEndpoint
  readonly #tls: TlsMaterial | null
  readonly #token: TokenHolder
  readonly #progress: ProgressReader
  #diagnosis: { readonly about: string; readonly trouble: Trouble; readonly atMs: number } | null = null
  #diagnosing: Promise<Trouble> | null = null
  #timeoutsInARow = 0

  constructor(endpoint: string, tls: TlsMaterial | null, credentials: Credentials | null) {
    this.channel = new EtcdEndpoint(endpoint, tls)
    this.#tls = tls
    this.#token = new TokenHolder(this.channel, credentials)
    this.#progress = new ProgressReader(endpoint, tls)
  }

  get token(): TokenHolder {
    return this.#token
  }

  close(): void {
    this.channel.close()
    this.#progress.close()
  }

  async ask(timeoutMs: number): Promise<AskOutcome> {
    const deadlineMs = Date.now() + timeoutMs
    const held = await this.#token.get(Date.now() + timeoutMs * TOKEN_SHARE)
    if (held.kind === 'rejected') return { ok: false, trouble: held.trouble }
    const listing = this.#withToken((token) => this.channel.memberList(token, deadlineMs), deadlineMs)
    const status = await this.#timedStatus(deadlineMs)
    if (!status.ok) {
      const trouble = await this.#troubleOf(status, timeoutMs, deadlineMs)
      // Same deadline: it has ended or is about to. Nothing may be open when the channel is dialled anew.
      await listing
      this.#countTimeout(trouble)
      return { ok: false, trouble }
    }
    this.#timeoutsInARow = 0
    const { leader, header } = status.value
    const asksRaft = leader === NO_LEADER || leader === header.member_id
    const progress = asksRaft ? this.#progress.read(deadlineMs - Date.now()) : null
    const [members, raft] = await Promise.all([listing, progress])
    this.#diagnosis = null
    return { ok: true, answer: { status: status.value, members: members.ok ? members.value : null, raft, rttMs: status.rttMs } }
  }

  #countTimeout(trouble: Trouble): void {
    this.#timeoutsInARow = trouble.reachability === 'timeout' ? this.#timeoutsInARow + 1 : 0
    if (this.#timeoutsInARow < TIMEOUTS_UNTIL_REDIAL) return
    this.#timeoutsInARow = 0
    this.channel.redial()
  }

  /** The duration of a Status call on a standing connection. */
  async #timedStatus(deadlineMs: number): Promise<TimedStatus> {
    for (;;) {
      const stood = this.channel.connected
      const startedMs = performance.now()
      const outcome = await this.#withToken((token) => this.channel.status(token, deadlineMs), deadlineMs)
      if (!outcome.ok) return outcome
      const rttMs = Math.round((performance.now() - startedMs) * 1_000) / 1_000
      if (stood || !this.channel.connected) return { ok: true, value: outcome.value, rttMs }
    }
  }

  async #withToken<Value>(call: (token: string | null) => Promise<CallOutcome<Value>>, deadlineMs: number): Promise<CallOutcome<Value>> {
    const state = this.#token.state
    const token = state.kind === 'held' ? state.token : null
    const first = await call(token)
    if (first.ok || token === null || !isStaleToken(first.error)) return first
    this.#token.drop(token)
    const renewed = await this.#token.get(deadlineMs)
    return renewed.kind === 'held' ? call(renewed.token) : first
  }

  /** A failure whose text says too little is looked into; what is found in time is told now, else with the next round. */
  async #troubleOf(outcome: FailedStatus, timeoutMs: number, deadlineMs: number): Promise<Trouble> {
    const { vague, ...trouble } = fromGrpc(this.channel.endpoint, outcome.error, 'status', timeoutMs)
    if (!vague) return trouble
    const about = outcome.error.details
    const now = Date.now()
    const known = this.#diagnosis
    if (known !== null && known.about === about && now - known.atMs < DIAGNOSIS_EVERY_MS) return known.trouble
    this.#diagnosing ??= this.#diagnose(about, trouble, timeoutMs).finally(() => { this.#diagnosing = null })
    return orAfter(this.#diagnosing, deadlineMs - now, trouble)
  }

  async #diagnose(about: string, grpc: Trouble, timeoutMs: number): Promise<Trouble> {
    const { endpoint } = this.channel
    const trouble = explain(endpoint, await examineTransport(endpoint, this.#tls, timeoutMs), grpc)
    this.#diagnosis = { about, trouble, atMs: Date.now() }
    return trouble
  }
}
