/**
 * Rebuilds an acceptor from its records, in the order written: a later acceptance of a slot replaces an earlier one, and a promise never goes
 * back. What was known to be chosen must be there, in a record or in a snapshot.
 */
import { fail, ok, type Result } from '../base'
import type { MachineConfig, MachineRecovery, RecordLocation, RecoveredRecord, SnapshotHead } from '../machine'
import { Configuration, ConfigurationHistory } from './configuration'
import { decodeConfiguration, decodeSnapshotMeta, type SnapshotMeta } from './configuration-codec'
import { PaxosMachine } from './paxos'
import { decodeAccepted, decodeHardState, RECORD_TYPES } from './record-codec'
import { SlotLog } from './slot-log'
import { PaxosState } from './state'
import type { Accepted, HardState, PaxosOptions } from './types'

const HINT = 'Set the data folder of this node aside and let it join with an empty one, or restore the folder from a copy.'
const corrupt = (message: string): Result<never, 'corrupt'> => fail('corrupt', message, HINT)

export class PaxosRecovery implements MachineRecovery<PaxosMachine> {
  readonly #config: MachineConfig
  readonly #options: PaxosOptions
  #hardState: HardState = { promised: 0, chosen: 0 }
  #snapshot: { readonly index: number; readonly meta: SnapshotMeta } | null = null
  readonly #located = new Map<number, RecordLocation>()
  /** Accepted after what is known to be chosen. */
  readonly #accepted = new Map<number, Accepted>()
  /** Chosen changes of members, after the snapshot. */
  readonly #memberChanges = new Map<number, Accepted>()

  constructor(config: MachineConfig, options: PaxosOptions) {
    this.#config = config
    this.#options = options
  }

  record(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    if (record.type === RECORD_TYPES.hardState) return this.#hardStateFound(record)
    if (record.type === RECORD_TYPES.accepted) return this.#acceptedFound(record)
    return corrupt(`The log holds a record of type ${record.type}, which this version does not know.`)
  }

  #hardStateFound(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    const found = decodeHardState(record.payload)
    if (!found) return corrupt('A record of the promised ballot cannot be read.')
    const chosen = Math.max(this.#hardState.chosen, found.chosen)
    for (let slot = this.#hardState.chosen + 1; slot <= chosen; slot++) {
      const accepted = this.#accepted.get(slot)
      this.#accepted.delete(slot)
      if (accepted?.kind === 'members') this.#memberChanges.set(slot, accepted)
      // A snapshot that has it may come later, since records before one are given back.
      if (!accepted) this.#missing = slot
    }
    this.#hardState = { promised: Math.max(this.#hardState.promised, found.promised), chosen }
    return ok()
  }

  /** The last chosen slot of which no record was found. */
  #missing = 0

  #acceptedFound(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    const run = decodeAccepted(record.payload)
    if (!run) return corrupt('A record of accepted values cannot be read.')
    for (const accepted of run) {
      // Known to be chosen, or in a snapshot: written before a crash tore what came after.
      if (accepted.slot <= this.#hardState.chosen) continue
      this.#accepted.set(accepted.slot, accepted)
      this.#located.set(accepted.slot, record.location)
    }
    return ok()
  }

  snapshot(head: SnapshotHead): Result<undefined, 'corrupt'> {
    const meta = decodeSnapshotMeta(head.meta)
    if (!meta) return corrupt('The configuration in a snapshot cannot be read.')
    if (meta.alpha !== this.#options.alpha) return corrupt(`The group was created with a window of ${meta.alpha} slots, and this node has ${this.#options.alpha}.`)
    if (this.#snapshot && head.index < this.#snapshot.index) return ok()
    this.#snapshot = { index: head.index, meta }
    for (const slot of this.#memberChanges.keys()) if (slot <= head.index) this.#memberChanges.delete(slot)
    if (head.index > this.#hardState.chosen) {
      // Not known to be chosen when it came from another member: whatever was accepted up to it may be something else.
      for (const slot of [...this.#accepted.keys()]) if (slot <= head.index) this.#accepted.delete(slot)
      for (const slot of [...this.#located.keys()]) if (slot <= head.index) this.#located.delete(slot)
      this.#hardState = { ...this.#hardState, chosen: head.index }
    }
    return ok()
  }

  finish(): Result<PaxosMachine, 'corrupt'> {
    const applied = this.#snapshot?.index ?? 0
    if (this.#missing > applied) return corrupt(`Slot ${this.#missing} was chosen and is missing.`)
    const history = new ConfigurationHistory(this.#snapshot?.meta.steps ?? [{ from: 0, configuration: Configuration.initial(this.#config.members) }])
    for (const [slot, accepted] of [...this.#memberChanges].sort(([one], [other]) => one - other)) {
      const configuration = decodeConfiguration(accepted.data)
      if (!configuration || slot + this.#options.alpha <= history.newest.from) return corrupt('A chosen change of members cannot be read.')
      history.add(slot + this.#options.alpha, configuration)
    }
    const log = new SlotLog(this.#config.storage, this.#config.limits.logWindowBytesMax)
    log.restore({ applied, chosen: this.#hardState.chosen, located: this.#located, accepted: this.#accepted.values() })
    let { promised } = this.#hardState
    // To accept in a ballot is to promise it.
    for (const { ballot } of this.#accepted.values()) promised = Math.max(promised, ballot)
    return ok(new PaxosMachine(new PaxosState(this.#config, this.#options, history, log, { ...this.#hardState, promised })))
  }
}
