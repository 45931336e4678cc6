/** The stores over one open file, and what is done to all of them together. */
import { AlertStore } from './alert-store'
import type { Sqlite } from './database'
import { EventStore } from './event-store'
import { HISTORY_LIMITS } from './limits'
import { ObservationStore } from './observation-store'
import { SampleStore } from './sample-store'
import { CLUSTER_TABLES } from './schema'

export class Stores {
  readonly db: Sqlite
  readonly samples: SampleStore
  readonly observations: ObservationStore
  readonly events: EventStore
  readonly alerts: AlertStore

  constructor(db: Sqlite) {
    this.db = db
    this.samples = new SampleStore(db)
    this.observations = new ObservationStore(db)
    this.events = new EventStore(db)
    this.alerts = new AlertStore(db)
  }

  /** Brings samples and observations to the file. A crash of the machine may lose the last of it, a crash of the console does not. */
  flush(nowMs: number): void {
    const committed = this.db.transaction(() => [this.samples.flush(nowMs), this.observations.flush(nowMs)])()
    for (const done of committed) done()
  }

  /** Runs the writes in one transaction that is on the disk when this returns. */
  durably(writes: readonly ((stores: Stores) => void)[]): void {
    this.db.pragma('synchronous = FULL')
    try {
      this.db.transaction(() => writes.forEach((write) => write(this)))()
    } finally {
      this.db.pragma('synchronous = NORMAL')
    }
  }

  /** Drops a portion of what is older, and gives its space back; true when there is more to drop. */
  dropBefore(cutoffMs: number): boolean {
    const rows = HISTORY_LIMITS.deletedRowsMax
    const more = this.db.transaction(() => [this.samples, this.observations, this.events, this.alerts].map((store) => store.dropBefore(cutoffMs, rows)))()
    this.db.pragma(`incremental_vacuum(${HISTORY_LIMITS.vacuumPagesMax})`)
    return more.includes(true)
  }

  forget(clusterId: string): void {
    this.samples.forget(clusterId)
    this.observations.forget(clusterId)
    this.alerts.forget(clusterId)
    for (const table of CLUSTER_TABLES) this.db.prepare(`DELETE FROM ${table} WHERE cluster_id = ?`).run(clusterId)
  }

  close(): void {
    this.db.pragma('wal_checkpoint(TRUNCATE)')
    this.db.close()
  }
}
