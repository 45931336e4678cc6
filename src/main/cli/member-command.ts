/** `quorate sandbox lie`, `member`, `transfer` and `recover`: what the members are made to do, and who they are. */
import { Command, Argument, Option } from 'commander'
import { BEHAVIOURS, type Behaviour } from '../../contract/agent'
import type { SandboxMemberChange } from '../../contract/sandbox'
import type { ClusterInfo } from '../../contract/clusters'
import type { ConsoleConnection } from '../console/control'
import { EXIT_CODES_HELP } from './exit-codes'
import { clusterOption, dataOption, type Finish, type SandboxOptions } from './fault-command'
import { failed, printed, type Outcome } from './outcome'
import { describeAfter, onCluster, unknownNode } from './sandbox'

const LOOK_MS = 200

export function memberCommands(fallback: string, finish: Finish): readonly Command[] {
  return [lieCommand(fallback, finish), memberCommand(fallback, finish), transferCommand(fallback, finish), recoverCommand(fallback, finish)]
}

function lieCommand(fallback: string, finish: Finish): Command {
  return new Command('lie').description('make a member of a PBFT cluster lie to the others, or be honest again')
    .argument('<cluster>', 'name or id').argument('<node>', 'for example n1').addArgument(new Argument('<behaviour>', 'what it does').choices(BEHAVIOURS))
    .addOption(dataOption(fallback))
    .action(async (cluster: string, node: string, behaviour: Behaviour, options: SandboxOptions) => { finish(await lie(options.data, cluster, node, behaviour)) })
    .addHelpText('after', `
equivocate tells different members different things, forge signs and answers what is not so, silent takes part in nothing.

Examples:
  $ quorate sandbox lie generals n1 equivocate
  $ quorate sandbox lie generals n1 honest
${EXIT_CODES_HELP}`)
}

async function lie(dataDirectory: string, cluster: string, nodeId: string, behaviour: Behaviour): Promise<Outcome> {
  return onCluster(dataDirectory, cluster, async (connection, info) => {
    const wrong = await unknownNode(connection, info, [nodeId])
    if (wrong !== null) return wrong
    const done = await connection.call('sandbox.lie', { clusterId: info.id, nodeId, behaviour })
    return done.ok ? describeAfter(connection, info) : failed(done.error)
  })
}

function memberCommand(fallback: string, finish: Finish): Command {
  const member = new Command('member').description('add, remove, replace or promote a member of a Raft or Paxos cluster')
  const sub = (name: string, description: string): Command =>
    member.command(name).description(description).addOption(clusterOption()).addOption(dataOption(fallback))
  const change = async (options: SandboxOptions, what: SandboxMemberChange): Promise<void> => { finish(await changeMember(options, what)) }
  sub('add', 'start a node more; it learns first, and votes by itself once it has caught up')
    .addOption(new Option('--learner', 'it does not vote until it is promoted').conflicts('witness'))
    .addOption(new Option('--witness', 'Raft only: it votes and keeps no data, and never does anything else'))
    .action((options: SandboxOptions & { learner?: boolean; witness?: boolean }) =>
      change(options, { kind: 'add', member: options.witness === true ? 'witness' : options.learner === true ? 'learner' : 'voter' }))
  sub('remove', 'take a member out; its process ends and its folder is removed').argument('<node>')
    .action((nodeId: string, options: SandboxOptions) => change(options, { kind: 'remove', nodeId }))
  sub('replace', 'put a new node in the place of a member, which may be down: it catches up, then the group swaps the two in one step').argument('<node>')
    .action(async (nodeId: string, options: SandboxOptions) => { finish(await replaceMember(options, nodeId)) })
  sub('promote', 'make a learner a voter').argument('<node>')
    .action((nodeId: string, options: SandboxOptions) => change(options, { kind: 'promote', nodeId }))
  return member.addHelpText('after', `
Examples:
  $ quorate sandbox member add
  $ quorate sandbox member add --witness --cluster demo
  $ quorate sandbox member remove n2 --cluster demo
  $ quorate sandbox member replace n2 --cluster demo
${EXIT_CODES_HELP}`)
}

