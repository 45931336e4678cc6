/** `quorate sandbox …`: local clusters, through the console that runs on the data directory. */
import type { ClusterInfo } from '../../contract/clusters'
import { PROTOCOL_NAMES, type Fault, type FaultInForce, type LinkFault, type SandboxProtocolOptions, type SandboxState } from '../../contract/sandbox'
import type { ProtocolName } from '../../core/machine'
import { fail, ok, toPublicJson, type Result } from '../../core/base'
import { connectToConsole, type ConsoleConnection } from '../console/control'
import { EXIT } from './exit-codes'
import { noConsole } from './observe'
import { failed, printed, type Outcome } from './outcome'
import { JSON_VERSION } from './public-json'
import { columns } from './table'

type Calls = Pick<ConsoleConnection, 'call'>

export type NodeAction = 'kill' | 'stop' | 'start' | 'restart' | 'pause' | 'resume'

export async function withConsole(dataDirectory: string, work: (connection: ConsoleConnection) => Promise<Outcome>): Promise<Outcome> {
  const connection = await connectToConsole(dataDirectory)
  if (connection === null) return failed(noConsole(dataDirectory))
  try {
    return await work(connection)
  } finally {
    connection.close()
  }
}

async function sandboxes(connection: Calls): Promise<Result<readonly ClusterInfo[]>> {
  const listed = await connection.call('clusters.list', {})
  return listed.ok ? ok(listed.value.filter((each) => each.kind === 'sandbox')) : listed
}

/** The local cluster of that name or id; without a name the only one there is. */
async function choose(connection: ConsoleConnection, name: string | undefined): Promise<Result<ClusterInfo>> {
  const listed = await sandboxes(connection)
  if (!listed.ok) return listed
  const names = listed.value.map((each) => each.name).join(', ')
  if (name === undefined) {
    const [only, another] = listed.value
    if (only === undefined) return fail('not-found', 'There is no local cluster.', 'Make one with `quorate sandbox up`.')
    return another === undefined ? ok(only) : fail('usage', `There are several local clusters: ${names}.`, 'Say which with --cluster NAME.')
  }
  const found = listed.value.find((each) => each.id === name) ?? listed.value.find((each) => each.name === name)
  return found === undefined ? fail('not-found', `There is no local cluster called ${name}.`,
    names === '' ? 'There is none at all.' : `There are: ${names}.`) : ok(found)
}

export async function onCluster(dataDirectory: string, name: string | undefined,
  work: (connection: ConsoleConnection, cluster: ClusterInfo) => Promise<Outcome>): Promise<Outcome> {
  return withConsole(dataDirectory, async (connection) => {
    const chosen = await choose(connection, name)
    return chosen.ok ? work(connection, chosen.value) : failed(chosen.error)
  })
}

export function describeFault({ fault }: FaultInForce): string {
  switch (fault.kind) {
    case 'killed':
    case 'stopped':
    case 'paused':
      return `${fault.nodeId} ${fault.kind}`
    case 'lying':
      return `${fault.nodeId} lies: ${fault.lie}`
    case 'partition':
      return `partition ${fault.groups.map((group) => group.join(',')).join(' / ')}`
    case 'link':
      return describeLink(fault)
  }
}

function describeLink(fault: LinkFault): string {
  const effects = [
    fault.cut ? 'cut' : '', fault.latencyMs > 0 ? `latency ${String(fault.latencyMs)} ms` : '',
    fault.jitterMs > 0 ? `jitter ${String(fault.jitterMs)} ms` : '',
    fault.loss > 0 ? `loss ${String(fault.loss * 100)} %` : '',
    fault.bytesPerSecondMax === null ? '' : `at most ${String(fault.bytesPerSecondMax)} B/s`,
  ].filter((effect) => effect !== '')
  return `${fault.from} ${fault.bothWays ? '<->' : '->'} ${fault.to} ${effects.join(', ')}`
}

function describeState(info: ClusterInfo, state: SandboxState): string {
  const rows = state.nodes.map((node) => [`  ${node.nodeId}`, node.member === 'voter' ? '' : node.member, node.state, node.pid === null ? '' : `pid ${String(node.pid)}`,
    `port ${String(node.port)}`, node.reason ?? ''])
  const faults = state.faults.map((fault) => `  ${fault.id}: ${describeFault(fault)}`)
  return [`${info.name} (${info.id}, ${PROTOCOL_NAMES[state.protocol]}): ${state.phase}`, columns(rows), ...(faults.length === 0 ? [] : ['Faults in force', ...faults])].join('\n')
}

export async function status(dataDirectory: string, name: string | undefined, json: boolean): Promise<Outcome> {
  return withConsole(dataDirectory, async (connection) => {
    const listed = await sandboxes(connection)
    if (!listed.ok) return failed(listed.error)
    const chosen = name === undefined ? null : await choose(connection, name)
    if (chosen !== null && !chosen.ok) return failed(chosen.error)
    const told: { info: ClusterInfo; state: SandboxState }[] = []
    for (const info of chosen === null ? listed.value : [chosen.value]) {
      const state = await connection.call('sandbox.state', { clusterId: info.id })
      if (!state.ok) return failed(state.error)
      told.push({ info, state: state.value })
    }
    if (json) return printed(statusJson(told))
    if (told.length === 0) return printed('There is no local cluster. Make one with: quorate sandbox up')
    return printed(told.map(({ info, state }) => describeState(info, state)).join('\n\n'))
  })
}

