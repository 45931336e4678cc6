/** `quorate data` on real clusters: what scripts do with keys, queues and counters, and what becomes of a lock whose holder dies. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { encodeCommand } from '../../src/core/statemachine'
import { createClient } from '../../src/runtime/client'
import { bundle, type Bundle } from './support/bundle'
import { until } from './support/until'

let built: Bundle
let data: string
let console: ReturnType<typeof start>

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(argv: readonly string[], input = '') {
  const child = spawn(process.execPath, [built.cliEntry, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] })
  const told = { stdout: '', stderr: '' }
  child.stdin.end(input)
  child.stdout.on('data', (part: Buffer) => { told.stdout += part.toString() })
  child.stderr.on('data', (part: Buffer) => { told.stderr += part.toString() })
  const exited = new Promise<number | null>((resolve) => { child.once('exit', resolve) })
  const ended = new Promise<Ended>((resolve) => { child.once('close', (code) => { resolve({ code, ...told }) }) })
  return { child, told, exited, ended }
}

const on = (cluster: string) => (...argv: readonly string[]) => start(['data', ...argv.slice(0, 1), '--cluster', cluster, '--data', data, '--timeout', '30', ...argv.slice(1)])
const raft = on('demo')
const pbft = on('generals')
const raftSays = (...argv: readonly string[]): Promise<Ended> => raft(...argv).ended

beforeAll(async () => {
  built = await bundle()
  data = mkdtempSync(path.join(os.tmpdir(), 'quorate-data-'))
  console = start(['sandbox', 'create', '--name', 'demo', '--data', data])
  await until('the cluster runs', 30_000, () => console.told.stdout.includes('Runs until Ctrl-C'))
  expect(await start(['sandbox', 'create', 'generals', '--protocol', 'pbft', '--data', data]).ended).toMatchObject({ code: 0 })
})
afterAll(async () => {
  console.child.kill('SIGINT')
  await console.ended
  rmSync(data, { recursive: true, force: true })
  built.remove()
})

/** Tells its process and its token, and runs until it is ended. */
const FOREVER = [process.execPath, '-e', 'console.log(process.pid, process.env.QUORATE_FENCING_TOKEN); setInterval(() => {}, 1000)']
const TELL_TOKEN = [process.execPath, '-e', 'console.log(process.env.QUORATE_FENCING_TOKEN)']

async function held(by: ReturnType<typeof start>): Promise<{ readonly pid: number; readonly token: number }> {
  const [, pid, token] = await until('the command runs', 30_000, () => /^(\d+) (\d+)\n/.exec(by.told.stdout) ?? undefined)
  onTestFinished(() => {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch { /* it has ended */ }
  })
  return { pid: Number(pid), token: Number(token) }
}

interface Holder {
  readonly outcome: string
  readonly holder: string | null
  readonly waiting: number
}
const holderOf = async (cluster: typeof raft, lock: string): Promise<Holder> => JSON.parse((await cluster('holder', lock, '--json').ended).stdout) as Holder

test('a script keeps its state in a Raft cluster', async () => {
  expect(await raftSays('put', 'greeting', 'hello')).toEqual({ code: 0, stdout: 'greeting was written.\n', stderr: '' })
  expect(await raftSays('get', 'greeting')).toEqual({ code: 0, stdout: 'hello\n', stderr: '' })
  expect(await raftSays('cas', 'greeting', 'hello', 'good morning')).toMatchObject({ code: 0 })
  expect(await raftSays('cas', 'greeting', 'hello', 'good evening')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('holds something else') as string })
  expect(await raftSays('cas', '--absent', 'greeting', 'hi')).toMatchObject({ code: 1 })
  expect(await start(['data', 'put', 'config', '-', '--cluster', 'demo', '--data', data], '{"größe": 1}\n').ended).toMatchObject({ code: 0 })
  expect(await raftSays('append', 'config', '\n')).toMatchObject({ code: 0 })
  const scanned = await raftSays('scan', '--json')
  expect(JSON.parse(scanned.stdout)).toMatchObject({
    version: 1, cluster: { name: 'demo' }, command: 'scan', outcome: 'done', more: false,
    pairs: [{ key: 'config', value: '{"größe": 1}\n\n' }, { key: 'greeting', value: 'good morning' }],
  })
  expect(await raftSays('scan', '--prefix', 'g')).toMatchObject({ code: 0, stdout: 'greeting  good morning\n' })
  expect(await raftSays('delete', 'greeting')).toMatchObject({ code: 0 })
  expect(await raftSays('get', 'greeting')).toMatchObject({ code: 1, stderr: '✗ greeting holds nothing.\n' })

  await raftSays('enqueue', 'jobs', 'first')
  await raftSays('enqueue', 'jobs', 'second')
  expect([(await raftSays('dequeue', 'jobs')).stdout, (await raftSays('dequeue', 'jobs')).stdout, (await raftSays('dequeue', 'jobs')).code]).toEqual(['first\n', 'second\n', 1])
  // Each of them counts, though all add at the same time.
  expect((await Promise.all([1, 2, 3].map((number) => raftSays('add', 'visits', String(number))))).map(({ code }) => code)).toEqual([0, 0, 0])
  expect(await raftSays('add', 'visits', '-2')).toMatchObject({ code: 0, stdout: '4\n' })
  expect(await raftSays('count', 'visits')).toMatchObject({ code: 0, stdout: '4\n' })
})

