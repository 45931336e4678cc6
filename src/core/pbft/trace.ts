/** What a replica did, for the invariants of the simulator. Kept only where `isWatched`. */
import { TRACE_MAX } from './limits'
import type { StatementKind } from './types'

export type TraceEntry =
  /** This replica signed it, and what it rests on is durable. */
  | { readonly kind: 'said'; readonly statement: StatementKind; readonly view: number; readonly sequence: number; readonly digest: string }
  | { readonly kind: 'executed'; readonly sequence: number; readonly digest: string; readonly requests: readonly ExecutedRequest[] }
  /** Before it is committed; `view` is the one in which it is prepared here. */
  | { readonly kind: 'executed-tentatively'; readonly view: number; readonly sequence: number; readonly digest: string }
  /** It told others that it holds the state of a checkpoint. */
  | { readonly kind: 'vouched'; readonly sequence: number }
  /** It will not speak in earlier views any more, and that is durable. */
  | { readonly kind: 'left'; readonly view: number }
  /** `signers` of prepares, the primary not among them, or of commits. */
  | {
    readonly kind: 'prepared' | 'committed'
    readonly view: number
    readonly primary: string
    readonly sequence: number
    readonly digest: string
    readonly signers: readonly string[]
  }
  /** As its primary it told others what the view begins with. */
  | { readonly kind: 'opened'; readonly view: number }
  | { readonly kind: 'proposed'; readonly view: number; readonly sequence: number; readonly digest: string }
  | { readonly kind: 'stable'; readonly sequence: number; readonly digest: string }
  /** The state of a checkpoint that it computed, or took from another replica. */
  | { readonly kind: 'checkpointed' | 'installed'; readonly sequence: number; readonly digest: string }
  /**
   * It entered a view: who sent the view changes, every prepared certificate among them, the view of the one that was chosen for each place, and whether the
   * new-view follows from view changes that hold.
   */
  | {
    readonly kind: 'entered'
    readonly view: number
    readonly senders: readonly string[]
    readonly given: readonly CertifiedPlace[]
    readonly chosen: readonly CertifiedPlace[]
    readonly isFollowed: boolean
  }
  /** A frame signed by one replica and carried by another was taken in. */
  | { readonly kind: 'relayed'; readonly from: string; readonly sender: string }

export interface CertifiedPlace {
  readonly sequence: number
  /** In which it was prepared. */
  readonly view: number
}

export interface ExecutedRequest {
  readonly id: string
  readonly command: Uint8Array
  /** Asked for again on purpose: the state machine's sessions answer. */
  readonly isRepeat: boolean
}

export class Trace {
  #entries: TraceEntry[] = []
  #base = 0

  note(entry: TraceEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length < 2 * TRACE_MAX) return
    this.#entries = this.#entries.slice(TRACE_MAX)
    this.#base += TRACE_MAX
  }

  /** How many were noted since the start of this incarnation. */
  get end(): number {
    return this.#base + this.#entries.length
  }

  /** The entries from `from` on, as far as they are still kept. */
  since(from: number): readonly TraceEntry[] {
    return from >= this.end ? [] : this.#entries.slice(Math.max(0, from - this.#base))
  }
}
