/** `quorate sandbox options`: what the members of a local cluster run with, and how that is changed. */
import { Command, Option } from 'commander'
import { DEFAULT_PROTOCOL_OPTIONS, type ProtocolOptions } from '../../contract/agent'
import type { ClusterInfo } from '../../contract/clusters'
import { OPTION_CHANGES, OPTION_NOTATION, OPTIONS_OF, PROTOCOL_NAMES, type OptionChange, type OptionsPlan, type OptionsRollout, type SandboxOptionName, type SandboxProtocolOptions, type SandboxState } from '../../contract/sandbox'
import { fail, ok, type Result } from '../../core/base'
import type { ConsoleConnection } from '../console/control'
import { EXIT, EXIT_CODES_HELP } from './exit-codes'
import { dataOption, type Finish } from './fault-command'
import { failed, printed, type Outcome } from './outcome'
import { parseProtocolOptions } from './protocol-options'
import { onCluster } from './sandbox'
import { columns } from './table'

interface Given {
  readonly data: string
  readonly set?: readonly string[]
  readonly dryRun?: boolean
  readonly continue?: boolean
  readonly cancel?: boolean
}

const HOW = { rolling: 'members are restarted one at a time', stopped: 'while the cluster is stopped' } as const
const LOOK_MS = 200

/** `reads=lease`, `forwarding=on`, `snapshot-after=5000`, `prefer=n2,n1`, as they were typed. */
export function parseAssignments(assignments: readonly string[]): Result<SandboxProtocolOptions, 'usage'> {
  let options: SandboxProtocolOptions = {}
  for (const text of assignments) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? []
    const given = key === 'reads' && (value === 'index' || value === 'lease') ? { reads: value } as const
      : key === 'forwarding' && (value === 'on' || value === 'off') ? { forwarding: value === 'on' }
        : key === 'tentative' && (value === 'on' || value === 'off') ? { tentative: value === 'on' }
          : key === 'prefer' && text.includes('=') ? { prefer: value }
            : key === 'snapshot-after' ? { snapshotAfter: value } : null
    if (given === null) return fail('usage', `${text} sets no option.`, 'Give reads=index|lease, forwarding=on|off or snapshot-after=<entries>; of Raft prefer=<members>; of PBFT tentative=on|off.')
    const parsed = parseProtocolOptions('tentative' in given ? 'pbft' : 'raft', given)
    if (!parsed.ok) return parsed
    options = { ...options, ...parsed.value }
  }
  return ok(options)
}

export function optionsCommand(fallback: string, finish: Finish): Command {
  return new Command('options').description('what the members run with; with --set, change it')
    .argument('[name]', 'name or id of the cluster (needed where there are several)')
    .addOption(new Option('--set <option=value...>', 'options to change: reads, forwarding, snapshot-after; of Raft: prefer; of PBFT: tentative'))
    .option('--dry-run', 'with --set: say what would happen, and change nothing')
    .addOption(new Option('--continue', 'go on with a change that stopped or was cancelled').conflicts(['set', 'cancel']))
    .addOption(new Option('--cancel', 'restart no further member').conflicts('set'))
    .addOption(dataOption(fallback))
    .action(async (name: string | undefined, given: Given) => { finish(await options(name, given)) })
    .addHelpText('after', `
A running cluster restarts its members one at a time, each only while the others keep their quorum without it, and the next only once it has
caught up. The console does this: ending the command does not end the change; --cancel does. How reads are answered changes while the cluster is stopped.

prefer (Raft) names who leads rather than others, the first choice first; prefer= names nobody. The others wait longer before they stand for election,
and leadership is handed to the first one that can lead once the cluster was started or all members were restarted. A preferred member that comes
back later does not take it by itself: it stays where it is until the next election or hand-over.

Examples:
  $ quorate sandbox options demo
  $ quorate sandbox options demo --set snapshot-after=5000 forwarding=on --dry-run
  $ quorate sandbox options demo --set snapshot-after=5000 forwarding=on
  $ quorate sandbox options demo --set prefer=n2,n1
  $ quorate sandbox down demo && quorate sandbox options demo --set reads=lease
${EXIT_CODES_HELP}`)
}

async function options(name: string | undefined, { data, set, dryRun, continue: goesOn, cancel }: Given): Promise<Outcome> {
  const parsed = parseAssignments(set ?? [])
  if (!parsed.ok) return failed(parsed.error)
  return onCluster(data, name, async (connection, info) => {
    if (cancel === true) {
      const cancelled = await connection.call('sandbox.cancelOptions', { clusterId: info.id })
      return cancelled.ok ? untilEnded(connection, info) : failed(cancelled.error)
    }
    if (set === undefined && goesOn !== true) return described(connection, info)
    return dryRun === true ? planned(connection, info, parsed.value) : changed(connection, info, parsed.value)
  })
}

