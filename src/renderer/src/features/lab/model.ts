/** Faults and load as the forms edit them, and as the contract takes them. Pure. */
import type { FaultInForce, LinkFault, PartitionFault } from '../../../../contract/sandbox'
import type { LoadSample, LoadSettings } from '../../../../contract/load'
import type { ChartSeries } from '../../composables/charts/points'

/** What a press on the drawing does. */
export type Tool = 'aim' | 'cutOne' | 'cutBoth' | 'partition'

export interface LinkDraft {
  readonly from: string
  readonly to: string
  readonly bothWays: boolean
  readonly cut: boolean
  readonly latencyMs: number
  readonly jitterMs: number
  /** Percent. */
  readonly lossPercent: number
  /** Kilobytes a second; null: no limit. */
  readonly kilobytesPerSecond: number | null
}

export const NO_FAULT: Omit<LinkDraft, 'from' | 'to'> = { bothWays: true, cut: false, latencyMs: 0, jitterMs: 0, lossPercent: 0, kilobytesPerSecond: null }

export function linkFaultOf(draft: LinkDraft): LinkFault {
  return {
    kind: 'link', from: draft.from, to: draft.to, bothWays: draft.bothWays, cut: draft.cut, latencyMs: draft.cut ? 0 : draft.latencyMs,
    jitterMs: draft.cut ? 0 : draft.jitterMs, loss: draft.cut ? 0 : draft.lossPercent / 100,
    bytesPerSecondMax: draft.cut || draft.kilobytesPerSecond === null ? null : Math.max(1_000, Math.round(draft.kilobytesPerSecond * 1_000)),
  }
}

/** A fault that would change nothing is not worth asking for. */
export function doesSomething(draft: LinkDraft): boolean {
  return draft.from !== draft.to && (draft.cut || draft.latencyMs > 0 || draft.jitterMs > 0 || draft.lossPercent > 0 || draft.kilobytesPerSecond !== null)
}

export const GROUPS_MAX = 7

/** Which side of a partition each member is on; groups are counted from 0. */
export type Assignment = ReadonlyMap<string, number>

export function wholeAssignment(nodeIds: readonly string[]): Assignment {
  return new Map(nodeIds.map((id) => [id, 0]))
}

export function assignmentOf(groups: readonly (readonly string[])[]): Assignment {
  return new Map(groups.flatMap((group, index) => group.map((id) => [id, index] as const)))
}

export function moved(assignment: Assignment, nodeId: string, group: number): Assignment {
  return new Map([...assignment, [nodeId, Math.max(0, Math.min(GROUPS_MAX - 1, group))]])
}

export function groupsOf(assignment: Assignment): readonly (readonly string[])[] {
  const groups: string[][] = []
  for (const [id, group] of assignment) (groups[group] ??= []).push(id)
  return groups.filter((group) => group !== undefined && group.length > 0)
}

/** null where everyone is on one side. */
export function partitionOf(assignment: Assignment): PartitionFault | null {
  const groups = groupsOf(assignment)
  return groups.length < 2 ? null : { kind: 'partition', groups: groups.map((group) => [...group]) }
}

/** Which group can still decide: the one that holds a quorum of `needed` voters, or none. */
export function decidingGroup(groups: readonly (readonly string[])[], needed: number): number | null {
  const index = groups.findIndex((group) => group.length >= needed)
  return index === -1 ? null : index
}

export interface FaultText {
  readonly key: string
  readonly parameters: Readonly<Record<string, string | number>>
}

/** A fault in words: message keys with parameters, one per thing it does. */
export function faultTexts({ fault }: FaultInForce, nameOf: (id: string) => string): readonly FaultText[] {
  if (fault.kind === 'partition') return [{ key: 'partition', parameters: { groups: fault.groups.map((group) => group.map(nameOf).join(' ')).join('  ┆  ') } }]
  if (fault.kind === 'lying') return [{ key: `lying.${fault.lie}`, parameters: { node: nameOf(fault.nodeId) } }]
  if (fault.kind !== 'link') return [{ key: fault.kind, parameters: { node: nameOf(fault.nodeId) } }]
  const ends = { from: nameOf(fault.from), to: nameOf(fault.to) }
  const texts: FaultText[] = [{ key: fault.bothWays ? 'linkBoth' : 'linkOne', parameters: ends }]
  if (fault.cut) return [...texts, { key: 'cut', parameters: {} }]
  if (fault.latencyMs > 0 || fault.jitterMs > 0) texts.push({ key: fault.jitterMs > 0 ? 'latencyJitter' : 'latency', parameters: { ms: fault.latencyMs, jitter: fault.jitterMs } })
  if (fault.loss > 0) texts.push({ key: 'loss', parameters: { percent: Math.round(fault.loss * 1000) / 10 } })
  if (fault.bytesPerSecondMax !== null) texts.push({ key: 'bandwidth', parameters: { kilobytes: Math.round(fault.bytesPerSecondMax / 1000) } })
  return texts
}

const perSecond = (count: number, sample: LoadSample): number => (count * 1000) / Math.max(1, sample.intervalMs)

export interface LoadCharts {
  readonly throughput: readonly ChartSeries[]
  readonly latency: readonly ChartSeries[]
  readonly trouble: readonly ChartSeries[]
}

/** An interval in which nothing completed has a throughput of 0, measured, and no latency at all. */
export function loadCharts(samples: readonly LoadSample[], labels: Readonly<Record<'completed' | 'p50' | 'p99' | 'errors' | 'unknown', string>>): LoadCharts {
  const line = (id: string, label: string, colour: number, value: (sample: LoadSample) => number | null, dashed = false): ChartSeries => ({
    id, label, colour, dashed, points: samples.map((sample) => ({ x: sample.atMs, y: value(sample) ?? Number.NaN })),
  })
  return {
    throughput: [line('completed', labels.completed, 1, (sample) => perSecond(sample.completed, sample))],
    latency: [line('p50', labels.p50, 3, (sample) => sample.p50Ms), line('p99', labels.p99, 4, (sample) => sample.p99Ms, true)],
    trouble: [line('errors', labels.errors, 6, (sample) => perSecond(sample.errors, sample)), line('unknown', labels.unknown, 2, (sample) => perSecond(sample.unknownOutcomes, sample), true)],
  }
}

export interface LoadDraft {
  readonly unlimited: boolean
  readonly ratePerSecond: number
  readonly valueBytes: number
  readonly readPercent: number
  readonly clients: number
}

export function loadDraftOf(settings: LoadSettings): LoadDraft {
  return { unlimited: settings.ratePerSecond === null, ratePerSecond: settings.ratePerSecond ?? 200, valueBytes: settings.valueBytes, readPercent: Math.round(settings.readShare * 100), clients: settings.clients }
}

export function loadSettingsOf(draft: LoadDraft): LoadSettings {
  return { ratePerSecond: draft.unlimited ? null : draft.ratePerSecond, valueBytes: draft.valueBytes, readShare: draft.readPercent / 100, clients: draft.clients }
}
