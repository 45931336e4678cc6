/**
 * Takes snapshots of the state and installs those that come from other members. Either way the chunks go into storage piece by piece,
 * between the records of the protocol; the end record, with the protocol's hard records in the same write, makes them a snapshot.
 * Once that is durable the protocol is told, and what lies before is given back. One snapshot is written at a time.
 */
import { assert, isPlanted, present } from '../../core/base'
import type { LogRecord, ProtocolMachine, ReceivedSnapshot, RecordLocation, SnapshotHead } from '../../core/machine'
import type { StateMachine } from '../../core/statemachine'
import type { DriverLimits } from './limits'
import { encodeChunk, encodeEnd } from './snapshot-records'
import { joined, type SnapshotStore } from './snapshot-store'
import type { SnapshotStatistics } from './types'

const NO_STATE = new Uint8Array(0)

export interface SnapshotsHost {
  readonly machine: ProtocolMachine
  readonly stateMachine: StateMachine
  readonly store: SnapshotStore
  readonly limits: DriverLimits
  /** Calls `durable` once the records are; never where the storage fails or the driver stops. */
  readonly append: (records: readonly LogRecord[], durable: () => void) => readonly RecordLocation[]
  readonly release: (location: RecordLocation) => void
  /** The state is now that of a snapshot, which is durable. */
  readonly installed: (head: SnapshotHead) => void
}

/** A snapshot on its way into storage. */
interface Writing {
  readonly id: number
  readonly head: SnapshotHead
  readonly chunks: readonly Uint8Array[]
  /** Came from another member. */
  readonly isReceived: boolean
  readonly locations: RecordLocation[]
  /** The end was appended: it is too late to give it up. */
  isEnded: boolean
}

export class Snapshots {
  readonly #host: SnapshotsHost
  /** The first is being written. */
  #queue: Writing[] = []
  /** Since the newest snapshot, taken or installed, durable or not. */
  #bytesSince = 0
  #indexBefore: number
  #stateBytesBefore: number
  #taken = 0
  #installed = 0
  #refused = 0
  #bytesWritten = 0
  #released: RecordLocation = 0

  constructor(host: SnapshotsHost) {
    this.#host = host
    const newest = host.store.latest()
    this.#indexBefore = newest?.index ?? 0
    this.#stateBytesBefore = newest?.stateBytes ?? 0
  }

  get isInstalling(): boolean {
    return this.#queue.some((each) => each.isReceived)
  }

  get newest(): SnapshotHead | null {
    return this.#host.store.latest()
  }

  statistics(): SnapshotStatistics {
    const { sent, bytesSent } = this.#host.store.reads
    return {
      taken: this.#taken, sent, installed: this.#installed, refused: this.#refused, underWay: this.#queue.length,
      bytesWritten: this.#bytesWritten, bytesSent, newest: this.#host.store.latest(),
    }
  }

  /** Entries of so many bytes were applied. */
  applied(bytes: number): void {
    this.#bytesSince += bytes
  }

