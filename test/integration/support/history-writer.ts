/**
 * Writes to a history as fast as it can until it is killed, and says on standard output what it was told is on the disk: one
 * line per event ("event <n>") and per flush of observations ("seen <index>").
 */
import { writeSync } from 'node:fs'
import type { NodeObservation } from '../../../src/core/observation'
import { openHistory } from '../../../src/main/console/history'

const [file = '', from = '0'] = process.argv.slice(2)
const log = { info: () => undefined, warn: () => undefined, error: (text: string) => process.stderr.write(`${text}\n`) }
const opened = openHistory({ file, now: () => Date.now(), log, flushEveryMs: null })
if (!opened.ok) throw new Error(opened.error.message)
const history = opened.value
const none = { unknown: 'not-reported' } as const

function observed(index: number): NodeObservation {
  const at = { unit: 'entries', lineage: 'c1', value: BigInt(index) } as const
  return {
    clusterId: 'c1', nodeId: 'n1', name: 'n1', atMs: index, rttMs: index % 5, source: { endpoint: '', path: 'process' }, reachability: 'ok',
    groups: [{
      groupId: 'main', role: 'leader', fence: { kind: 'raft-term', value: BigInt(Math.floor(index / 50)) }, leaderId: 'n1', members: [],
      log: { firstAvailable: none, last: at, persisted: none, committed: at, applied: at }, peers: [],
    }],
    links: [], alarms: [], version: '1', storage: { usedBytes: none, inUseBytes: none, quotaBytes: none }, extras: {},
  }
}

for (let index = Number(from); ; index += 1) {
  history.record(observed(index))
  history.recordSamples('c1', [{ nodeId: 'n1', metric: 'load-p50-ms', atMs: index, value: Math.sin(index) }])
  if (index % 7 === 0) {
    history.recordEvents([{ atMs: index, clusterId: 'c1', nodeId: 'n1', kind: 'node-up', severity: 'info', sentence: { key: 'event.node-up', parameters: { name: `n${index}` } } }])
    writeSync(1, `event ${index}\n`)
  }
  if (index % 20 === 0) {
    history.tick()
    writeSync(1, `seen ${index}\n`)
  }
}
