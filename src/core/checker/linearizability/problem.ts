/** The operations of one object, as the searches read them. */
import type { Operation } from '../history'
import type { Machine, Model } from '../models'

/** Stands for the end of an operation whose outcome is unknown. */
export const NEVER = 0x7fff_ffff

export interface Problem {
  readonly operations: readonly Operation[]
  readonly machine: Machine
  readonly size: number
  /** Places among the events; `returned` is NEVER for an unknown outcome. */
  readonly called: Int32Array
  readonly returned: Int32Array
  /** Known operations by their ends. */
  readonly byReturn: Int32Array
  /**
   * Two known operations that overlap never share a slot, so that the operations under way at a moment are a set of slots.
   * -1 for unknown outcomes.
   */
  readonly slots: Int32Array
  readonly slotCount: number
  readonly unknown: UnknownSets
}

/** Takes out what failed and what is useless; `operations` are in the order of their invocations. */
export function problemOf(model: Model, operations: readonly Operation[], hindsight = true): Problem {
  const took = operations.filter(({ outcome }) => outcome !== 'fail')
  const { useless } = model.compile(took, hindsight)
  const kept = useless.includes(1) ? took.filter((_, i) => useless[i] === 0) : took
  const machine = model.compile(kept, hindsight)
  const size = kept.length
  const called = Int32Array.from(kept, ({ invoked }) => invoked)
  const returned = Int32Array.from(kept, ({ completed }) => (completed === Infinity ? NEVER : completed))
  const known = Int32Array.from({ length: size }, (_, i) => i).filter((i) => returned[i] !== NEVER)
  const byReturn = known.slice().sort((a, b) => (returned[a] as number) - (returned[b] as number))
  const slots = new Int32Array(size).fill(-1)
  const free: number[] = []
  let slotCount = 0
  let ended = 0
  for (const i of known) {
    for (; (returned[byReturn[ended] as number] as number) < (called[i] as number); ended++) free.push(slots[byReturn[ended] as number] as number)
    slots[i] = free.pop() ?? slotCount++
  }
  const unknown = new UnknownSets(Array.from({ length: size }, (_, i) => i).filter((i) => returned[i] === NEVER), machine.classes)
  return { operations: kept, machine, size, called, returned, byReturn, slots, slotCount, unknown }
}

/** Sets of operations of unknown outcome that took effect, as numbers; 0 is the empty one. */
export class UnknownSets {
  /** In the order of their invocations. */
  readonly members: readonly number[]
  /** The one before it that does the same, -1 for none: of two that do the same, the older goes first. */
  readonly twins: Int32Array
  readonly #sets: (readonly number[])[] = [[]]
  readonly #ids = new Map<string, number>([['', 0]])
  readonly #joined = new Map<number, number>()

  constructor(members: readonly number[], classes: Int32Array) {
    this.members = members
    this.twins = new Int32Array(members.length).fill(-1)
    const last = new Map<number, number>()
    members.forEach((operation, ordinal) => {
      const kind = classes[operation] as number
      this.twins[ordinal] = last.get(kind) ?? -1
      last.set(kind, ordinal)
    })
  }

  has(set: number, ordinal: number): boolean {
    return (this.#sets[set] as readonly number[]).includes(ordinal)
  }

  /** The set with one more member. */
  with(set: number, ordinal: number): number {
    const pair = set * this.members.length + ordinal
    const known = this.#joined.get(pair)
    if (known !== undefined) return known
    const members = [...this.#sets[set] as readonly number[], ordinal].sort((a, b) => a - b)
    const text = members.join(' ')
    let id = this.#ids.get(text)
    if (id === undefined) {
      id = this.#sets.push(members) - 1
      this.#ids.set(text, id)
    }
    this.#joined.set(pair, id)
    return id
  }

  /** Whether every member of `small` is one of `large`. */
  isWithin(small: number, large: number): boolean {
    const all = this.#sets[large] as readonly number[]
    return (this.#sets[small] as readonly number[]).every((each) => all.includes(each))
  }
}
