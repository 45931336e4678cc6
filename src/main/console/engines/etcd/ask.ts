/** One round of questions to one member, at its own endpoint. */
import { EtcdEndpoint, type CallOutcome } from './endpoint'
import { fromGrpc, isStaleToken, type Trouble } from './failure'
import { DIAGNOSIS_EVERY_MS } from './limits'
import type { EtcdAnswer } from './observation'
import type { TlsMaterial } from './pem'
import { readRaftStatus } from './progress'
import { NO_LEADER, type EtcdStatus } from './protocol'
import { TokenHolder, type Credentials } from './token'
import { examineTransport, explain } from './transport'

export type AskOutcome = { readonly ok: true; readonly answer: EtcdAnswer } | { readonly ok: false; readonly trouble: Trouble }

/** The share of a round that waiting for a token may take. */
const TOKEN_SHARE = 0.6

export class Member {
  readonly channel: EtcdEndpoint
  readonly #tls: TlsMaterial | null
  readonly #token: TokenHolder
  #diagnosis: { readonly about: string; readonly trouble: Trouble; readonly atMs: number } | null = null

  constructor(endpoint: string, tls: TlsMaterial | null, credentials: Credentials | null) {
    this.channel = new EtcdEndpoint(endpoint, tls)
    this.#tls = tls
    this.#token = new TokenHolder(this.channel, credentials)
  }

  get token(): TokenHolder {
    return this.#token
  }

  close(): void {
    this.channel.close()
  }

  async ask(timeoutMs: number): Promise<AskOutcome> {
    const deadlineMs = Date.now() + timeoutMs
    const held = await this.#token.get(Date.now() + timeoutMs * TOKEN_SHARE)
    if (held.kind === 'rejected') return { ok: false, trouble: held.trouble }
    const listing = this.#withToken((token) => this.channel.memberList(token, deadlineMs), deadlineMs)
    const status = await this.#timedStatus(deadlineMs)
    if (!status.ok) return { ok: false, trouble: await this.#troubleOf(status, timeoutMs, deadlineMs) }
    const { leader, header } = status.value
    const asksRaft = leader === NO_LEADER || leader === header.member_id
    const [members, raft] = await Promise.all([listing, asksRaft ? readRaftStatus(this.channel.endpoint, this.#tls, deadlineMs - Date.now()) : null])
    this.#diagnosis = null
    return { ok: true, answer: { status: status.value, members: members.ok ? members.value : null, raft, rttMs: status.rttMs } }
  }

  /** The duration of a Status call on a standing connection. */
  async #timedStatus(deadlineMs: number): Promise<(CallOutcome<EtcdStatus> & { ok: false }) | { readonly ok: true; readonly value: EtcdStatus; readonly rttMs: number }> {
    for (;;) {
      const stood = this.channel.connected
      const startedMs = performance.now()
      const outcome = await this.#withToken((token) => this.channel.status(token, deadlineMs), deadlineMs)
      if (!outcome.ok) return outcome
      const rttMs = performance.now() - startedMs
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

  async #troubleOf(outcome: CallOutcome<EtcdStatus> & { ok: false }, timeoutMs: number, deadlineMs: number): Promise<Trouble> {
    const { endpoint } = this.channel
    const { vague, ...trouble } = fromGrpc(endpoint, outcome.error, 'status', timeoutMs)
    if (!vague) return trouble
    const now = Date.now()
    if (this.#diagnosis !== null && this.#diagnosis.about === outcome.error.details && now - this.#diagnosis.atMs < DIAGNOSIS_EVERY_MS) return this.#diagnosis.trouble
    const found = explain(endpoint, await examineTransport(endpoint, this.#tls, Math.max(200, deadlineMs - now)), trouble)
    this.#diagnosis = { about: outcome.error.details, trouble: found, atMs: Date.now() }
    return found
  }
}
