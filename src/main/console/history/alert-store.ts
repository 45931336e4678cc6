/** Alerts as they stand, and each of their transitions, so that past moments show the alerts of their time. */
import type { AlertState } from '../../../contract/health'
import type { Sqlite } from './database'

function alertsFrom(texts: readonly unknown[]): AlertState[] {
  return texts.flatMap((text): AlertState[] => {
    if (typeof text !== 'string') return []
    try {
      const value: unknown = JSON.parse(text)
      const sound = typeof value === 'object' && value !== null && 'id' in value && 'phase' in value && 'clusterId' in value && 'issueKey' in value
      return sound ? [value as AlertState] : []
    } catch {
      return []
    }
  })
}

export class AlertStore {
  private readonly db: Sqlite

  constructor(db: Sqlite) {
    this.db = db
  }

  /** Pending and firing ones. */
  open(): AlertState[] {
    return alertsFrom(this.db.prepare('SELECT state FROM alert WHERE resolved_at_ms IS NULL').pluck().all())
  }

  save(alert: AlertState, atMs: number): void {
    const state = JSON.stringify(alert)
    this.db
      .prepare('INSERT OR REPLACE INTO alert (id, cluster_id, since_ms, resolved_at_ms, state) VALUES (?, ?, ?, ?, ?)')
      .run(alert.id, alert.clusterId, alert.sinceMs, alert.resolvedAtMs, state)
    this.db.prepare('INSERT INTO alert_transition (alert_id, at_ms, state) VALUES (?, ?, ?)').run(alert.id, atMs, state)
  }

  /** Resolved since the time, newest first. Those that never fired are left out. */
  resolved(clusterId: string | null, sinceMs: number, limit: number): AlertState[] {
    return alertsFrom(
      this.db
        .prepare(
          `SELECT state FROM alert WHERE resolved_at_ms >= ? AND (? IS NULL OR cluster_id = ?) AND json_extract(state, '$.firedAtMs') IS NOT NULL
           ORDER BY resolved_at_ms DESC LIMIT ?`,
        )
        .pluck()
        .all(sinceMs, clusterId, clusterId, limit),
    )
  }

  /** The alerts that were pending or firing at the time, as they then stood. */
  at(clusterId: string | null, atMs: number): AlertState[] {
    return alertsFrom(
      this.db
        .prepare(
          `SELECT (SELECT t.state FROM alert_transition t WHERE t.alert_id = alert.id AND t.at_ms <= @atMs ORDER BY t.at_ms DESC, t.id DESC LIMIT 1)
           FROM alert WHERE since_ms <= @atMs AND (resolved_at_ms IS NULL OR resolved_at_ms > @atMs) AND (@clusterId IS NULL OR cluster_id = @clusterId)`,
        )
        .pluck()
        .all({ atMs, clusterId }),
    ).filter((alert) => alert.phase !== 'resolved')
  }

  dropBefore(cutoffMs: number, rowsMax: number): boolean {
    const ids = this.db.prepare('SELECT id FROM alert WHERE resolved_at_ms < ? LIMIT ?').pluck().all(cutoffMs, rowsMax)
    for (const id of ids) {
      this.db.prepare('DELETE FROM alert_transition WHERE alert_id = ?').run(id)
      this.db.prepare('DELETE FROM alert WHERE id = ?').run(id)
    }
    return ids.length === rowsMax
  }

  forget(clusterId: string): void {
    this.db.prepare('DELETE FROM alert_transition WHERE alert_id IN (SELECT id FROM alert WHERE cluster_id = ?)').run(clusterId)
  }
}