async function changeMember(options: SandboxOptions, change: SandboxMemberChange): Promise<Outcome> {
  return onCluster(options.data, options.cluster, async (connection, info) => {
    const wrong = change.kind === 'add' ? null : await unknownNode(connection, info, [change.nodeId])
    if (wrong !== null) return wrong
    const done = await connection.call('sandbox.member', { clusterId: info.id, change })
    return done.ok ? describeAfter(connection, info) : failed(done.error)
  })
}

async function replaceMember(options: SandboxOptions, nodeId: string): Promise<Outcome> {
  return onCluster(options.data, options.cluster, async (connection, info) => {
    const wrong = await unknownNode(connection, info, [nodeId])
    if (wrong !== null) return wrong
    const begun = await connection.call('sandbox.member', { clusterId: info.id, change: { kind: 'replace', nodeId } })
    return begun.ok ? untilReplaced(connection, info) : failed(begun.error)
  })
}

/** Each of its steps has a limit of its own in the console. */
async function untilReplaced(connection: ConsoleConnection, info: ClusterInfo): Promise<Outcome> {
  for (;;) {
    const state = await connection.call('sandbox.state', { clusterId: info.id })
    if (!state.ok) return failed(state.error)
    const { replacement } = state.value
    if (replacement === null) return describeAfter(connection, info)
    if (replacement.phase === 'done') {
      const after = await describeAfter(connection, info)
      return { ...after, stdout: `${replacement.by ?? 'A new node'} took the place of ${replacement.nodeId}.\n${after.stdout ?? ''}` }
    }
    if (replacement.phase === 'failed') return failed(replacement.failure ?? { code: 'start-failed', message: 'The replacement stopped.' })
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

function transferCommand(fallback: string, finish: Finish): Command {
  return new Command('transfer').description('hand leadership to a voter; to the most up-to-date one where none is named').argument('[node]')
    .addOption(clusterOption()).addOption(dataOption(fallback))
    .action(async (node: string | undefined, options: SandboxOptions) => { finish(await transfer(options, node ?? null)) })
    .addHelpText('after', `
Examples:
  $ quorate sandbox transfer
  $ quorate sandbox transfer n3 --cluster demo
${EXIT_CODES_HELP}`)
}

async function transfer(options: SandboxOptions, to: string | null): Promise<Outcome> {
  return onCluster(options.data, options.cluster, async (connection, info) => {
    const done = await connection.call('sandbox.transfer', { clusterId: info.id, to })
    return done.ok ? printed(to === null ? 'Leadership was handed on.' : `Leadership was handed to ${to}.`) : failed(done.error)
  })
}

function recoverCommand(fallback: string, finish: Finish): Command {
  return new Command('recover').description('give up a majority that is lost for good: one node that is left becomes the only voter')
    .argument('<name>', 'name of the cluster, in full').option('--accept-loss', 'what only the lost members held is lost: say that this is understood')
    .addOption(dataOption(fallback))
    .action(async (name: string, options: SandboxOptions & { acceptLoss?: boolean }) => { finish(await recover(options.data, name, options.acceptLoss === true)) })
    .addHelpText('after', `
Writes that only the lost members held are lost, even acknowledged ones. Bring the members back instead wherever that is possible.

Examples:
  $ quorate sandbox recover demo --accept-loss
${EXIT_CODES_HELP}`)
}

async function recover(dataDirectory: string, name: string, accepted: boolean): Promise<Outcome> {
  if (!accepted) {
    return failed({
      code: 'usage', message: 'Recovering a cluster without its majority may lose acknowledged writes.',
      hint: 'Bring members back if they can come back. If they cannot, say --accept-loss.',
    })
  }
  return onCluster(dataDirectory, name, async (connection, info) => {
    const done = await connection.call('sandbox.recover', { clusterId: info.id, name })
    return done.ok ? describeAfter(connection, info) : failed(done.error)
  })
}
