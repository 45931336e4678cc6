/** A group of one on a disk that is in the hands of the test, and what another member would send it. */
import { present, seededRandom, utf8Encode } from '../../../src/core/base'
import type { MachineConfig, ReceivedSnapshot, SnapshotSource } from '../../../src/core/machine'
import { decodeEnd, Driver, SNAPSHOT_RECORD_TYPES, type DriverLimits, type ProposalOutcome } from '../../../src/runtime/driver'
import type { RecoveredRecord } from '../../../src/runtime/ports'
import { MemoryDisk } from '../memory-disk'
import { JournalState, journalProtocol, type JournalMachine, type JournalOptions } from './journal-machine'

/** Tiny, so that every snapshot has several chunks, every chunk its own write, and the log is short. */
export const SMALL: Partial<DriverLimits> = {
  snapshotChunkBytes: 7, snapshotWriteBytesMax: 10, snapshotAfterEntries: 4, snapshotExpansion: 0, trailingEntriesMax: 2,
}

export class JournalNode {
  readonly disk: MemoryDisk
  state = new JournalState()
  driver: Driver<JournalMachine>
  isFlushDue = false
  stoppedBy: string | null = null
  /** The indexes of the snapshots that its state was replaced by. */
  readonly restored: number[] = []
  #snapshots: SnapshotSource | null = null
  readonly #limits: Partial<DriverLimits>
  readonly #options: JournalOptions

  constructor(limits: Partial<DriverLimits> = SMALL, options: JournalOptions = {}, disk = new MemoryDisk()) {
    this.disk = disk
    this.#limits = limits
    this.#options = options
    this.driver = this.#open([])
  }

  #open(recovered: RecoveredRecord[]): Driver<JournalMachine> {
    this.state = new JournalState()
    const protocol = journalProtocol(this.#options)
    const opened = Driver.open({
      protocol: { ...protocol, recover: (config) => protocol.recover(this.#keep(config)) }, groupId: 'g', nodeId: 'a', members: [{ id: 'a', name: 'a', address: 'a', voter: true }],
      timing: { tickMs: 10, electionTicks: 5, heartbeatTicks: 1 }, random: seededRandom(1), storage: this.disk, recovered, limits: this.#limits,
      transport: { send: () => undefined, statistics: () => [] }, stateMachine: this.state, requestFlush: () => { this.isFlushDue = true },
      onStopped: (failure) => { this.stoppedBy = failure.code }, onRestored: (index) => void this.restored.push(index),
    })
    if (!opened.ok) throw new Error(opened.error.message)
    return opened.value
  }

  #keep(config: MachineConfig): MachineConfig {
    this.#snapshots = config.snapshots
    return config
  }

  /** What the protocol reads the snapshots of this node by. */
  get snapshots(): SnapshotSource {
    return present(this.#snapshots, 'the node was opened')
  }

  flush(): void {
    while (this.isFlushDue) {
      this.isFlushDue = false
      this.driver.flush()
    }
  }

  settle(): void {
    for (this.flush(); this.disk.pendingWrites > 0; this.flush()) this.disk.sync(1)
  }

  propose(command: string, done: (outcome: ProposalOutcome) => void = () => undefined): void {
    this.driver.propose(utf8Encode(command), done)
  }

  write(count: number, name = 'c'): void {
    for (let i = 0; i < count; i++) {
      this.propose(`${name}${i}`)
      this.settle()
    }
  }

  offer(snapshot: ReceivedSnapshot): void {
    this.driver.machine.offered = snapshot
    this.driver.receive('b', new Uint8Array(1))
  }

  crash(kept = 0): void {
    const records = this.disk.crash(kept)
    this.driver.stop()
    this.isFlushDue = false
    this.driver = this.#open(records)
  }

  ends(): number[] {
    return this.disk.records().flatMap(({ type, payload }) => (type === SNAPSHOT_RECORD_TYPES.end ? [decodeEnd(payload)?.head.index ?? -1] : []))
  }
}

/** What another member would send of a state. */
export function snapshotOf(commands: readonly string[], chunkBytes = 5): ReceivedSnapshot {
  const state = new JournalState()
  for (const command of commands) state.apply(utf8Encode(command))
  const bytes = state.snapshot()
  const chunks: Uint8Array[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes))
  return { head: { index: commands.length, meta: utf8Encode('theirs'), stateBytes: bytes.length, stateHash: state.hash(), chunks: chunks.length }, chunks }
}

export const numbered = (count: number, name: string): string[] => Array.from({ length: count }, (_, i) => `${name}${i}`)
