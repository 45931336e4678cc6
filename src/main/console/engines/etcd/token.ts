/** The token of one endpoint: asked for once, kept until the member no longer takes it. Never logged. */
import type { EtcdEndpoint } from './endpoint'
import { fromGrpc, type Trouble } from './failure'
import { AUTHENTICATE_RETRY_MS, AUTHENTICATE_TIMEOUT_MS } from './limits'
import { orAfter } from './or-after'

export type TokenState =
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'held'; readonly token: string }
  /** The password is wrong: asking again would not help. */
  | { readonly kind: 'rejected'; readonly trouble: Trouble }
  /** No token for now (no quorum, or the member is out of reach); questions that need none are asked all the same. */
  | { readonly kind: 'none' }

export interface Credentials {
  readonly user: string
  readonly password: string
}

export class TokenHolder {
  readonly #endpoint: EtcdEndpoint
  readonly #credentials: Credentials | null
  #state: TokenState
  #pending: Promise<TokenState> | null = null
  #lastTriedMs = Number.NEGATIVE_INFINITY

  constructor(endpoint: EtcdEndpoint, credentials: Credentials | null) {
    this.#endpoint = endpoint
    this.#credentials = credentials
    this.#state = credentials === null ? { kind: 'not-needed' } : { kind: 'none' }
  }

  get state(): TokenState {
    return this.#state
  }

  /** Forgets a token that the member no longer takes. */
  drop(token: string): void {
    if (this.#state.kind !== 'held' || this.#state.token !== token) return
    this.#state = { kind: 'none' }
    this.#lastTriedMs = Number.NEGATIVE_INFINITY
  }

  /** The token, waiting for it until `deadlineMs` at most; it goes on being asked for after that. */
  async get(deadlineMs: number): Promise<TokenState> {
    if (this.#state.kind !== 'none' || this.#credentials === null) return this.#state
    const now = Date.now()
    if (this.#pending === null && now - this.#lastTriedMs >= AUTHENTICATE_RETRY_MS) {
      this.#lastTriedMs = now
      this.#pending = this.#authenticate(this.#credentials).finally(() => { this.#pending = null })
    }
    if (this.#pending === null) return this.#state
    return orAfter(this.#pending, deadlineMs - now, { kind: 'none' })
  }

  async #authenticate({ user, password }: Credentials): Promise<TokenState> {
    const answer = await this.#endpoint.authenticate(user, password, Date.now() + AUTHENTICATE_TIMEOUT_MS)
    if (answer.ok) this.#state = { kind: 'held', token: answer.value }
    else {
      const trouble = fromGrpc(this.#endpoint.endpoint, answer.error, 'auth', AUTHENTICATE_TIMEOUT_MS)
      if (trouble.code === 'auth-failed') this.#state = { kind: 'rejected', trouble }
    }
    return this.#state
  }
}
