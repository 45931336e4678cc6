/**
 * A member's slots: what it has accepted in each as an acceptor, and which of them it knows to be chosen as a learner. Recent slots are in
 * memory, and all that are not chosen, applied and durable; older ones are read back from storage. Slots may have gaps.
 */
import { assert, present } from '../base'
import type { RecordLocation, RecordReader } from '../machine'
import type { Ballot } from './ballot'
import { SlotLocations } from './slot-locations'
import type { Accepted } from './types'

/** What a slot costs beside its data, for every limit in bytes. */
export const SLOT_OVERHEAD_BYTES = 24
/** The dropped head of the window is given back when it is at least this long and half of the array. */
const WINDOW_HEAD_MAX = 1024

export const entryBytes = (entry: { readonly data: Uint8Array }): number => entry.data.length + SLOT_OVERHEAD_BYTES

export interface Slot {
  readonly accepted: Accepted
  isDurable: boolean
  isChosen: boolean
  /** Who accepted it in the ballot of this member's reign: bits of the voters of the slot's configuration. */
  acceptors: number
}

export class SlotLog {
  /** The first slot that can still be given to others. */
  first = 1
  /** Every slot up to here is chosen, and its value is here (or in a snapshot). */
  chosen = 0
  applied = 0
  /** The highest slot in which anything is accepted. */
  last = 0
  /** Every slot up to here is durable as it now stands. */
  durable = 0
  readonly locations: SlotLocations
  readonly #windowBytesMax: number
  #window: (Slot | undefined)[] = []
  /** Position in #window of #windowFirst. */
  #head = 0
  #windowFirst = 1
  windowBytes = 0
  /** Slots accepted and not yet handed out to be written. */
  readonly #unwritten = new Set<number>()
  /** Slots before this one were handed out to be applied. */
  #nextToApply = 1
  /** Slots up to here were compared with #scannedBallot. */
  #scanned = 0
  #scannedBallot: Ballot = 0

  constructor(storage: RecordReader, windowBytesMax: number) {
    this.locations = new SlotLocations(storage)
    this.#windowBytesMax = windowBytesMax
  }

  /** Undefined where nothing is accepted, or where it has left memory. */
  get(slot: number): Slot | undefined {
    return slot < this.#windowFirst ? undefined : this.#window[this.#head + slot - this.#windowFirst]
  }

  get windowFirst(): number {
    return this.#windowFirst
  }

