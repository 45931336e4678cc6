import path from 'node:path'
import { onTestFinished } from 'vitest'
import { isUnknown, type NodeObservation } from '../../../src/core/observation'
import { ProcessCluster, type ClusterPlan } from './agent-process'
import { temporaryFolder } from './folders'
import { freePorts } from './ports'
import { until } from './until'

/** A cluster for the test that runs, in a folder of its own; its processes end with the test. */
export async function testCluster(bundle: string, size: number, folder = temporaryFolder()): Promise<ProcessCluster> {
  const ports = await freePorts(size)
  const plan: ClusterPlan = {
    clusterId: 'test-cluster',
    members: ports.map((port, index) => ({ nodeId: `n${index + 1}`, host: '127.0.0.1', port })),
    directoryOf: (nodeId) => path.join(folder, nodeId),
  }
  const cluster = new ProcessCluster(bundle, plan)
  onTestFinished(() => cluster.killAll())
  return cluster
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

export function leaderAmong(observations: readonly NodeObservation[], afterTerm = 0): Reign | undefined {
  const reigns = observations.map((each) => ({ nodeId: each.nodeId, ...reignOf(each) }))
  return reigns.filter(({ role, term }) => role === 'leader' && term > afterTerm).sort((a, b) => b.term - a.term)[0]
}

export const waitForLeader = (cluster: ProcessCluster, afterTerm = 0, except: readonly string[] = []): Promise<Reign> =>
  until(`a leader after term ${afterTerm}`, 15_000, async () => leaderAmong(await cluster.observeAll(except), afterTerm))
