/** The two clusters under comparison: three processes each, on loopback, their data on the same disk. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { ProcessCluster } from '../../test/integration/support/agent-process'
import { freePorts } from '../../test/integration/support/ports'
import { etcdStatus } from './etcd-client'

const MEMBERS = 3
const START_TIMEOUT_MS = 20_000
const POLL_MS = 100

export interface EtcdCluster {
  readonly version: string
  leaderEndpoint(): Promise<string>
  stop(): Promise<void>
}

export async function startQuorate(folder: string, profile: boolean): Promise<ProcessCluster> {
  const ports = await freePorts(MEMBERS)
  const cluster = new ProcessCluster(path.resolve('out/bench/agent.mjs'), {
    clusterId: 'bench',
    members: ports.map((port, index) => ({ nodeId: `n${index + 1}`, host: '127.0.0.1', port })),
    directoryOf: (nodeId) => path.join(folder, nodeId),
  }, (nodeId) => (profile ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve('out/bench/profiles')}`, `--cpu-prof-name=${nodeId}.cpuprofile`] : []))
  await cluster.startAll()
  return cluster
}

/** Undefined where etcd is not installed. */
export async function startEtcd(folder: string): Promise<EtcdCluster | undefined> {
  if (spawnSync('etcd', ['--version']).status !== 0) return undefined
  const ports = await freePorts(MEMBERS * 2)
  const url = (index: number): string => `http://127.0.0.1:${ports[index] ?? 0}`
  const initial = Array.from({ length: MEMBERS }, (_, i) => `n${i + 1}=${url(MEMBERS + i)}`).join(',')
  const children = Array.from({ length: MEMBERS }, (_, i): ChildProcess => spawn('etcd', [
    '--name', `n${i + 1}`, '--data-dir', path.join(folder, `etcd-n${i + 1}`),
    '--listen-client-urls', url(i), '--advertise-client-urls', url(i),
    '--listen-peer-urls', url(MEMBERS + i), '--initial-advertise-peer-urls', url(MEMBERS + i),
    '--initial-cluster', initial, '--initial-cluster-state', 'new', '--initial-cluster-token', 'bench',
  ], { stdio: 'ignore' }))
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) { resolve(); return }
      child.once('exit', () => { resolve() })
      child.kill('SIGKILL')
    })))
  }
  const leaderEndpoint = async (): Promise<string> => {
    const deadline = performance.now() + START_TIMEOUT_MS
    while (performance.now() < deadline) {
      for (let i = 0; i < MEMBERS; i += 1) {
        const endpoint = `127.0.0.1:${ports[i] ?? 0}`
        const status = await etcdStatus(endpoint).catch(() => null)
        if (status && status.leader !== '0' && status.leader === status.header.member_id) return endpoint
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    throw new Error('etcd has elected no leader')
  }
  try {
    const { version } = await etcdStatus(await leaderEndpoint())
    return { version, leaderEndpoint, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