function valueOf(runsWith: ProtocolOptions, option: SandboxOptionName): string {
  switch (option) {
    case 'reads': return runsWith.reads
    case 'forwarding': return runsWith.forwarding ? 'on' : 'off'
    case 'tentative': return runsWith.tentative === true ? 'on' : 'off'
    case 'prefer': return said(runsWith.prefer ?? [])
    case 'snapshotAfterEntries': return `${String(runsWith.snapshot.afterEntries)} entries`
  }
}

/** Who runs with what: one value where all agree. */
function inForce({ nodes }: SandboxState, option: SandboxOptionName): string {
  const views = new Map<string, string[]>()
  for (const { nodeId, runsWith } of nodes) {
    if (runsWith === null) continue
    const value = valueOf(runsWith, option)
    views.set(value, [...(views.get(value) ?? []), nodeId])
  }
  if (views.size <= 1) return [...views.keys()][0] ?? '? (no process runs)'
  return [...views].map(([value, nodeIds]) => `${value} (${nodeIds.join(', ')})`).join(' · ')
}

export function describeOptions(info: Pick<ClusterInfo, 'name' | 'id'>, state: SandboxState, usual: ProtocolOptions): string {
  const heading = `${info.name} (${info.id}, ${PROTOCOL_NAMES[state.protocol]}): ${state.phase}`
  const { options: next } = state
  const rows = OPTIONS_OF[state.protocol].map((option) => [`  ${OPTION_NOTATION[option]}`, inForce(state, option), valueOf(next, option), valueOf(usual, option), HOW[OPTION_CHANGES[option]]])
  return [heading, columns([['  OPTION', 'IN FORCE', 'FROM THE NEXT START', 'DEFAULT', 'CHANGES'], ...rows]), ...(state.rollout === null ? [] : [describeRollout(state.rollout)])].join('\n')
}

const PHASES: Readonly<Record<OptionsRollout['phase'], string>> = {
  running: 'is under way', cancelling: 'is being cancelled', done: 'is done', cancelled: 'was cancelled', failed: 'stopped',
}

function describeRollout({ phase, steps, failure }: OptionsRollout): string {
  const at = steps.map(({ nodeId, step }) => `${nodeId} ${step}`).join(', ')
  return `The last change ${PHASES[phase]}: ${at}${failure === null ? '' : `\n  ${failure.message}\n  What to do: ${failure.hint ?? 'Look at the members.'}`}`
}

async function described(connection: ConsoleConnection, info: ClusterInfo, exitCode: Outcome['exitCode'] = EXIT.ok): Promise<Outcome> {
  const state = await connection.call('sandbox.state', { clusterId: info.id })
  return state.ok ? printed(describeOptions(info, state.value, DEFAULT_PROTOCOL_OPTIONS), exitCode) : failed(state.error)
}

export function describePlan({ changes, restarts, later, canLose, refused }: OptionsPlan): string {
  return [
    ...(changes.length === 0 ? ['No option changes its value.'] : changes.map(({ option, from, to }) => `${OPTION_NOTATION[option]}: ${said(from)} → ${said(to)}`)),
    restarts.length === 0 ? 'No member is restarted.' : `Restarted one at a time: ${restarts.map(({ nodeId, leads }) => (leads ? `${nodeId} (hands leadership on first)` : nodeId)).join(', ')}.`,
    ...(canLose === null ? [] : [`Voters that may fail now: ${String(canLose)}; while one is restarted: ${String(Math.max(0, canLose - 1))}.`]),
    ...(later.length === 0 ? [] : [`Down now, and with the new values once started: ${later.join(', ')}.`]),
    ...(refused === null ? [] : [`It would be refused: ${refused.message}`, `  What to do: ${refused.hint ?? ''}`]),
  ].join('\n')
}

function said(value: OptionChange['from']): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'object' && value.length === 0 ? 'nobody' : String(value)
}

async function planned(connection: ConsoleConnection, info: ClusterInfo, wanted: SandboxProtocolOptions): Promise<Outcome> {
  const plan = await connection.call('sandbox.planOptions', { clusterId: info.id, options: wanted })
  return plan.ok ? printed(describePlan(plan.value), plan.value.refused === null ? EXIT.ok : EXIT.failed) : failed(plan.error)
}

async function changed(connection: ConsoleConnection, info: ClusterInfo, wanted: SandboxProtocolOptions): Promise<Outcome> {
  const set = await connection.call('sandbox.setOptions', { clusterId: info.id, options: wanted })
  if (!set.ok) return failed(set.error)
  return set.value.restarts.length === 0 ? described(connection, info) : untilEnded(connection, info)
}

/** Each of its steps has a limit of its own in the console. */
async function untilEnded(connection: ConsoleConnection, info: ClusterInfo): Promise<Outcome> {
  for (;;) {
    const state = await connection.call('sandbox.state', { clusterId: info.id })
    if (!state.ok) return failed(state.error)
    const { rollout } = state.value
    if (rollout === null || rollout.phase === 'done' || rollout.phase === 'cancelled') return described(connection, info)
    if (rollout.phase === 'failed') return failed(rollout.failure ?? { code: 'start-failed', message: 'The change of the options stopped.' })
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
