/** The options of a local cluster as a table: who runs with what, what is usual, and how each changes. Pure. */
import { DEFAULT_PROTOCOL_OPTIONS, type ProtocolOptions } from '../../../../contract/agent'
import type { ProtocolName } from '../../../../core/machine'
import { OPTION_CHANGES, type OptionsRollout, type SandboxState } from '../../../../contract/sandbox'

export type OptionValue =
  | { readonly kind: 'reads'; readonly value: ProtocolOptions['reads'] }
  | { readonly kind: 'switch'; readonly value: boolean }
  | { readonly kind: 'names'; readonly value: readonly string[] }
  | { readonly kind: 'entries' | 'bytes' | 'milliseconds'; readonly value: number }
  | { readonly kind: 'range'; readonly fromMs: number; readonly toMs: number }

export type InForce =
  | { readonly kind: 'all'; readonly value: OptionValue }
  /** Members run with different values, as they do while a change is under way. */
  | { readonly kind: 'differs'; readonly views: readonly { readonly value: OptionValue; readonly nodeIds: readonly string[] }[] }
  | { readonly kind: 'unknown'; readonly why: 'stopped' | 'not-reported' | 'past' }

type OptionKey = 'reads' | 'forwarding' | 'prefer' | 'tentative' | 'snapshotAfterEntries' | 'snapshotAfterBytes' | 'trailingEntries' | 'electionTimeout' | 'timeoutUnit' | 'heartbeat' | 'checkpointInterval' | 'signedCommands'

export interface OptionRow {
  readonly key: OptionKey
  readonly inForce: InForce
  readonly isDefault: boolean
  /** The default, where something else is in force; null elsewhere. */
  readonly usual: OptionValue | null
  /** What is remembered, where not every member that runs has it; null elsewhere. */
  readonly next: OptionValue | null
  readonly change: 'rolling' | 'stopped' | 'fixed'
}

const KEYS = ['reads', 'forwarding', 'snapshotAfterEntries', 'snapshotAfterBytes', 'trailingEntries'] as const
type Key = (typeof KEYS)[number] | 'prefer' | 'tentative'
const KEYS_OF: Readonly<Record<ProtocolName, readonly Key[]>> = { raft: [...KEYS, 'prefer'], paxos: KEYS, pbft: ['tentative'] }

function valueOf({ reads, forwarding, prefer = [], tentative, snapshot }: ProtocolOptions, key: Key): OptionValue {
  switch (key) {
    case 'reads': return { kind: 'reads', value: reads }
    case 'forwarding': return { kind: 'switch', value: forwarding }
    case 'prefer': return { kind: 'names', value: prefer }
    case 'tentative': return { kind: 'switch', value: tentative === true }
    case 'snapshotAfterEntries': return { kind: 'entries', value: snapshot.afterEntries }
    case 'snapshotAfterBytes': return { kind: 'bytes', value: snapshot.afterBytes }
    case 'trailingEntries': return { kind: 'entries', value: snapshot.trailingEntries }
  }
}

const same = (left: OptionValue, right: OptionValue): boolean => JSON.stringify(left) === JSON.stringify(right)

function inForceOf(nodes: SandboxState['nodes'], key: Key): InForce {
  const views: { value: OptionValue; nodeIds: string[] }[] = []
  for (const { nodeId, runsWith } of nodes) {
    if (runsWith === null) continue
    const value = valueOf(runsWith, key)
    const view = views.find((each) => same(each.value, value))
    if (view) view.nodeIds.push(nodeId)
    else views.push({ value, nodeIds: [nodeId] })
  }
  const [first] = views
  if (first === undefined) return { kind: 'unknown', why: 'stopped' }
  return views.length === 1 ? { kind: 'all', value: first.value } : { kind: 'differs', views }
}

function chosenRow({ nodes, options }: SandboxState, key: Key): OptionRow {
  const inForce = inForceOf(nodes, key)
  const remembered = valueOf(options, key)
  const usual = valueOf(DEFAULT_PROTOCOL_OPTIONS, key)
  const isDefault = inForce.kind === 'all' && same(inForce.value, usual)
  return {
    key, inForce, isDefault, usual: inForce.kind === 'all' && !isDefault ? usual : null,
    next: inForce.kind === 'all' && same(inForce.value, remembered) ? null : remembered,
    change: key === 'snapshotAfterBytes' || key === 'trailingEntries' ? 'fixed' : OPTION_CHANGES[key],
  }
}

/** The same for every member of every local cluster, and for good. */
function fixedRow(key: OptionKey, value: OptionValue | null, runs: boolean): OptionRow {
  const inForce: InForce = value === null ? { kind: 'unknown', why: 'not-reported' } : runs ? { kind: 'all', value } : { kind: 'unknown', why: 'stopped' }
  return { key, inForce, isDefault: inForce.kind === 'all', usual: null, next: runs ? null : value, change: 'fixed' }
}

/** Clusters that were created before clients signed go on without. */
function signingRow({ clientKeyFile }: SandboxState, runs: boolean): OptionRow {
  const row = fixedRow('signedCommands', { kind: 'switch', value: clientKeyFile !== undefined }, runs)
  return clientKeyFile === undefined && runs ? { ...row, isDefault: false, usual: { kind: 'switch', value: true } } : row
}

/** `isLive` false: the past is shown, of which the options are not recorded. */
export function optionRows(state: SandboxState, isLive: boolean): readonly OptionRow[] {
  const { protocol, nodes, timing: { tickMs, electionTicks, heartbeatTicks } } = state
  const runs = nodes.some(({ pid }) => pid !== null)
  const electionMs = electionTicks * tickMs
  const rows = protocol === 'pbft'
    ? [chosenRow(state, 'tentative'), signingRow(state, runs), fixedRow('checkpointInterval', null, runs), fixedRow('timeoutUnit', { kind: 'milliseconds', value: electionMs }, runs)]
    : [...KEYS_OF[protocol].map((key) => chosenRow(state, key)), fixedRow('electionTimeout', { kind: 'range', fromMs: electionMs, toMs: 2 * electionMs }, runs)]
  const all = [...rows, fixedRow('heartbeat', { kind: 'milliseconds', value: heartbeatTicks * tickMs }, runs)]
  return isLive ? all : all.map((row) => ({ ...row, inForce: { kind: 'unknown', why: 'past' }, isDefault: false, usual: null, next: null }))
}

/** Members that run with older values than are remembered. */
export function outdatedIn({ protocol, nodes, options }: SandboxState): readonly string[] {
  return nodes.flatMap(({ nodeId, runsWith }) => (runsWith === null || KEYS_OF[protocol].every((key) => same(valueOf(runsWith, key), valueOf(options, key))) ? [] : [nodeId]))
}

export const isUnderWay = (rollout: OptionsRollout | null): boolean => rollout?.phase === 'running' || rollout?.phase === 'cancelling'

export const doneIn = ({ steps }: OptionsRollout): number => steps.filter(({ step }) => step === 'done').length
