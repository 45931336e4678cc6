/** Writers on a cluster, and what has to hold of it whatever was done to it meanwhile. */
import { expect, onTestFinished } from 'vitest'
import { createClient, type Client } from '../../../src/runtime/client'
import type { ProcessCluster } from './agent-process'
import { until } from './until'
import { CountingWriter } from './writers'

const WRITERS = 8

export interface Load {
  readonly client: Client
  readonly writers: readonly CountingWriter[]
}

/** It decides, and signs, as the cluster asks. */
export function clientOf({ plan: { members, protocol = 'raft', signCommand } }: ProcessCluster): Client {
  return createClient({ members, protocol, ...(signCommand === undefined ? {} : { signCommand }) })
}

export async function writersOn(cluster: ProcessCluster, count = WRITERS): Promise<Load> {
  const client = clientOf(cluster)
  onTestFinished(() => { client.close() })
  const writers = Array.from({ length: count }, (_, i) => new CountingWriter(client, `w${i}`))
  await Promise.all(writers.map((writer) => writer.start()))
  return { client, writers }
}

export const total = (writers: readonly CountingWriter[]): number => writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)

export async function progress(writers: readonly CountingWriter[], by: number, withinMs = 20_000): Promise<void> {
  const before = total(writers)
  await until(`${by} more acknowledged writes`, withinMs, () => {
    const problem = writers.find(({ problems }) => problems.length > 0)
    if (problem) throw new Error(problem.problems.join('; '))
    return total(writers) >= before + by
  })
}

/** Everybody stops; all members agree; nothing acknowledged is missing and nothing was applied twice. */
export async function expectSound(cluster: ProcessCluster, writers: readonly CountingWriter[], members = cluster.plan.members.length): Promise<void> {
  await Promise.all(writers.map((writer) => writer.stop()))
  expect((await Promise.all(writers.map((writer) => writer.check()))).flat()).toEqual([])
  await until('equal states on all members', 20_000, async () => {
    const hashes = (await cluster.observeAll()).map(({ extras }) => extras['appliedHash'])
    return hashes.length === members && new Set(hashes).size === 1
  })
}
