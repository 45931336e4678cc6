import { readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { fail, ok, type Result } from '../../../src/core/base'
import type { ClusterInfo } from '../../../src/contract/clusters'
import { LOOPBACK_SOCKET_PATH, loopbackProtocols, tokenInFragment } from '../../../src/contract/loopback'
import type { SandboxState } from '../../../src/contract/sandbox'
import type { ClusterMoment } from '../../../src/core/observation'
import type { ProtocolName } from '../../../src/core/machine'
import { derive, type ClusterDerivation } from '../../../src/core/observe'
import { channelPair } from '../../../src/main/console/binder'
import { createConsole, MEMORY_ONLY, type ConsoleOptions, type ConsoleService, type Notification } from '../../../src/main/console/service'
import { childProcessHost } from '../../../src/main/serve'
import { webSocketChannel } from '../../../src/renderer/src/bridge/channels/web-socket'
import { createConsoleClient, type ConsoleClient } from '../../../src/renderer/src/bridge/client'
import { createClient, type Client } from '../../../src/runtime/client'
import { signerIn } from './cluster'
import { until } from './until'

export const value = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

export interface RunningConsole {
  readonly service: ConsoleService
  readonly client: ConsoleClient
  readonly logged: readonly string[]
  readonly notified: readonly Notification[]
}

/** A console in this process, its nodes as child processes, and a window's client joined to it in memory. */
export async function startConsole(agentEntry: string, dataDirectory: string, change: Partial<ConsoleOptions> = {}): Promise<RunningConsole> {
  const logged: string[] = []
  const notified: Notification[] = []
  const add = (text: string): void => void logged.push(text)
  const log = { info: add, warn: add, error: add }
  const service = value(await createConsole({
    dataDirectory, version: '0.0.0-test', transport: 'loopback', processHost: childProcessHost({ agentEntry, log }), secrets: MEMORY_ONLY,
    nativeBinding: null, firstCluster: false, log, nowMs: Date.now, notify: (each) => void notified.push(each), ...change,
  }))
  const client = createConsoleClient(async () => {
    const [near, far] = channelPair()
    service.connect(far)
    return ok(near)
  })
  onTestFinished(async () => {
    client.close()
    await service.stop()
  })
  return { service, client, logged, notified }
}

/** A client as a browser's page would be, from the address that was printed. */
export function clientOf(url: string): ConsoleClient {
  const { host, hash } = new URL(url)
  const client = createConsoleClient((signal) => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${host}${LOOPBACK_SOCKET_PATH}`, [...loopbackProtocols(tokenInFragment(hash) ?? '')])
    socket.addEventListener('open', () => resolve(ok(webSocketChannel(socket))))
    socket.addEventListener('error', () => resolve(fail('disconnected', 'The connection was refused.')))
    signal.addEventListener('abort', () => socket.close())
  }))
  onTestFinished(() => client.close())
  return client
}

export async function createCluster(client: ConsoleClient, nodes: 1 | 3 | 4 | 5 | 7, name = `Cluster of ${nodes}`, protocol: ProtocolName = 'raft'): Promise<ClusterInfo> {
  return value(await client.call('sandbox.create', { name, nodes, protocol }))
}

export const stateOf = async (client: ConsoleClient, clusterId: string): Promise<SandboxState> => value(await client.call('sandbox.state', { clusterId }))
export const momentOf = async (client: ConsoleClient, clusterId: string): Promise<ClusterMoment> => value(await client.call('clusters.moment', { clusterId }))
export const derivationOf = async (client: ConsoleClient, clusterId: string): Promise<ClusterDerivation> => derive(await momentOf(client, clusterId), Date.now())

/** A client of the cluster that decides, and signs, as it asks. */
export async function clientOn(console: ConsoleClient, clusterId: string): Promise<Client> {
  const { nodes, protocol, clientKeyFile } = await stateOf(console, clusterId)
  const signing = clientKeyFile === undefined ? {} : { signCommand: signerIn(clientKeyFile) }
  const client = createClient({ members: nodes.map(({ nodeId, port }) => ({ nodeId, host: '127.0.0.1', port })), protocol, ...signing })
  onTestFinished(() => { client.close() })
  return client
}

/** Waits for a state of the cluster, and gives the leader. */
export async function untilState(client: ConsoleClient, clusterId: string, wanted: ClusterDerivation['state'], timeoutMs = 20_000): Promise<ClusterDerivation> {
  return until(`cluster to be ${wanted}`, timeoutMs, async () => {
    const derivation = await derivationOf(client, clusterId)
    return derivation.state === wanted ? derivation : undefined
  })
}

export function leaderOf(derivation: ClusterDerivation): string {
  const { leader } = derivation
  if ('unknown' in leader || leader.value === null) throw new Error('there is no leader')
  return leader.value
}

/** A zombie that its parent has not collected yet is dead. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
