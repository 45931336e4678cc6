/**
 * The newest durable snapshot of this node, read back chunk by chunk from where it lies in storage. What was begun and never finished
 * is ignored at the next start and goes with the records around it.
 */
import { assert, fail, ok, present, type Result } from '../../core/base'
import type { LogRecord, RecordLocation, RecordReader, RecoveredRecord, SnapshotHead, SnapshotSource } from '../../core/machine'
import { decodeChunk, decodeEnd, SNAPSHOT_RECORD_TYPES } from './snapshot-records'

/** A whole snapshot in storage. */
export interface StoredSnapshot {
  readonly id: number
  readonly head: SnapshotHead
  /** One for each chunk, in order, and the end record last. */
  readonly locations: readonly RecordLocation[]
}

export interface SnapshotReads {
  /** How often the last chunk of a snapshot was handed out. */
  readonly sent: number
  readonly bytesSent: number
}

const HINT = 'Set the data folder of this node aside and let it join with an empty one, or restore the folder from a copy.'
const corrupt = (message: string): Result<never, 'corrupt'> => fail('corrupt', message, HINT)

export class SnapshotStore implements SnapshotSource {
  readonly #storage: RecordReader
  /** Chunks found at start that have no end yet, by the number of their snapshot. */
  readonly #unfinished = new Map<number, RecordLocation[]>()
  #newest: StoredSnapshot | null = null
  /** The last end record found at start had lost chunks: it may stand only if a whole snapshot comes behind it. */
  #isNewestBroken = false
  #id = 0
  #sent = 0
  #bytesSent = 0

  constructor(storage: RecordReader) {
    this.#storage = storage
  }

  /** A number that no snapshot in storage has. */
  nextId(): number {
    return ++this.#id
  }

  get reads(): SnapshotReads {
    return { sent: this.#sent, bytesSent: this.#bytesSent }
  }

  latest(): SnapshotHead | null {
    return this.#newest?.head ?? null
  }

  read(head: SnapshotHead, chunk: number): Uint8Array | null {
    const newest = this.#newest
    if (newest === null || newest.head.index !== head.index || newest.head.stateHash !== head.stateHash) return null
    if (chunk < 0 || chunk >= newest.head.chunks) return null
    const bytes = this.#chunk(newest, chunk)
    this.#bytesSent += bytes.length
    if (chunk === newest.head.chunks - 1) this.#sent++
    return bytes
  }

  /** The whole state of the newest snapshot; null where its parts are not what its end says. */
  state(): Uint8Array | null {
    const newest = present(this.#newest, 'there is a snapshot')
    return joined(Array.from({ length: newest.head.chunks }, (_, chunk) => this.#chunk(newest, chunk)), newest.head.stateBytes)
  }

  /** The oldest record of the newest snapshot; null where there is none. */
  oldest(): RecordLocation | null {
    return this.#newest?.locations[0] ?? null
  }

  becameDurable(snapshot: StoredSnapshot): void {
    assert(snapshot.locations.length === snapshot.head.chunks + 1, 'a snapshot is its chunks and its end')
    this.#newest = snapshot
  }

  /** At start, in the order written: the head of the snapshot that this record completes, null where it completes none. */
  found(record: RecoveredRecord): Result<SnapshotHead | null, 'corrupt'> {
    if (record.type === SNAPSHOT_RECORD_TYPES.chunk) return this.#foundChunk(record, record.location)
    if (record.type === SNAPSHOT_RECORD_TYPES.end) return this.#foundEnd(record, record.location)
    return corrupt(`The log holds a record of type ${record.type}, which this version does not know.`)
  }

  /** At start, when all records were seen. */
  finish(): Result<undefined, 'corrupt'> {
    this.#unfinished.clear()
    return this.#isNewestBroken ? corrupt('The newest snapshot in the log has lost a part.') : ok()
  }

  #foundChunk(record: LogRecord, location: RecordLocation): Result<null, 'corrupt'> {
    const found = decodeChunk(record.payload)
    if (!found) return corrupt('A part of a snapshot cannot be read.')
    this.#id = Math.max(this.#id, found.id)
    const locations = this.#unfinished.get(found.id)
    // One whose beginning was given back with older records is never completed.
    if (locations?.length === found.chunk) locations.push(location)
    else if (found.chunk === 0) this.#unfinished.set(found.id, [location])
    return ok(null)
  }

  #foundEnd(record: LogRecord, location: RecordLocation): Result<SnapshotHead | null, 'corrupt'> {
    const found = decodeEnd(record.payload)
    if (!found) return corrupt('The end of a snapshot cannot be read.')
    const { id, head } = found
    this.#id = Math.max(this.#id, id)
    const locations = this.#unfinished.get(id) ?? []
    for (const each of this.#unfinished.keys()) if (each <= id) this.#unfinished.delete(each)
    this.#isNewestBroken = locations.length !== head.chunks
    if (this.#isNewestBroken) return ok(null)
    this.#newest = { id, head, locations: [...locations, location] }
    return ok(head)
  }

  #chunk(snapshot: StoredSnapshot, chunk: number): Uint8Array {
    const record = this.#storage.read(snapshot.locations[chunk] as RecordLocation)
    assert(record.type === SNAPSHOT_RECORD_TYPES.chunk, 'a location of a chunk holds a chunk')
    const found = present(decodeChunk(record.payload), 'a record that was written can be read')
    assert(found.id === snapshot.id && found.chunk === chunk, 'a location holds the chunk that was written there')
    return found.bytes
  }
}

/** The chunks as one; null where they are not as long as the state. */
export function joined(chunks: readonly Uint8Array[], stateBytes: number): Uint8Array | null {
  if (chunks.reduce((sum, chunk) => sum + chunk.length, 0) !== stateBytes) return null
  const state = new Uint8Array(stateBytes)
  let at = 0
  for (const chunk of chunks) {
    state.set(chunk, at)
    at += chunk.length
  }
  return state
}
