/** `quorate sandbox fault …` */
import { Command, Option } from 'commander'
import type { LinkFault } from '../../contract/sandbox'
import type { Result } from '../../core/base'
import { EXIT_CODES_HELP } from './exit-codes'
import { failed, type Outcome } from './outcome'
import { parseBandwidth, parseGroups, parseMilliseconds, parseShare } from './quantities'
import { addFault, heal, nodeAction, type NodeAction } from './sandbox'

export interface SandboxOptions {
  readonly data: string
  readonly cluster?: string
}

export type Finish = (outcome: Outcome) => void

const NODE_ACTIONS: readonly (readonly [NodeAction, string])[] = [
  ['kill', 'end its process with SIGKILL, as a power cut would'],
  ['stop', 'let it finish and end'],
  ['start', 'start it again'],
  ['restart', 'stop it and start it again'],
  ['pause', 'freeze it with SIGSTOP: it holds its connections and says nothing'],
  ['resume', 'let a paused node go on'],
]

const UNHARMED: Omit<LinkFault, 'from' | 'to'> = { kind: 'link', bothWays: true, cut: false, latencyMs: 0, jitterMs: 0, loss: 0,
  bytesPerSecondMax: null }

interface SlowOptions extends SandboxOptions {
  readonly latency?: string
  readonly jitter?: string
  readonly loss?: string
  readonly bandwidth?: string
  readonly oneWay?: boolean
}

/** What `slow` does to a link, from its options as they were written. */
export function slowLink(from: string, to: string, options: Omit<SlowOptions, 'data' | 'cluster'>): Result<LinkFault, 'usage'> {
  const { latency, jitter, loss, bandwidth, oneWay } = options
  const fault = { ...UNHARMED, from, to, bothWays: oneWay !== true }
  const parts = [
    ['latencyMs', latency, parseMilliseconds], ['jitterMs', jitter, parseMilliseconds], ['loss', loss, parseShare],
    ['bytesPerSecondMax', bandwidth, parseBandwidth],
  ] as const
  if (parts.every(([, text]) => text === undefined)) {
    return { ok: false, error: { code: 'usage', message: 'Nothing is said of how to slow the link.',
      hint: 'Give --latency, --jitter, --loss or --bandwidth.' } }
  }
  const change: Partial<Record<(typeof parts)[number][0], number>> = {}
  for (const [name, text, parse] of parts) {
    if (text === undefined) continue
    const value = parse(text)
    if (!value.ok) return value
    change[name] = value.value
  }
  return { ok: true, value: { ...fault, ...change } }
}

export const dataOption = (fallback: string): Option => new Option('--data <dir>', 'data directory of the console').default(fallback)
export const clusterOption = (): Option => new Option('--cluster <name>', 'which local cluster, by name or id (needed where there are several)')

export function faultCommand(fallback: string, finish: Finish): Command {
  const fault = new Command('fault').description('put a fault in force, or undo it')
  const sub = (name: string, description: string): Command =>
    fault.command(name).description(description).addOption(clusterOption()).addOption(dataOption(fallback))
  for (const [action, description] of NODE_ACTIONS) {
    sub(action, description).argument('<node>', 'for example n1')
      .action(async (node: string, options: SandboxOptions) => { finish(await nodeAction(options.data, options.cluster, node, action)) })
  }
  sub('cut', 'stop all traffic between two nodes').argument('<a>').argument('<b>').option('--one-way', 'only from a to b')
    .action(async (from: string, to: string, options: SandboxOptions & { oneWay?: boolean }) => {
      finish(await addFault(options.data, options.cluster, { ...UNHARMED, from, to, cut: true, bothWays: options.oneWay !== true }))
    })
  sub('partition', 'part the nodes into groups that do not hear each other').argument('<groups>',
    'for example n1,n2/n3; a node named in no group is alone')
    .action(async (text: string, options: SandboxOptions) => {
      const groups = parseGroups(text)
      finish(groups.ok ? await addFault(options.data, options.cluster, { kind: 'partition', groups: groups.value }) : failed(groups.error))
    })
  sub('slow', 'slow a link down, or lose messages on it').argument('<a>').argument('<b>')
    .option('--latency <time>', 'added to each message, for example 150ms').option('--jitter <time>', 'at most so much more or less')
    .option('--loss <share>', 'share of messages lost, for example 10%')
    .option('--bandwidth <bytes>', 'bytes a second at most, for example 64k').option('--one-way', 'only from a to b')
    .action(async (from: string, to: string, options: SlowOptions) => {
      const link = slowLink(from, to, options)
      finish(link.ok ? await addFault(options.data, options.cluster, link.value) : failed(link.error))
    })
  sub('heal', 'undo one fault, or all of them').argument('[fault]', 'id of a fault, as `quorate sandbox status` shows it')
    .action(async (id: string | undefined, options: SandboxOptions) => { finish(await heal(options.data, options.cluster, id)) })
  return fault.addHelpText('after', `
Examples:
  $ quorate sandbox fault kill n2
  $ quorate sandbox fault cut n1 n3 --one-way
  $ quorate sandbox fault partition n1,n2/n3
  $ quorate sandbox fault slow n1 n2 --latency 150ms --jitter 50ms --loss 5%
  $ quorate sandbox fault heal
${EXIT_CODES_HELP}`)
}
