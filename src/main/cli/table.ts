/** One round of observations for a person at a terminal. */
import { isUnknown, type ClusterMoment, type Measured, type NodeObservation, type Position } from '../../core/observation'
import { say, type ClusterDerivation } from '../../core/observe'
import type { ClusterIdentity } from './public-json'

/** How an unknown quantity is typeset everywhere. */
const UNKNOWN = '?'
const show = <Value>(value: Measured<Value>, text: (value: Value) => string): string => (isUnknown(value) ? UNKNOWN : text(value))
const position = (place: Measured<Position>): string => show(place, ({ value }) => value.toString())

/** Decimal units, one place after the point. */
export function size(bytes: Measured<bigint>): string {
  return show(bytes, (count) => {
    if (count < 10_000n) return `${count.toString()} B`
    return count < 1_000_000n ? `${(Number(count) / 1_000).toFixed(1)} kB` : `${(Number(count / 1_000n) / 1_000).toFixed(1)} MB`
  })
}

/** Columns padded to their widest cell; the last is left ragged. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, [...cell].length)
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ').trimEnd()).join('\n')
}

const HEADINGS = ['NODE', 'ENDPOINT', 'ANSWER', 'RTT', 'ROLE', 'LEADER', 'EPOCH', 'COMMITTED', 'APPLIED', 'STORAGE', 'VERSION']

function rowOf(observation: NodeObservation, nameOf: (id: string) => string): readonly string[] {
  const group = observation.groups[0]
  const { reachability, rttMs, name, source, storage, version } = observation
  if (reachability !== 'ok' || group === undefined) return [name, source.endpoint, reachability, ...HEADINGS.slice(3).map(() => UNKNOWN)]
  return [
    name, source.endpoint, reachability, show(rttMs, (ms) => `${ms.toFixed(1)} ms`), show(group.role, (role) => role),
    show(group.leaderId, (id) => (id === null ? 'none' : nameOf(id))), show(group.fence, ({ kind, value, label }) => `${say({ key: `fence.${kind}`, parameters: {} })} ${label ?? value.toString()}`),
    position(group.log.committed), position(group.log.applied), size(storage.usedBytes), show(version, (text) => text),
  ]
}

function lagLines(derivation: ClusterDerivation, nameOf: (id: string) => string): string[] {
  return derivation.lag.map((lag) => {
    const entries = show(lag.entries, (count) => `${count.toString()} ${count === 1n ? 'entry' : 'entries'} behind`)
    return `  ${lag.name}: ${entries === UNKNOWN ? 'lag not known' : entries} (${lag.stage}, as told by ${nameOf(lag.by)})`
  })
}

export function observationTable(cluster: ClusterIdentity, moment: ClusterMoment, derivation: ClusterDerivation): string {
  const names = new Map([...moment.expected,
    ...moment.observations.map((each) => ({ id: each.nodeId, name: each.name }))].map(({ id, name }) => [id, name]))
  const nameOf = (id: string): string => names.get(id) ?? id
  const lines = [`${cluster.name} (${cluster.engine})`, say(derivation.sentence), '']
  const byName = [...moment.observations].sort((a, b) => (a.name < b.name ? -1 : 1))
  lines.push(columns([HEADINGS, ...byName.map((each) => rowOf(each, nameOf))]))
  const silent = byName.filter((each) => each.reason !== undefined)
  if (silent.length > 0) lines.push('', ...silent.map((each) => `  ${each.name}: ${each.reason ?? ''}`))
  if (derivation.lag.length > 0) lines.push('', 'Replication', ...lagLines(derivation, nameOf))
  const alarms = moment.observations.flatMap((each) => each.alarms.map((alarm) => `  ${each.name}: ${alarm.code}: ${alarm.text}`))
  if (alarms.length > 0) lines.push('', 'Alarms', ...alarms)
  if (derivation.disagreements.length > 0) {
    lines.push('', 'Disagreements')
    for (const { about, views } of derivation.disagreements) {
      lines.push(`  ${about}: ${views.map(({ value, nodeIds }) => `${nameOf(value)} (${nodeIds.map(nameOf).join(', ')})`).join(' · ')}`)
    }
  }
  if (derivation.issues.length > 0) lines.push('', 'Issues', ...derivation.issues.map((issue) => `  ${issue.severity}: ${say(issue.sentence)}`))
  return lines.join('\n')
}