test('of a PBFT cluster no single member is believed, and it does the same', async () => {
  expect(await pbft('put', 'greeting', 'hello').ended).toMatchObject({ code: 0 })
  expect(await start(['sandbox', 'lie', 'generals', 'n2', 'forge', '--data', data]).ended).toMatchObject({ code: 0 })
  expect(await pbft('get', 'greeting').ended).toMatchObject({ code: 0, stdout: 'hello\n' })
  expect(await start(['sandbox', 'lie', 'generals', 'n2', 'honest', '--data', data]).ended).toMatchObject({ code: 0 })
})

test('a lock is passed on at the end of the command, and every signal reaches the command first', async () => {
  const first = raft('lock', 'nightly', '--', ...FOREVER)
  const { token } = await held(first)
  expect(await raftSays('lock', 'nightly', '--', ...TELL_TOKEN)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('held by another client') as string })
  const next = raft('lock', 'nightly', '--wait', '60', '--', ...TELL_TOKEN)
  await until('it waits', 30_000, async () => (await holderOf(raft, 'nightly')).waiting === 1)
  first.child.kill('SIGTERM')
  expect(await first.ended).toMatchObject({ code: 143 })
  expect(await next.ended).toMatchObject({ code: 0, stdout: `${String(token + 1)}\n` })
  expect(await holderOf(raft, 'nightly')).toMatchObject({ outcome: 'not-found', holder: null })
})

test('a holder whose session the cluster has ended is told, and its command is ended', async () => {
  const holder = raft('lock', 'leased', '--', ...FOREVER)
  await held(holder)
  const { holder: clientId } = await holderOf(raft, 'leased')
  const { clusters } = JSON.parse((await start(['sandbox', 'status', 'demo', '--json', '--data', data]).ended).stdout) as { clusters: readonly { nodes: readonly { id: string; port: number }[] }[] }
  const client = createClient({ members: (clusters[0]?.nodes ?? []).map(({ id, port }) => ({ nodeId: id, host: '127.0.0.1', port })) })
  onTestFinished(() => { client.close() })
  const closed = await new Promise<string>((resolve) => {
    client.cluster.run({ kind: 'propose', payload: encodeCommand({ kind: 'close-session', clientId: clientId ?? '' }), repeatable: true, deadlineMs: performance.now() + 10_000, done: ({ kind }) => { resolve(kind) } })
  })
  expect(closed).toBe('ok')
  expect(await raftSays('lock', 'leased', '--', ...TELL_TOKEN)).toMatchObject({ code: 0 })
  expect(await holder.ended).toMatchObject({ code: 9, stderr: expect.stringContaining('leased is lost: the cluster ended its session') as string })
})

test('the lock of a holder that was killed goes to the one that waits, whose own session outlives it: by the leader, and by the primary of a PBFT cluster', async () => {
  await Promise.all([raft, pbft].map(async (cluster) => {
    const first = cluster('lock', 'nightly', '--', ...FOREVER)
    const { token } = await held(first)
    const next = cluster('lock', 'nightly', '--wait', '110', '--', ...TELL_TOKEN)
    await until('it waits', 30_000, async () => (await holderOf(cluster, 'nightly')).waiting === 1)
    first.child.kill('SIGKILL')
    await first.exited
    expect((await holderOf(cluster, 'nightly')).waiting).toBe(1)
    expect(await next.ended).toMatchObject({ code: 0, stdout: `${String(token + 1)}\n` })
  }))
})

test.each([
  [['put', 'k'], "missing required argument 'value'"], [['cas', 'k', 'v'], 'The new value is missing'], [['cas', '--absent', 'k', 'v', 'w'], 'With --absent there is no expected value'],
  [['get', ''], 'is empty'], [['add', 'c', 'many'], 'cannot be added'], [['scan', '--limit', '0'], 'no number of keys'], [['lock', 'l'], "missing required argument 'command'"],
  [['lock', 'l', '--wait', 'long', '--', 'true'], 'no time in seconds'],
])('%j is wrong usage', async (argv, words) => {
  const { code, stderr } = await start(['data', ...argv]).ended
  expect(code).toBe(2)
  expect(stderr).toContain(words)
})

test('what cannot be reached is neither refused nor unknown', async () => {
  expect(await start(['data', 'get', 'k', '--data', path.join(data, 'nowhere')]).ended).toMatchObject({ code: 3 })
  expect(await start(['data', 'get', 'k', '--cluster', 'nobody', '--data', data]).ended).toMatchObject({ code: 6 })
  expect(await start(['data', 'get', 'k', '--data', data]).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('--cluster NAME') as string })
  expect(await start(['sandbox', 'down', 'demo', '--data', data]).ended).toMatchObject({ code: 0 })
  expect(await raftSays('put', 'k', 'v')).toMatchObject({ code: 6, stderr: expect.stringContaining('quorate sandbox up "demo"') as string })
})

test.each([['get'], ['put'], ['append'], ['cas'], ['delete'], ['scan'], ['enqueue'], ['dequeue'], ['add'], ['count'], ['lock'], ['holder']])('data %s has its own help, with the exit codes', async (command) => {
  const { code, stdout } = await start(['data', command, '--help']).ended
  expect(code).toBe(0)
  expect(stdout).toMatch(/Usage[^]*Exit codes:\n {2}0 {2}done/)
})
