/**
 * Who the members are, and from which slot on. A change of members is a command like any other: chosen in slot i, it is in force
 * from slot i + alpha on (Lamport, Malkhi and Zhou, "Reconfiguring a State Machine", 2010, section 3; Paxos Made Moderately Complex,
 * section 4.1). Each slot thus has one configuration, known before anything is proposed in it, and any set of changes is safe at once.
 */
import { assert } from '../base'
import type { MemberClaim } from '../observation'
import { MajorityQuorum } from '../quorum'
import { ORDINALS_MAX } from './ballot'

/** Acceptances of a slot are counted in the bits of a 31-bit integer. */
export const VOTERS_MAX = 30

export interface Member {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly voter: boolean
  /** A learner that becomes a voter by itself once it has caught up. */
  readonly promote: boolean
  /** Its part of a ballot: given once, never to another. */
  readonly ordinal: number
}

export class Configuration {
  /** In the order of their ids. */
  readonly members: readonly Member[]
  /** For the next member that is added. */
  readonly nextOrdinal: number
  readonly quorum: MajorityQuorum
  readonly #bits = new Map<string, number>()

  constructor(members: readonly Member[], nextOrdinal: number) {
    this.members = [...members].sort((one, other) => (one.id < other.id ? -1 : 1))
    this.nextOrdinal = nextOrdinal
    this.quorum = new MajorityQuorum(this.members.filter((member) => member.voter).map((member) => member.id))
    assert(this.quorum.voters.length <= VOTERS_MAX && nextOrdinal <= ORDINALS_MAX, 'a configuration keeps to its limits')
    for (const [i, id] of this.quorum.voters.entries()) this.#bits.set(id, 1 << i)
  }

  /** That of a new group: ordinals in the order of ids, so that all members give the same. */
  static initial(claims: readonly MemberClaim[]): Configuration {
    const sorted = [...claims].sort((one, other) => (one.id < other.id ? -1 : 1))
    return new Configuration(sorted.map(({ id, name, address, voter }, ordinal) => ({ id, name, address, voter, promote: false, ordinal })), sorted.length)
  }

  member(id: string): Member | undefined {
    return this.members.find((member) => member.id === id)
  }

  isVoter(id: string): boolean {
    return this.#bits.has(id)
  }

  /** The bit of a voter in the acceptances of a slot; 0 for who is none. */
  bitOf(id: string): number {
    return this.#bits.get(id) ?? 0
  }

  isChosenBy(bits: number): boolean {
    let count = 0
    for (let rest = bits; rest !== 0; rest &= rest - 1) count++
    return count >= this.quorum.size
  }

  /** True where a majority of the voters is so. */
  isQuorum(holds: (id: string) => boolean): boolean {
    return this.quorum.voters.length > 0 && this.quorum.vote((id) => holds(id) || undefined) === 'won'
  }

  claims(): MemberClaim[] {
    return this.members.map(({ id, name, address, voter }) => ({ id, name, address, voter }))
  }
}

export interface ConfigurationStep {
  /** The first slot in which it is in force. */
  readonly from: number
  readonly configuration: Configuration
}

/** The configurations of all slots that still matter. */
export class ConfigurationHistory {
  #steps: ConfigurationStep[]
  /** Who owns a ballot, as far as it was ever known here. */
  readonly #owners = new Map<number, string>()
  /** Rises with every change. */
  version = 0

  constructor(steps: readonly ConfigurationStep[]) {
    this.#steps = []
    this.reset(steps)
  }

  get steps(): readonly ConfigurationStep[] {
    return this.#steps
  }

  reset(steps: readonly ConfigurationStep[]): void {
    assert(steps.length > 0, 'there is a configuration')
    this.#steps = []
    for (const { from, configuration } of steps) this.add(from, configuration)
  }

  add(from: number, configuration: Configuration): void {
    assert(from > (this.#steps.at(-1)?.from ?? -1), 'configurations follow each other')
    this.#steps.push({ from, configuration })
    this.version++
    for (const { ordinal, id } of configuration.members) this.#owners.set(ordinal, id)
  }

  get newest(): ConfigurationStep {
    return this.#steps.at(-1) as ConfigurationStep
  }

  at(slot: number): Configuration {
    const steps = this.#steps
    let i = steps.length - 1
    while (i > 0 && (steps[i] as ConfigurationStep).from > slot) i--
    return (steps[i] as ConfigurationStep).configuration
  }

  /** The different configurations of the slots from `from` on. */
  from(slot: number): Configuration[] {
    const found = [this.at(slot)]
    for (const step of this.#steps) if (step.from > slot) found.push(step.configuration)
    return found
  }

  /** Forgets what is in force only before `slot`. */
  trim(slot: number): void {
    while (this.#steps.length > 1 && (this.#steps[1] as ConfigurationStep).from <= slot) {
      this.#steps.shift()
      this.version++
    }
  }

  owner(ordinal: number): string | null {
    return this.#owners.get(ordinal) ?? null
  }
}
