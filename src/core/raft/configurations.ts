/** The configurations that the log holds, by index: the newest is in force, the older ones for the case that it is truncated. */
import { assert } from '../base'
import type { Configuration } from './configuration'

export interface PlacedConfiguration {
  /** The entry that made it; the base of the log, or 0, where no entry of this log did. */
  readonly index: number
  readonly configuration: Configuration
}

export class ConfigurationHistory {
  #placed: PlacedConfiguration[]

  constructor(base: PlacedConfiguration, rest: readonly PlacedConfiguration[]) {
    this.#placed = [base, ...rest]
  }

  /** In force. */
  get current(): PlacedConfiguration {
    return this.#placed.at(-1) as PlacedConfiguration
  }

  /** What would be in force without the current one; null where that is not known here. */
  get previous(): PlacedConfiguration | null {
    return this.#placed.at(-2) ?? null
  }

  /** In force is the one that the log begins with: that of its base, or the oldest that it still has. */
  get isOldest(): boolean {
    return this.#placed.length === 1
  }

  /** The configuration as of `index`, which the log still holds or has as its base. */
  asOf(index: number): PlacedConfiguration {
    let at = this.#placed.length - 1
    while (at > 0 && (this.#placed[at] as PlacedConfiguration).index > index) at--
    return this.#placed[at] as PlacedConfiguration
  }

  append(index: number, configuration: Configuration): void {
    assert(index > this.current.index, 'a configuration follows the one before it')
    this.#placed.push({ index, configuration })
  }

  /** Entries from `from` on are gone. */
  truncate(from: number): void {
    while (this.#placed.length > 1 && this.current.index >= from) this.#placed.pop()
  }

  /** Nothing before `index` will be asked for. */
  compact(index: number): void {
    while (this.#placed.length > 1 && (this.#placed[1] as PlacedConfiguration).index <= index) this.#placed.shift()
  }

  reset(base: PlacedConfiguration): void {
    this.#placed = [base]
  }
}
