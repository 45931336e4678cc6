import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { ProtocolOptions, SigningKeys } from '../../../src/contract/agent'
import type { ProtocolName } from '../../../src/core/machine'
import { isUnknown, type NodeObservation } from '../../../src/core/observation'
import { clientKeyFile, keyFile, makeKeys, type PublicKeys } from '../../../src/main/console/sandbox/keys'
import { commandSigner, readPrivateKey, type SignCommand } from '../../../src/runtime/signer'
import { ProcessCluster, type ClusterPlan } from './agent-process'
import { temporaryFolder } from './folders'
import { freePorts } from './ports'
import { until } from './until'

export interface TestClusterOptions {
  readonly folder?: string
  readonly protocol?: ProtocolName
  readonly options?: Partial<ProtocolOptions>
  /** PBFT. Left out: they are, as in every new cluster. */
  readonly areCommandsSigned?: boolean
}

const CLUSTER_ID = 'test-cluster'

/** A cluster for the test that runs, in a folder of its own; its processes end with the test. */
export async function testCluster(bundle: string, size: number, { folder = temporaryFolder(), protocol = 'raft', options = {}, areCommandsSigned = true }: TestClusterOptions = {}): Promise<ProcessCluster> {
  const ports = await freePorts(size)
  const members = ports.map((port, index) => ({ nodeId: `n${index + 1}`, host: '127.0.0.1', port }))
  const made = protocol === 'pbft' ? await makeKeys(folder, CLUSTER_ID, members.map(({ nodeId }) => nodeId)) : null
  if (made !== null && !made.ok) throw new Error(made.error.message)
  const keys = made === null ? {} : keysIn(folder, made.value, areCommandsSigned)
  const plan: ClusterPlan = { clusterId: CLUSTER_ID, members, protocol, options, directoryOf: (nodeId) => path.join(folder, CLUSTER_ID, nodeId), ...keys }
  const cluster = new ProcessCluster(bundle, plan)
  onTestFinished(() => cluster.killAll())
  return cluster
}

function keysIn(folder: string, { publicKeys, clientKey }: PublicKeys, areCommandsSigned: boolean): Pick<ClusterPlan, 'keys' | 'signCommand'> {
  const keys = (nodeId: string): SigningKeys => ({ privateKeyFile: keyFile(folder, CLUSTER_ID, nodeId), publicKeys, ...(areCommandsSigned ? { clientKey } : {}) })
  return areCommandsSigned ? { keys, signCommand: signerIn(clientKeyFile(folder, CLUSTER_ID)) } : { keys }
}

export function signerIn(file: string): SignCommand {
  const key = readPrivateKey(file)
  if (!key.ok) throw new Error(key.error.message)
  return commandSigner(key.value)
}

export interface Reign {
  readonly nodeId: string
  readonly term: number
}

export function reignOf(observation: NodeObservation): { readonly role: string; readonly term: number; readonly leaderId: string | null } {
  const [group] = observation.groups
  if (group === undefined || isUnknown(group.role) || isUnknown(group.fence) || isUnknown(group.leaderId)) throw new Error('a node knows its own role')
  return { role: group.role, term: Number(group.fence.value), leaderId: group.leaderId }
}

export function leaderAmong(observations: readonly NodeObservation[], afterTerm = -1): Reign | undefined {
  const reigns = observations.map((each) => ({ nodeId: each.nodeId, ...reignOf(each) }))
  return reigns.filter(({ role, term }) => (role === 'leader' || role === 'primary') && term > afterTerm).sort((a, b) => b.term - a.term)[0]
}

export const waitForLeader = (cluster: ProcessCluster, afterTerm = -1, except: readonly string[] = []): Promise<Reign> =>
  until(`a leader after term ${afterTerm}`, 15_000, async () => leaderAmong(await cluster.observeAll(except), afterTerm))
