/**
 * Which proposal of this node lies at which index: all that were appended in one reign and are not yet applied, and those that
 * another leader has put into its log.
 */
import type { PlacedProposal } from './types'

/** The answered head of the queue is given back when it is at least this long and half of the array. */
const HEAD_MAX = 1024

export class ProposalTokens {
  /** #tokens[#head] lies at #firstIndex, the next at the next; 0 where another entry lies between. All are of #term. */
  #tokens: number[] = []
  #head = 0
  #firstIndex = 0
  #term = 0
  /** By index; a later leader may put another one at the same place. */
  readonly #placed = new Map<number, PlacedProposal[]>()

  get isEmpty(): boolean {
    return this.#head === this.#tokens.length
  }

  /** The first `count` of `tokens` were appended from `firstIndex` on, behind those already here. */
  appended(firstIndex: number, term: number, tokens: readonly number[], count: number): void {
    if (this.isEmpty) {
      this.#tokens = []
      this.#head = 0
      this.#firstIndex = firstIndex
      this.#term = term
    }
    // Configurations, and what others forwarded, may lie between.
    for (let next = this.#firstIndex + this.#tokens.length - this.#head; next < firstIndex; next++) this.#tokens.push(0)
    for (let i = 0; i < count; i++) this.#tokens.push(tokens[i] as number)
  }

  /** A leader says where it put a proposal of this node. */
  placed(proposal: PlacedProposal): void {
    const there = this.#placed.get(proposal.index)
    if (there) there.push(proposal)
    else this.#placed.set(proposal.index, [proposal])
  }

  /** The token of the placed proposal at `index`, which is applied; 0 for none. */
  #takePlaced(index: number, term: number, lost: number[]): number {
    let found = 0
    for (const proposal of this.#placed.get(index) ?? []) {
      if (proposal.term === term) found = proposal.token
      else lost.push(proposal.token)
    }
    this.#placed.delete(index)
    return found
  }

  /** A snapshot stands for all entries up to `index`: what became of the proposals among them is not known. */
  skipTo(index: number): number[] {
    const lost: number[] = []
    for (const at of [...this.#placed.keys()]) if (at <= index) this.#takePlaced(at, -1, lost)
    return lost
  }

  /**
   * Another leads, in `term`: what earlier leaders have put somewhere may still be committed there, or nothing may ever come to that place. Who
   * waits for it is told that nobody knows.
   */
  leaderChanged(term: number): number[] {
    const lost: number[] = []
    for (const [index, there] of this.#placed) {
      const left = there.filter((proposal) => proposal.term >= term)
      if (left.length === there.length) continue
      for (const proposal of there) if (proposal.term < term) lost.push(proposal.token)
      if (left.length === 0) this.#placed.delete(index)
      else this.#placed.set(index, left)
    }
    return lost
  }

  /** The token of the proposal at `index`, 0 for none; one that another entry took the place of is put into `lost`. */
  take(index: number, term: number, lost: number[]): number {
    const placed = this.#placed.size === 0 ? 0 : this.#takePlaced(index, term, lost)
    if (this.isEmpty || index !== this.#firstIndex) return placed
    const token = this.#tokens[this.#head] as number
    this.#head++
    this.#firstIndex++
    if (this.#head >= HEAD_MAX && this.#head * 2 > this.#tokens.length) {
      this.#tokens = this.#tokens.slice(this.#head)
      this.#head = 0
    }
    if (token === 0) return placed
    if (term === this.#term) return token
    lost.push(token)
    return placed
  }

  /** Gives up on everything that was appended and not yet applied. */
  takeAll(): number[] {
    const given = this.#tokens.slice(this.#head).filter((token) => token !== 0)
    this.#tokens = []
    this.#head = 0
    return given
  }
}
