/** Where the accepted values lie in storage, slot by slot, and how they are read back once they have left memory. */
import { assert, present } from '../base'
import type { RecordLocation, RecordReader } from '../machine'
import { decodeAccepted, RECORD_TYPES } from './record-codec'
import type { Accepted } from './types'

const NOWHERE = -1

export class SlotLocations {
  readonly #storage: RecordReader
  #locations: number[] = []
  /** The slot of #locations[0]. */
  #first = 1
  /** Records hold many slots, and slots are read in order: the last one read. */
  #cached: { readonly location: RecordLocation; readonly run: readonly Accepted[] } | null = null

  constructor(storage: RecordReader) {
    this.#storage = storage
  }

  set(slot: number, location: RecordLocation): void {
    if (slot < this.#first) return
    const at = slot - this.#first
    while (this.#locations.length < at) this.#locations.push(NOWHERE)
    this.#locations[at] = location
  }

  /** Slots before `slot` are forgotten. */
  trim(slot: number): void {
    if (slot <= this.#first) return
    this.#locations.splice(0, slot - this.#first)
    this.#first = slot
  }

  oldest(): RecordLocation | null {
    let oldest: number | null = null
    for (const location of this.#locations) if (location !== NOWHERE && (oldest === null || location < oldest)) oldest = location
    return oldest
  }

  /** What was last written in `slot`. */
  read(slot: number): Accepted {
    const location = this.#locations[slot - this.#first] ?? NOWHERE
    assert(location !== NOWHERE, 'a slot that left memory is in storage')
    if (this.#cached?.location !== location) {
      const record = this.#storage.read(location)
      assert(record.type === RECORD_TYPES.accepted, 'a location of accepted values holds accepted values')
      this.#cached = { location, run: present(decodeAccepted(record.payload), 'a record that was written can be read') }
    }
    const { run } = this.#cached
    return present(run[slot - (run[0] as Accepted).slot], 'a record holds the slots that were located in it')
  }
}