  /** Accepts a value. It replaces what was accepted in an earlier ballot. */
  put(accepted: Accepted): Slot {
    const { slot } = accepted
    assert(slot > this.chosen && slot >= this.#windowFirst, 'a slot whose value is known to be chosen is not written again')
    const slots = this.#window
    const at = this.#head + slot - this.#windowFirst
    while (slots.length < at) slots.push(undefined)
    const before = slots[at]
    if (before) this.windowBytes -= entryBytes(before.accepted)
    const entry: Slot = { accepted, isDurable: false, isChosen: before?.isChosen ?? false, acceptors: 0 }
    slots[at] = entry
    this.windowBytes += entryBytes(accepted)
    this.#unwritten.add(slot)
    this.last = Math.max(this.last, slot)
    this.durable = Math.min(this.durable, slot - 1)
    this.#scanned = Math.min(this.#scanned, slot - 1)
    return entry
  }

  /** The leader of `ballot` says that all slots up to `index` are chosen: those accepted in its ballot hold what was chosen. */
  markChosen(ballot: Ballot, index: number, isAnyBallot: boolean): void {
    if (ballot !== this.#scannedBallot) {
      this.#scannedBallot = ballot
      this.#scanned = 0
    }
    const to = Math.min(index, this.last)
    for (let slot = Math.max(this.chosen, this.#scanned) + 1; slot <= to; slot++) {
      const entry = this.get(slot)
      if (entry && (entry.accepted.ballot === ballot || isAnyBallot)) entry.isChosen = true
    }
    this.#scanned = Math.max(this.#scanned, to)
  }

  /** Goes on to the next slot where that is known to be chosen, and gives it. */
  advance(): Accepted | null {
    const entry = this.get(this.chosen + 1)
    if (!entry?.isChosen) return null
    this.chosen++
    return entry.accepted
  }

  /** Consecutive slots in memory from `from` up to but not including `to`, cut after `bytesMax`; at least one where there is one. */
  slice(from: number, to: number, bytesMax: number): Accepted[] {
    const found: Accepted[] = []
    let bytes = 0
    for (let slot = from; slot < to; slot++) {
      const entry = this.get(slot)
      if (!entry) break
      bytes += entryBytes(entry.accepted)
      if (found.length > 0 && bytes > bytesMax) break
      found.push(entry.accepted)
    }
    return found
  }

  /** Chosen values from `from` up to and including `to`, wherever they lie, cut after `bytesMax`; at least one. */
  read(from: number, to: number, bytesMax: number): Accepted[] {
    assert(from >= this.first && to <= this.chosen, 'chosen slots that were not trimmed are read')
    const found: Accepted[] = []
    let bytes = 0
    for (let slot = from; slot <= to; slot++) {
      const accepted = this.get(slot)?.accepted ?? this.locations.read(slot)
      bytes += entryBytes(accepted)
      if (found.length > 0 && bytes > bytesMax) break
      found.push(accepted)
    }
    return found
  }

  get hasUnwritten(): boolean {
    return this.#unwritten.size > 0
  }

  /** What is accepted and was never handed out to be written, in rising slots. */
  takeUnwritten(): Accepted[] {
    if (this.#unwritten.size === 0) return []
    const slots = [...this.#unwritten].sort((one, other) => one - other)
    this.#unwritten.clear()
    return slots.map((slot) => present(this.get(slot), 'a slot stays in memory until it is durable').accepted)
  }

  located(from: number, to: number, location: RecordLocation): void {
    for (let slot = Math.max(from, this.first); slot <= to; slot++) this.locations.set(slot, location)
  }

  /** A write of these slots, accepted in `ballot`, is durable. Says nothing of those that were accepted anew since. */
  persisted(from: number, to: number, ballot: Ballot): void {
    for (let slot = from; slot <= to; slot++) {
      const entry = this.get(slot)
      if (entry?.accepted.ballot === ballot) entry.isDurable = true
    }
    while (this.get(this.durable + 1)?.isDurable) this.durable++
    this.#evict()
  }

  get hasToApply(): boolean {
    return this.#nextToApply <= this.chosen
  }

  /** Chosen values not yet handed out to be applied, cut after `bytesMax`. */
  takeChosen(bytesMax: number): Accepted[] {
    if (!this.hasToApply) return []
    const entries = this.read(this.#nextToApply, this.chosen, bytesMax)
    this.#nextToApply += entries.length
    return entries
  }

  appliedTo(index: number): void {
    assert(index >= this.applied && index < this.#nextToApply, 'slots are applied in order, once handed out')
    this.applied = index
    this.#evict()
  }

  #evict(): void {
    const evictable = Math.min(this.applied, this.chosen, this.durable)
    while (this.windowBytes > this.#windowBytesMax && this.#windowFirst <= evictable) this.#drop()
    this.#compact()
  }

  #drop(): void {
    const entry = this.#window[this.#head]
    if (entry) this.windowBytes -= entryBytes(entry.accepted)
    this.#window[this.#head] = undefined
    this.#unwritten.delete(this.#windowFirst)
    if (this.#head < this.#window.length) this.#head++
    this.#windowFirst++
  }

  #compact(): void {
    if (this.#head < WINDOW_HEAD_MAX || this.#head * 2 <= this.#window.length) return
    this.#window = this.#window.slice(this.#head)
    this.#head = 0
  }

  /** Slots before `slot` are in a snapshot and are given to no one any more. */
  trim(slot: number): void {
    assert(slot <= this.chosen + 1, 'only what is chosen is trimmed')
    if (slot <= this.first) return
    this.first = slot
    while (this.#windowFirst < Math.min(slot, this.applied + 1)) this.#drop()
    this.#compact()
    this.locations.trim(slot)
    // The snapshot that has them is durable.
    this.durable = Math.max(this.durable, slot - 1)
    while (this.get(this.durable + 1)?.isDurable) this.durable++
  }

  /** A snapshot stands for everything up to `index`. What was accepted after it stays. */
  installed(index: number): void {
    assert(index > this.applied, 'a snapshot is installed where it brings something')
    while (this.#windowFirst <= index) this.#drop()
    this.#compact()
    this.locations.trim(index + 1)
    this.first = index + 1
    this.chosen = Math.max(this.chosen, index)
    this.last = Math.max(this.last, index)
    this.durable = Math.max(this.durable, index)
    while (this.get(this.durable + 1)?.isDurable) this.durable++
    this.applied = index
    this.#nextToApply = index + 1
    this.#scanned = Math.max(this.#scanned, index)
  }

  /** At start: what was found on disk. */
  restore({ applied, chosen, located, accepted }: RestoredSlots): void {
    this.applied = applied
    this.#nextToApply = applied + 1
    this.chosen = chosen
    this.durable = chosen
    this.last = chosen
    this.#windowFirst = chosen + 1
    this.first = applied + 1
    while (located.has(this.first - 1)) this.first--
    this.locations.trim(this.first)
    for (const [slot, location] of located) this.locations.set(slot, location)
    for (const entry of accepted) this.put(entry).isDurable = true
    this.#unwritten.clear()
    while (this.get(this.durable + 1)?.isDurable) this.durable++
  }
}

export interface RestoredSlots {
  /** The index of the snapshot that the state was restored from; 0 for none. */
  readonly applied: number
  /** All slots up to here are chosen and lie in storage, or in the snapshot. */
  readonly chosen: number
  readonly located: ReadonlyMap<number, RecordLocation>
  /** What is accepted after `chosen`. */
  readonly accepted: Iterable<Accepted>
}