  /** True where enough was applied since the last snapshot, and none is under way. */
  isDue(appliedIndex: number): boolean {
    const { snapshotAfterEntries, snapshotAfterBytes, snapshotExpansion } = this.#host.limits
    if (this.#queue.length > 0 || appliedIndex === this.#indexBefore) return false
    const isLong = appliedIndex - this.#indexBefore >= snapshotAfterEntries || this.#bytesSince >= snapshotAfterBytes
    return isLong && this.#bytesSince >= snapshotExpansion * this.#stateBytesBefore
  }

  /** Takes one of the state as it is, which is that of `index`. */
  take(index: number): void {
    const { machine, stateMachine, limits, store } = this.#host
    // Without its state, so that a later start knows that there was none.
    const isStateless = machine.isStateless === true
    const state = isStateless ? NO_STATE : stateMachine.snapshot()
    const chunks: Uint8Array[] = []
    // At least one, so that an empty state is told from a snapshot that comes without its state.
    for (let at = 0; !isStateless && (at === 0 || at < state.length); at += limits.snapshotChunkBytes) chunks.push(state.subarray(at, at + limits.snapshotChunkBytes))
    const meta = machine.snapshotMeta(index, state)
    const head: SnapshotHead = { index, meta, stateBytes: state.length, stateHash: isStateless ? '' : stateMachine.hash(), chunks: chunks.length }
    this.#begin({ id: store.nextId(), head, chunks, isReceived: false, locations: [], isEnded: false })
  }

  /** Starts to install one that came from another member. False where its bytes are not the state that its head says: nothing has changed. */
  install({ head, chunks }: ReceivedSnapshot): boolean {
    if (!this.#isWhole(head, chunks)) {
      this.#refused++
      return false
    }
    // What is not yet whole is older than this one, and no one waits for it.
    const [first] = this.#queue
    this.#queue = first?.isEnded === true ? [first] : []
    this.#begin({ id: this.#host.store.nextId(), head, chunks, isReceived: true, locations: [], isEnded: false })
    return true
  }

  stop(): void {
    this.#queue = []
  }

  /**
   * Tried out before anything is written, since what is in storage with its end is what the next start will build on. The state goes
   * back to what it was: it must not run ahead of the index that this node says it has applied.
   */
  #isWhole(head: SnapshotHead, chunks: readonly Uint8Array[]): boolean {
    if (chunks.length !== head.chunks) return false
    // Without its state: for members that keep none.
    if (chunks.length === 0) return true
    const state = joined(chunks, head.stateBytes)
    if (state === null) return false
    const { stateMachine } = this.#host
    const before = stateMachine.snapshot()
    if (!stateMachine.restore(state).ok) return false
    const isSame = stateMachine.hash() === head.stateHash
    assert(stateMachine.restore(before).ok, 'a state machine restores its own snapshot')
    return isSame
  }

  #begin(writing: Writing): void {
    this.#indexBefore = writing.head.index
    this.#stateBytesBefore = writing.head.stateBytes
    this.#bytesSince = 0
    this.#queue.push(writing)
    if (this.#queue[0] === writing) this.#writeOn(writing)
  }

  #writeOn(writing: Writing): void {
    const { limits, machine, append } = this.#host
    const { id, head, chunks, locations } = writing
    const records: LogRecord[] = []
    for (let bytes = 0; locations.length + records.length < chunks.length; ) {
      const chunk = locations.length + records.length
      const data = chunks[chunk] as Uint8Array
      bytes += data.length
      if (records.length > 0 && bytes > limits.snapshotWriteBytesMax) break
      records.push(encodeChunk({ id, chunk, bytes: data }))
      this.#bytesWritten += data.length
    }
    writing.isEnded = locations.length + records.length === chunks.length
    const own = records.length + (writing.isEnded ? 1 : 0)
    if (writing.isEnded) records.push(encodeEnd({ id, head }), ...machine.hardRecords())
    const at = append(records, () => {
      // It may have been given up for a newer one.
      if (this.#queue[0] !== writing) return
      if (writing.isEnded) this.#finish(writing)
      else this.#writeOn(writing)
    })
    for (const location of at.slice(0, own)) locations.push(location)
    if (__PLANTED__ && isPlanted('driver/snapshot-before-durable') && writing.isEnded) this.#finish(writing)
  }

  #finish(writing: Writing): void {
    const { machine, store, stateMachine, installed } = this.#host
    const { id, head, locations } = writing
    this.#queue.shift()
    store.becameDurable({ id, head, locations })
    if (writing.isReceived) {
      this.#installed++
      if (head.chunks > 0) {
        const state = present(joined(writing.chunks, head.stateBytes), 'a snapshot that was tried out is whole')
        assert(stateMachine.restore(state).ok && stateMachine.hash() === head.stateHash, 'a snapshot that was tried out restores')
      }
      installed(head)
    } else {
      this.#taken++
      machine.snapshotDurable(head)
    }
    this.#release()
    const [next] = this.#queue
    if (next !== undefined && next.locations.length === 0) this.#writeOn(next)
  }

  /** Everything before the newest snapshot may go, but for what the protocol still reads. */
  #release(): void {
    const { machine, store, release } = this.#host
    const oldest = present(store.oldest(), 'there is a durable snapshot')
    const isTooMuch = __PLANTED__ && isPlanted('driver/releases-what-is-needed')
    const location = isTooMuch ? oldest : Math.min(oldest, machine.oldestNeeded() ?? oldest)
    if (location <= this.#released) return
    this.#released = location
    release(location)
  }
}
