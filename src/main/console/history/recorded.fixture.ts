/** Temporary folders and observations for the tests of this folder. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventFilter } from '../../../contract/history'
import { present } from '../../../core/base'
import type { NodeObservation, Role } from '../../../core/observation'
import { unknown } from '../../../core/observation'
import type { History, HistoryOptions } from './history'
import { openHistory } from './history'

export const START = 1_700_000_000_000
export const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined }
export const ALL_EVENTS: EventFilter = { clusterId: null, nodeIds: [], kinds: [], severities: [], text: '', fromMs: null, toMs: null }

export interface Scratch {
  readonly folder: string
  readonly file: string
  readonly clock: { nowMs: number }
  open(options?: Partial<HistoryOptions>): History
  dispose(): void
}

export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-history-'))
  const file = join(folder, 'history.db')
  const clock = { nowMs: START }
  const opened: History[] = []
  return {
    folder, file, clock,
    open: (options = {}) => {
      const result = openHistory({ file, now: () => clock.nowMs, log: QUIET, flushEveryMs: null, ...options })
      const history = present(result.ok ? result.value : null, 'the database module loads here')
      opened.push(history)
      return history
    },
    dispose: () => {
      for (const history of opened) history.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Said {
  readonly role?: Role
  readonly term?: number
  readonly index?: number
  readonly rttMs?: number
  readonly reachability?: NodeObservation['reachability']
}

export function observed(nodeId: string, atMs: number, { role = 'follower', term = 1, index = 10, rttMs = 1.25, reachability = 'ok' }: Said = {}): NodeObservation {
  const at = { unit: 'entries' as const, lineage: 'c1', value: BigInt(index) }
  const group = {
    groupId: 'main', role, fence: { kind: 'raft-term' as const, value: BigInt(term) }, leaderId: 'n1',
    members: ['n1', 'n2', 'n3'].map((id) => ({ id, name: id, address: `${id}:1`, voter: true })),
    log: { firstAvailable: at, last: at, persisted: at, committed: at, applied: at }, peers: [],
  }
  return {
    clusterId: 'c1', nodeId, name: nodeId, atMs, rttMs, source: { endpoint: `${nodeId}:1`, path: 'process' }, reachability,
    groups: reachability === 'ok' ? [group] : [], links: [], alarms: [], version: '1.0',
    storage: { usedBytes: 4_096n, inUseBytes: unknown('not-reported'), quotaBytes: unknown('not-supported') }, extras: { revision: 5n },
  }
}