function statusJson(told: readonly { readonly info: ClusterInfo; readonly state: SandboxState }[]): string {
  return toPublicJson({
    version: JSON_VERSION,
    clusters: told.map(({ info, state }) => ({
      id: info.id, name: info.name, protocol: state.protocol, phase: state.phase, clientKeyFile: state.clientKeyFile ?? null,
      nodes: state.nodes.map((node) => ({
        id: node.nodeId, member: node.member, state: node.state, pid: node.pid, port: node.port, directory: node.directory, restarts: node.restarts,
        reason: node.reason ?? null,
      })),
      faults: state.faults.map((each) => ({ id: each.id, sinceMs: each.sinceMs, text: describeFault(each), fault: each.fault })),
    })),
  }, 2)
}

export type NodeCount = 1 | 3 | 4 | 5 | 7

export interface Wanted {
  readonly name: string
  readonly nodes: NodeCount
  readonly protocol: ProtocolName
  /** Left out: as without any. */
  readonly options?: SandboxProtocolOptions
}

/** Makes the cluster, or starts the one that has this name already. */
export async function up(connection: Calls, wanted: Wanted): Promise<Outcome> {
  const { name } = wanted
  const listed = await sandboxes(connection)
  if (!listed.ok) return failed(listed.error)
  const known = listed.value.find((each) => each.name === name)
  if (known === undefined) {
    const made = await connection.call('sandbox.create', wanted)
    return made.ok ? describeStarted(connection, made.value) : failed(made.error)
  }
  const started = await connection.call('sandbox.start', { clusterId: known.id })
  return started.ok ? describeStarted(connection, known) : failed(started.error)
}

const START_WAIT_MS = 15_000
const START_LOOK_MS = 100

/** Once every node runs or has said why it does not; as it is then, if that takes too long. */
async function describeStarted(connection: Calls, info: ClusterInfo): Promise<Outcome> {
  const endMs = Date.now() + START_WAIT_MS
  for (;;) {
    const state = await connection.call('sandbox.state', { clusterId: info.id })
    if (!state.ok) return failed(state.error)
    const starting = state.value.phase === 'starting' || state.value.nodes.some((node) => node.state === 'starting')
    if (!starting || Date.now() >= endMs) {
      const broken = state.value.nodes.some((node) => node.state === 'failed')
      return printed(describeState(info, state.value), broken ? EXIT.failed : EXIT.ok)
    }
    await new Promise((resolve) => setTimeout(resolve, START_LOOK_MS))
  }
}

export async function describeAfter(connection: Calls, info: ClusterInfo): Promise<Outcome> {
  const state = await connection.call('sandbox.state', { clusterId: info.id })
  return state.ok ? printed(describeState(info, state.value)) : failed(state.error)
}

export async function down(dataDirectory: string, name: string | undefined, remove: boolean): Promise<Outcome> {
  return onCluster(dataDirectory, name, async (connection, { id: clusterId, name: full }) => {
    const done = remove ? await connection.call('sandbox.delete', { clusterId, name: full }) : await connection.call('sandbox.stop', { clusterId })
    return done.ok ? printed(remove ? `${full} was stopped and its folder removed.` : `${full} was stopped.`) : failed(done.error)
  })
}

export async function nodeAction(dataDirectory: string, cluster: string | undefined, nodeId: string, action: NodeAction): Promise<Outcome> {
  return onCluster(dataDirectory, cluster, async (connection, info) => {
    const wrong = await unknownNode(connection, info, [nodeId])
    if (wrong !== null) return wrong
    const done = await connection.call('sandbox.node', { clusterId: info.id, nodeId, action })
    return done.ok ? describeAfter(connection, info) : failed(done.error)
  })
}

export async function unknownNode(connection: ConsoleConnection, info: ClusterInfo, nodeIds: readonly string[]): Promise<Outcome | null> {
  const state = await connection.call('sandbox.state', { clusterId: info.id })
  if (!state.ok) return failed(state.error)
  const known = state.value.nodes.map((node) => node.nodeId)
  const stranger = nodeIds.find((each) => !known.includes(each))
  return stranger === undefined ? null : failed({ code: 'usage', message: `${info.name} has no node ${stranger}.`,
    hint: `It has: ${known.join(', ')}.` })
}

export async function addFault(dataDirectory: string, cluster: string | undefined, fault: Fault): Promise<Outcome> {
  return onCluster(dataDirectory, cluster, async (connection, info) => {
    const wrong = await unknownNode(connection, info, fault.kind === 'link' ? [fault.from, fault.to] : fault.groups.flat())
    if (wrong !== null) return wrong
    const added = await connection.call('sandbox.addFault', { clusterId: info.id, fault })
    if (!added.ok) return failed(added.error)
    const { faultId: id } = added.value
    return printed(`In force: ${describeFault({ id, fault, sinceMs: 0 })}\nUndo with: quorate sandbox fault heal ${id}`)
  })
}

export async function heal(dataDirectory: string, cluster: string | undefined, faultId: string | undefined): Promise<Outcome> {
  return onCluster(dataDirectory, cluster, async (connection, info) => {
    const done = faultId === undefined
      ? await connection.call('sandbox.healAll', { clusterId: info.id })
      : await connection.call('sandbox.removeFault', { clusterId: info.id, faultId })
    return done.ok ? describeAfter(connection, info) : failed(done.error)
  })
}
