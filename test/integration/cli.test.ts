/** The `quorate` command as people and programs run it: a process, its output and its exit code. */
import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle, type Bundle } from './support/bundle'
import { EtcdTestCluster, etcdInstalled } from './support/etcd-cluster'
import { freePorts } from './support/ports'
import { until } from './support/until'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Running extends Ended {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
}

let built: Bundle
beforeAll(async () => { built = await bundle() })
afterAll(() => { built.remove() })

function start(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [built.cliEntry, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
  const told = { process: child, code: null as number | null, stdout: '', stderr: '' }
  child.stdout.on('data', (part: Buffer) => { told.stdout += part.toString() })
  child.stderr.on('data', (part: Buffer) => { told.stderr += part.toString() })
  const ended = new Promise<Ended>((resolve) => { child.once('close', (code) => { told.code = code; resolve(told) }) })
  return Object.assign(told, { ended })
}

const run = (argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> => start(argv, environment).ended

interface Told {
  readonly version: number
  readonly cluster: { readonly id: string; readonly name: string; readonly engine: string }
  readonly nodes: readonly {
    readonly id: string
    readonly name: string
    readonly reachability: string
    readonly reason: string | null
    readonly rttMs: unknown
    readonly groups: readonly {
      readonly role: unknown
      readonly leaderId: unknown
      readonly fence: { readonly kind: string; readonly value: string }
      readonly log: Record<string, unknown>
      readonly peers: readonly unknown[]
    }[]
    readonly alarms: readonly unknown[]
    readonly storage: Record<string, unknown>
  }[]
  readonly summary: {
    readonly state: string
    readonly sentence: string
    readonly leaderId: unknown
    readonly fence: unknown
    readonly quorumMargin: { readonly voters: number; readonly canLose: number | null }
    readonly disagreements: readonly unknown[]
    readonly issues: readonly { readonly code: string }[]
  }
}
const parse = (text: string): Told => JSON.parse(text) as Told

describe('quorate', () => {
  test('--help is everywhere, with examples and exit codes', async () => {
    for (const argv of [[], ['serve'], ['observe'], ['sandbox'], ['sandbox', 'fault']]) {
      const { code, stdout } = await run([...argv, '--help'])
      expect(code, argv.join(' ')).toBe(0)
      expect(stdout).toContain('Examples:')
      expect(stdout).toContain('Exit codes:')
    }
  })

  test.each([
    [['fly'], 'unknown command'], [['observe'], 'missing required argument'], [['observe', 'ftp://x'], 'Nothing is known of ftp://'],
    [['observe', 'etcd://user:secret@host'], 'do not belong in the target'], [['observe', 'http://localhost:2379'], 'Write etcd://localhost:2379'],
    [['observe', 'etcd://h', '--timeout', 'soon'], 'soon is no time'], [['serve', '--port', '99999'], '99999 is no port'],
    [['sandbox', 'up', '--nodes', '2'], "'2' is invalid"],
  ])('%j is wrong usage', async (argv, words) => {
    const { code, stdout, stderr } = await run(argv)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(words)
    expect(stderr).not.toContain('secret')
  })

  test('nobody there: exit code 3, and the reason', async () => {
    const [port = 0] = await freePorts(1)
    const { code, stdout, stderr } = await run(['observe', `etcd://127.0.0.1:${String(port)}`, '--json'])
    expect(code).toBe(3)
    expect(stderr).toContain('refuses connections')
    expect(parse(stdout)).toMatchObject({ version: 1, nodes: [{ reachability: 'refused', rttMs: { unknown: 'unreachable' } }] })
  })

  test('no console on a data directory', async () => {
    const { code, stderr } = await run(['sandbox', 'status', '--data', path.join(built.directory, 'nothing')])
    expect(code).toBe(3)
    expect(stderr).toContain('No console runs on')
  })
})

describe.skipIf(!etcdInstalled())('quorate observe etcd://', () => {
  let etcd: EtcdTestCluster
  beforeAll(async () => { etcd = await EtcdTestCluster.start() })
  afterAll(async () => { await etcd.close() })

  test('--json tells every member and the summary', async () => {
    const { code, stdout, stderr } = await run(['observe', `etcd://${etcd.endpoints.join(',')}`, '--json'])
    expect(stderr).toBe('')
    const told = parse(stdout)
    expect(code).toBe(0)
    expect(told.version).toBe(1)
    expect(told.cluster.engine).toBe('etcd 3.4.23')
    expect(told.nodes).toHaveLength(3)
    const leader = told.nodes.find((node) => node.groups[0]?.role === 'leader')
    for (const node of told.nodes) {
      expect(node).toMatchObject({ reachability: 'ok', reason: null, alarms: [] })
      expect(node.rttMs).toBeGreaterThan(0)
      expect(node.groups[0]).toMatchObject({ leaderId: leader?.id, fence: { kind: 'raft-term' } })
      // 64-bit numbers are text.
      expect(node.groups[0]?.fence.value).toMatch(/^\d+$/)
      expect(node.groups[0]?.log['committed']).toMatchObject({ unit: 'entries', value: expect.stringMatching(/^\d+$/) as unknown })
      expect(node.groups[0]?.log['firstAvailable']).toEqual({ unknown: 'not-reported' })
      expect(node.storage['usedBytes']).toMatch(/^\d+$/)
    }
    expect(leader?.groups[0]?.peers).toHaveLength(2)
    expect(told.summary).toMatchObject({ state: 'quorate', leaderId: leader?.id, quorumMargin: { voters: 3, canLose: 1 }, disagreements: [] })
  })

  test('one endpoint is enough, and people get a table', async () => {
    const { code, stdout } = await run(['observe', `etcd://${etcd.endpoints[0] ?? ''}`])
    expect(code).toBe(0)
    for (const words of ['n1', 'n2', 'n3', 'ROLE', 'leader', 'Quorate. 3 of 3 voters agree', 'entries behind']) expect(stdout).toContain(words)
  })

  test('a member down is at risk; two down is no quorum', async () => {
    const target = `etcd://${etcd.endpoints.join(',')}`
    await etcd.kill('n1')
    const risky = await until('the two that are left agree', 15_000, async () => {
      const ended = await run(['observe', target, '--json'])
      return ended.code === 1 && parse(ended.stdout).summary.state === 'at-risk' ? parse(ended.stdout) : undefined
    })
    expect(risky.summary.issues.map((issue) => issue.code)).toContain('node-failed')
    await etcd.kill('n2')
    const lost = await until('no quorum is told', 15_000, async () => {
      const ended = await run(['observe', target, '--json'])
      return ended.code === 4 ? parse(ended.stdout) : undefined
    })
    expect(lost.summary.state).toBe('no-quorum')
    expect(lost.nodes.filter((node) => node.reachability === 'refused')).toHaveLength(2)
  })

  test('a certificate where none is expected', async () => {
    const { code, stderr } = await run(['observe', `etcds://${etcd.endpoints[2] ?? ''}`])
    expect(code).toBe(5)
    expect(stderr).toContain('does not speak TLS')
  })
})

describe('quorate sandbox', () => {
  test('up, observe, faults, heal, down, and Ctrl-C leaves no process behind', async () => {
    const data = fs.mkdtempSync(path.join(built.directory, 'data-'))
    const at = ['--data', data]
    const console = start(['sandbox', 'up', '--name', 'demo', '--nodes', '3', ...at])
    try {
      await until('the cluster is up', 30_000,
        () => console.stdout.includes('Runs until Ctrl-C') || (console.process.exitCode !== null && console.stderr))
      const quorate = await until('it is quorate', 20_000, async () => {
        const ended = await run(['observe', 'demo', '--json', ...at])
        return ended.code === 0 ? parse(ended.stdout) : undefined
      })
      expect(quorate.nodes).toHaveLength(3)
      expect(quorate.summary.quorumMargin).toMatchObject({ voters: 3, canLose: 1 })
      const leader = String(quorate.summary.leaderId)
      expect(await run(['sandbox', 'fault', 'kill', leader, ...at])).toMatchObject({ code: 0 })
      const next = await until('another leads', 20_000, async () => {
        const ended = await run(['observe', 'demo', '--json', ...at])
        const told = ended.code === 1 ? parse(ended.stdout) : undefined
        return told?.summary.state === 'at-risk' && told.summary.leaderId !== leader && told
      })
      expect(next.summary.leaderId).not.toBe(leader)
      const others = quorate.nodes.map((node) => node.id).filter((id) => id !== leader)
      const slow = await run(['sandbox', 'fault', 'slow', others[0] ?? '', others[1] ?? '', '--latency', '5ms', '--loss', '1%', ...at])
      expect(slow).toMatchObject({ code: 0, stderr: '' })
      expect(slow.stdout).toContain('latency 5 ms, loss 1 %')
      const status = await run(['sandbox', 'status', '--json', ...at])
      const { clusters } = JSON.parse(status.stdout) as { clusters: { name: string; nodes: { pid: number | null }[]; faults: unknown[] }[] }
      expect(clusters).toMatchObject([{ name: 'demo' }])
      expect(clusters[0]?.faults).toHaveLength(2)
      expect(await run(['sandbox', 'fault', 'kill', 'n9', ...at])).toMatchObject({ code: 2,
        stderr: expect.stringContaining('has no node n9') as unknown })
      expect(await run(['sandbox', 'fault', 'heal', ...at])).toMatchObject({ code: 0 })
      await until('all is well again', 20_000, async () => (await run(['observe', 'demo', ...at])).code === 0)
      const healed = JSON.parse((await run(['sandbox', 'status', '--json', ...at])).stdout) as { clusters: { nodes: { pid: number | null }[] }[] }
      const pids = healed.clusters.flatMap((cluster) => cluster.nodes.map((node) => node.pid ?? 0))
      expect(pids.every((pid) => pid > 0)).toBe(true)
      console.process.kill('SIGINT')
      expect(await console.ended).toMatchObject({ code: 0 })
      expect(pids.filter((pid) => alive(pid))).toEqual([])
      expect(fs.existsSync(path.join(data, 'console.json'))).toBe(false)
    } finally {
      console.process.kill('SIGKILL')
    }
  })
})

describe('quorate serve', () => {
  test('prints its address, is alone on its data directory, and takes commands', async () => {
    const at = ['--data', fs.mkdtempSync(path.join(built.directory, 'serve-'))]
    const console = start(['serve', '--no-sandbox-cluster', ...at])
    try {
      await until('it prints its address', 20_000,
        () => /Quorate is at http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.test(console.stdout) || (console.process.exitCode !== null && console.stderr))
      expect(await run(['serve', ...at])).toMatchObject({ code: 6, stderr: expect.stringContaining('What to do:') as unknown })
      const made = await run(['sandbox', 'up', '--name', 'one', '--nodes', '1', ...at])
      expect(made).toMatchObject({ code: 0, stderr: '' })
      await until('the cluster leads itself', 20_000, async () => {
        const told = parse((await run(['observe', 'one', '--json', ...at])).stdout)
        return told.nodes[0]?.groups[0]?.role === 'leader'
      })
      expect(await run(['observe', 'two', ...at])).toMatchObject({ code: 6, stderr: expect.stringContaining('It knows: one.') as unknown })
      expect(await run(['sandbox', 'down', ...at])).toMatchObject({ code: 0 })
      expect(await run(['sandbox', 'down', 'one', '--delete', ...at])).toMatchObject({ code: 0 })
      expect((await run(['sandbox', 'status', ...at])).stdout).toContain('There is no local cluster')
      console.process.kill('SIGTERM')
      expect(await console.ended).toMatchObject({ code: 0 })
    } finally {
      console.process.kill('SIGKILL')
    }
  })
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
