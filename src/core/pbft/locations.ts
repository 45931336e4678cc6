/** Where the records lie that are still needed, so that storage may give back what lies before them. */
import type { RecordLocation } from '../machine'
import type { RecordNeed } from './outputs'

interface Located {
  readonly location: RecordLocation
  readonly sequence: number
}

export class RecordLocations {
  #sequences: Located[] = []
  /** The newest record of each sort that no snapshot carries on yet. */
  readonly #newest = new Map<'view' | 'stable', RecordLocation>()
  #carried = new Map<'view' | 'stable', RecordLocation>()

  note(need: RecordNeed, location: RecordLocation): void {
    if (typeof need === 'number') this.#sequences.push({ location, sequence: need })
    else this.#newest.set(need, location)
  }

  /** The hard records were handed out to lie behind the next snapshot. */
  carry(): void {
    this.#carried = new Map(this.#newest)
  }

  /** The snapshot and what lies behind it are durable. */
  carriedOn(): void {
    for (const [sort, location] of this.#carried) if (this.#newest.get(sort) === location) this.#newest.delete(sort)
    this.#carried.clear()
  }

  /** Of what is after the stable checkpoint, and of the newest view and checkpoint. */
  oldest(stable: number): RecordLocation | null {
    const first = this.#sequences.findIndex(({ sequence }) => sequence > stable)
    this.#sequences = first < 0 ? [] : this.#sequences.slice(first)
    const candidates = [...this.#newest.values()]
    if (this.#sequences[0]) candidates.push(this.#sequences[0].location)
    return candidates.length === 0 ? null : Math.min(...candidates)
  }
}
