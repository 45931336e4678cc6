/**
 * Stands between the callers and the disk: opens the file, retries after trouble, sets a damaged file aside while running,
 * and keeps what must not be lost in memory until it can be written. Nothing here throws for what a disk does.
 */
import { fail, ok, type Result } from '../../../core/base'
import type { NodeObservation } from '../../../core/observation'
import type { Sample, Sentence } from '../../../core/observe'
import { fileIdentity, openDatabase, setAside, troubleOf, type DiskTrouble } from './database'
import { DocumentMemory } from './documents'
import { HISTORY_LIMITS } from './limits'
import { Stores } from './stores'

export interface HistoryLog {
  info(text: string): void
  warn(text: string): void
  error(text: string): void
}

export interface KeeperOptions {
  readonly file: string
  readonly nativeBinding: string | null
  readonly now: () => number
  readonly log: HistoryLog
  /** Called whenever recording stops or goes on, or a file was set aside. */
  readonly onChange: () => void
  /** Called when another file was opened than before: it holds nothing of what was written earlier. */
  readonly onNewFile: () => void
}

type Write = (stores: Stores) => void

export const UNAVAILABLE_HINT = 'Check the data folder: its permissions, and the space left.'

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export class Keeper {
  readonly documents = new DocumentMemory()
  private readonly options: KeeperOptions
  private stores: Stores | null = null
  private outbox: Write[] = []
  private waiting: { clusterId: string; observation: NodeObservation | null; samples: readonly Sample[] }[] = []
  private retryAtMs = Number.NEGATIVE_INFINITY
  private closed = false
  private replacing = false
  private bytesMax: number | null = null
  private identity: string | null = null
  trouble: DiskTrouble | null = null
  setAsideNotice: Sentence | null = null

  constructor(options: KeeperOptions) {
    this.options = options
    this.open()
  }

  take(clusterId: string, observation: NodeObservation | null, samples: readonly Sample[]): void {
    if (this.closed) return
    if (this.stores !== null) {
      if (observation !== null) this.stores.observations.append(observation)
      this.stores.samples.append(clusterId, samples)
      return
    }
    this.waiting.push({ clusterId, observation, samples })
    if (this.waiting.length > HISTORY_LIMITS.pendingObservationsMax) this.waiting.shift()
  }

  /** True once the write is on the disk; false while it waits in memory. Writes must bear being run twice. */
  durably(write: Write): boolean {
    if (this.closed) return false
    this.outbox.push(write)
    if (this.outbox.length > HISTORY_LIMITS.pendingWritesMax) this.outbox.shift()
    return this.isResting() ? false : this.attempt(() => this.drain())
  }

  read<Value>(work: (stores: Stores) => Value): Result<Value, 'unavailable'> {
    if (!this.closed && this.stores === null && !this.isResting()) this.open()
    if (this.closed || this.stores === null) return fail('unavailable', 'The history cannot be read now.', UNAVAILABLE_HINT)
    try {
      return ok(work(this.stores))
    } catch (error) {
      this.meet(error)
      return fail('unavailable', `The history could not be read: ${textOf(error)}`, UNAVAILABLE_HINT)
    }
  }

  /** Brings everything in memory to the file, unless the disk has just refused. */
  flush(): void {
    if (this.closed || this.isResting()) return
    this.beginAnewIfRemoved()
    this.attempt(() => {
      this.drain()
      this.stores?.flush(this.options.now())
    })
  }

  /** True when there is more to drop. */
  dropBefore(cutoffMs: number): boolean {
    let more = false
    if (!this.closed && !this.isResting()) this.attempt(() => (more = this.stores?.dropBefore(cutoffMs) ?? false))
    return more
  }

  /** The file grows no further than this; null: as the disk allows. */
  limitBytes(bytesMax: number | null): void {
    this.bytesMax = bytesMax
    this.attempt(() => this.applyLimit())
  }

  close(): void {
    if (this.closed) return
    this.flush()
    this.closed = true
    try {
      this.stores?.close()
    } catch (error) {
      this.options.log.warn(`history: the file was not closed cleanly: ${textOf(error)}`)
    }
    this.stores = null
  }

  private isResting(): boolean {
    return this.trouble !== null && this.options.now() < this.retryAtMs
  }

  private attempt(work: () => void): boolean {
    try {
      if (this.stores === null) this.open()
      if (this.stores === null) return false
      work()
      this.settle(null)
      return true
    } catch (error) {
      this.meet(error)
      return false
    }
  }

  private drain(): void {
    if (this.outbox.length === 0 || this.stores === null) return
    try {
      this.stores.durably(this.outbox)
      this.outbox = []
      return
    } catch (error) {
      if (troubleOf(error) !== null) throw error
    }
    // Not the disk's doing: one by one, so that the write at fault holds up none of the others.
    for (let write = this.outbox[0]; write !== undefined; write = this.outbox[0]) {
      try {
        this.stores.durably([write])
      } catch (error) {
        if (troubleOf(error) !== null) throw error
        this.options.log.error(`history: a record could not be written: ${textOf(error)}`)
      }
      this.outbox.shift()
    }
  }

  private open(): void {
    const { file, nativeBinding, now, log } = this.options
    const opened = openDatabase(file, nativeBinding, now())
    if (!opened.ok) {
      log.warn(`history: ${opened.error.message}`)
      this.settle(opened.error.code)
      return
    }
    const { db, notice } = opened.value
    this.identity = fileIdentity(file)
    this.options.onNewFile()
    try {
      this.stores = new Stores(db)
      this.documents.load(db)
      if (notice !== null) this.setAsideNotice = notice
      for (const { clusterId, observation, samples } of this.waiting.splice(0)) this.take(clusterId, observation, samples)
      this.applyLimit()
      this.settle(null)
      if (notice !== null) this.options.onChange()
    } catch (error) {
      db.close()
      this.stores = null
      this.meet(error)
      if (troubleOf(error) === null) this.settle('unwritable')
    }
  }

  private applyLimit(): void {
    if (this.stores === null) return
    const pageBytes = Number(this.stores.db.pragma('page_size', { simple: true }))
    const pages = this.bytesMax === null ? 0xfffffffe : Math.max(1, Math.floor(this.bytesMax / pageBytes))
    this.stores.db.pragma(`max_page_count = ${pages}`)
  }

  private meet(error: unknown): void {
    const trouble = troubleOf(error)
    if (trouble === 'corrupt') this.replaceFile(error)
    else if (trouble === null) this.options.log.error(`history: ${textOf(error)}`)
    else this.settle(trouble)
  }

  /** A file that was deleted under a running console takes every write and keeps none. */
  private beginAnewIfRemoved(): void {
    const { file, log, onChange } = this.options
    if (this.stores === null || fileIdentity(file) === this.identity) return
    log.error(`history: ${file} was removed while it was in use`)
    try {
      this.stores.db.close()
    } catch (error) {
      log.warn(`history: the removed file was not closed cleanly: ${textOf(error)}`)
    }
    this.stores = null
    this.setAsideNotice = { key: 'notice.history.removed', parameters: { file } }
    this.outbox.unshift((stores) => this.documents.saveAll(stores.db))
    this.open()
    onChange()
  }

  /** The file turned out to be damaged while in use. */
  private replaceFile(error: unknown): void {
    const { file, now, log } = this.options
    log.error(`history: the file is damaged and is set aside: ${textOf(error)}`)
    const again = this.replacing
    this.replacing = true
    try {
      this.stores?.db.close()
    } catch {
      // A damaged file may refuse even that; the rename below goes on regardless.
    }
    this.stores = null
    try {
      this.setAsideNotice = { key: 'notice.history.set-aside-corrupt', parameters: { file: setAside(file, 'corrupt', now()) } }
    } catch (renaming) {
      log.error(`history: it could not be set aside: ${textOf(renaming)}`)
      this.replacing = false
      this.settle('unwritable')
      return
    }
    this.outbox.unshift((stores) => this.documents.saveAll(stores.db))
    // A disk that damages the new file too is left to the next try.
    if (again) this.settle('corrupt')
    else this.open()
    this.replacing = false
    this.options.onChange()
  }

  private settle(trouble: DiskTrouble | null): void {
    if (trouble !== null) this.retryAtMs = this.options.now() + HISTORY_LIMITS.retryAfterMs
    if (trouble === this.trouble) return
    this.trouble = trouble
    this.options.onChange()
  }
}
