/** What the invariants of Paxos share: the facts of a turn, when two values are the same, and the configuration of a slot. */
import { ConfigurationHistory, decodeConfiguration, type Accepted, type Configuration, type PaxosFact, type PaxosMachine } from '../../../core/paxos'
import type { NodeView } from '../../invariant'

/** In the same slot: proposed first in the same ballot, and equal. */
export function isSameValue(one: Accepted, other: Accepted): boolean {
  if (one === other) return true
  if (one.origin !== other.origin || one.kind !== other.kind || one.data.length !== other.data.length) return false
  return one.data === other.data || one.data.every((byte, i) => byte === other.data[i])
}

export const named = ({ slot, ballot, origin, kind }: Accepted): string => `${kind} of ballot ${origin} in slot ${slot}, accepted in ballot ${ballot}`

const NO_FACTS: readonly PaxosFact[] = []

/** The facts of each turn, once, however often a member is looked at after it. */
export class FactCursor {
  readonly #seen = new Map<string, readonly PaxosFact[]>()

  fresh({ id, machine }: NodeView<PaxosMachine>): readonly PaxosFact[] {
    const { facts } = machine
    if (facts.length === 0 || this.#seen.get(id) === facts) return NO_FACTS
    this.#seen.set(id, facts)
    return facts
  }
}

/** The configurations as the chosen values themselves decide them, whichever member told of them first. */
export class DecidedConfigurations {
  #history: ConfigurationHistory | null = null
  #alpha = 1
  /** Every slot up to here is known to be chosen. */
  chosen = 0
  readonly #ahead = new Map<number, Accepted>()

  /** To be called before anything is noted: a member that has just started knows the configuration of the first slots. */
  begin(machine: PaxosMachine): void {
    if (this.#history) return
    const { options, history } = machine.inspect
    this.#alpha = options.alpha
    this.#history = new ConfigurationHistory(history.steps)
  }

  /** A member knows `entry` to be chosen; members may tell in any order. */
  note(entry: Accepted): void {
    if (entry.slot <= this.chosen) return
    this.#ahead.set(entry.slot, entry)
    for (let next = this.#ahead.get(this.chosen + 1); next; next = this.#ahead.get(this.chosen + 1)) {
      this.#ahead.delete(next.slot)
      this.chosen++
      const configuration = next.kind === 'members' ? decodeConfiguration(next.data) : null
      if (configuration) this.#history?.add(next.slot + this.#alpha, configuration)
    }
  }

  at(slot: number): Configuration | null {
    return this.#history?.at(slot) ?? null
  }
}
