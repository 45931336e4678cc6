/**
 * What a client of PBFT does with replies (OSDI 1999, sections 4.1 and 5.1.2): f + 1 equal replies of different replicas hold one of a
 * correct replica, and that one is the outcome. Tentative replies count where a quorum gave equal ones in one view, replies that are no
 * longer tentative among them: either a correct replica has committed it, or enough have prepared it in that view for all later ones to
 * take it over. In different views they may have prepared it and something else in between. Pure; one for each request.
 */
import { assert, isPlanted, toHex } from '../base'
import { ByzantineQuorum } from '../quorum'

export interface ReplyVerdict {
  readonly reply: Uint8Array
  /** Replicas that gave another reply: they lie, or their state is broken. */
  readonly conflicting: readonly string[]
}

interface TentativeReply {
  readonly reply: string
  readonly view: number
}

export class ReplyQuorum {
  readonly #quorum: ByzantineQuorum
  readonly #needed: number
  /** The first reply of each replica that is not tentative. */
  readonly #replies = new Map<string, Uint8Array>()
  /** The tentative one of each replica in its latest view. It stays true of that view whatever the replica says later. */
  readonly #tentative = new Map<string, TentativeReply>()
  /** Replicas that gave two different replies. */
  readonly #wavering = new Set<string>()
  #decided: Uint8Array | null = null

  /** `needed`: f + 1 equal replies unless told otherwise; a read that was not ordered needs a quorum (section 5.1.3). */
  constructor(replicas: readonly string[], needed?: number) {
    this.#quorum = new ByzantineQuorum(replicas)
    this.#needed = needed ?? this.#quorum.weakSize
    assert(this.#needed >= this.#quorum.weakSize && this.#needed <= replicas.length, 'f + 1 replies or more, and no more than there are replicas')
  }

  /** The reply that is now decided, or null. Replies of strangers, and second ones, do not count. */
  add(replicaId: string, reply: Uint8Array): Uint8Array | null {
    if (!this.#quorum.has(replicaId)) return this.#decided
    const first = this.#replies.get(replicaId)
    if (first) {
      if (toHex(first) !== toHex(reply)) this.#wavering.add(replicaId)
      return this.#decided
    }
    this.#replies.set(replicaId, reply.slice())
    if (this.#decided === null && (this.#givers(reply).length >= this.#needed || this.#isPreparedInSomeView(reply))) this.#decided = reply.slice()
    return this.#decided
  }

  /** The replica executed the request in `view` before it was committed. The reply that is now decided, or null. */
  addTentative(replicaId: string, reply: Uint8Array, view: number): Uint8Array | null {
    if (!this.#quorum.has(replicaId)) return this.#decided
    const before = this.#tentative.get(replicaId)
    if (before && before.view >= view) return this.#decided
    this.#tentative.set(replicaId, { reply: toHex(reply), view })
    if (this.#decided === null && this.#isPreparedIn(view, reply)) this.#decided = reply.slice()
    return this.#decided
  }

  #isPreparedInSomeView(reply: Uint8Array): boolean {
    return [...new Set([...this.#tentative.values()].map(({ view }) => view))].some((view) => this.#isPreparedIn(view, reply))
  }

  #isPreparedIn(view: number, reply: Uint8Array): boolean {
    const wanted = toHex(reply)
    const givers = new Set(this.#givers(reply))
    for (const [id, each] of this.#tentative) if (each.reply === wanted && each.view === view) givers.add(id)
    return givers.size >= (__PLANTED__ && isPlanted('pbft/tentative-reply-by-f-plus-one') ? this.#quorum.weakSize : this.#quorum.size)
  }

  #givers(reply: Uint8Array): string[] {
    const wanted = toHex(reply)
    return [...this.#replies].filter(([, each]) => toHex(each) === wanted).map(([id]) => id)
  }

  get decided(): Uint8Array | null {
    return this.#decided
  }

  /** How many replies are still needed for the best one; 0 when it is decided. */
  get missing(): number {
    if (this.#decided !== null) return 0
    const best = Math.max(0, ...[...this.#replies.values()].map((reply) => this.#givers(reply).length))
    return this.#needed - best
  }

  /** True when every replica answered and none of the replies has enough: they depend on the moment (a read beside writes). Ask again. */
  get isSplit(): boolean {
    return this.#decided === null && this.#quorum.voters.length - this.#replies.size < this.missing
  }

  /** Who contradicted the decided reply, or itself. Empty until there is a decision. */
  conflicting(): readonly string[] {
    if (this.#decided === null) return []
    const right = new Set(this.#givers(this.#decided))
    return [...this.#replies.keys()].filter((id) => !right.has(id) || this.#wavering.has(id)).sort()
  }

  verdict(): ReplyVerdict | null {
    return this.#decided === null ? null : { reply: this.#decided, conflicting: this.conflicting() }
  }
}
