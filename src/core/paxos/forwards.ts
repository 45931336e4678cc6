/** Proposals and reads of this member that are with the leader. Each is sent once; what is not heard of again is unknown. */
export interface ForwardedProposal {
  readonly token: number
  readonly sinceTick: number
}

/** Of one sender and incarnation, a leader remembers so many numbers: far more than can be under way at once. */
export const TAKEN_MAX = 65_536

/** The numbers of forwarded commands that were taken or refused. What is older than all that is remembered counts as one of them. */
export class TakenNumbers {
  readonly #numbers = new Set<number>()
  #floor = 0

  /** False where it was there before, or may have been. */
  add(number: number): boolean {
    if (number < this.#floor || this.#numbers.has(number)) return false
    this.#numbers.add(number)
    if (this.#numbers.size <= TAKEN_MAX) return true
    for (const first of this.#numbers) {
      this.#numbers.delete(first)
      this.#floor = Math.max(this.#floor, first + 1)
      break
    }
    return true
  }
}

export class Forwards {
  /** Names this process: an answer to an earlier one means nothing. */
  readonly incarnation: number
  readonly proposals = new Map<number, ForwardedProposal>()
  readonly reads = new Map<number, ForwardedProposal>()
  #nextSequence = 1

  constructor(incarnation: number) {
    this.incarnation = incarnation
  }

  /** The first of `count` consecutive numbers. */
  sequence(count: number): number {
    const first = this.#nextSequence
    this.#nextSequence += count
    return first
  }

  /** Takes away one that is settled. Its token, or 0. */
  take(kind: 'proposals' | 'reads', sequence: number): number {
    const token = this[kind].get(sequence)?.token ?? 0
    this[kind].delete(sequence)
    return token
  }

  /** Takes away those that were sent before `tick`. */
  expire(kind: 'proposals' | 'reads', tick: number): number[] {
    const tokens: number[] = []
    for (const [sequence, { token, sinceTick }] of this[kind]) {
      if (sinceTick >= tick) break
      this[kind].delete(sequence)
      tokens.push(token)
    }
    return tokens
  }
}
