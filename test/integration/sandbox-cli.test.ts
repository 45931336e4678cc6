/** `quorate sandbox` on clusters of all protocols: made, lied to, changed and looked at from a terminal. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { present } from '../../src/core/base'
import { readPrivateKey } from '../../src/runtime/signer'
import { bundle, type Bundle } from './support/bundle'
import { until } from './support/until'

let built: Bundle
beforeAll(async () => { built = await bundle() })
afterAll(() => { built.remove() })

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(argv: readonly string[]) {
  const child = spawn(process.execPath, [built.cliEntry, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const told = { stdout: '', stderr: '' }
  child.stdout.on('data', (part: Buffer) => { told.stdout += part.toString() })
  child.stderr.on('data', (part: Buffer) => { told.stderr += part.toString() })
  const ended = new Promise<Ended>((resolve) => { child.once('close', (code) => { resolve({ code, ...told }) }) })
  return { child, told, ended }
}

test('a PBFT cluster with a liar, and a Raft cluster whose members change', async () => {
  const data = mkdtempSync(path.join(os.tmpdir(), 'quorate-cli-'))
  const console = start(['sandbox', 'create', 'generals', '--protocol', 'pbft', '--data', data])
  onTestFinished(async () => {
    console.child.kill('SIGINT')
    await console.ended
    rmSync(data, { recursive: true, force: true })
  })
  await until('the cluster runs', 30_000, () => console.told.stdout.includes('Runs until Ctrl-C'))
  expect(console.told.stdout).toMatch(/generals \(sandbox-\w+, PBFT\): running/)
  const run = (...argv: readonly string[]): Promise<Ended> => start([...argv, '--data', data]).ended
  const observed = async (name: string) => JSON.parse((await run('observe', name, '--json')).stdout) as {
    readonly nodes: readonly { readonly alarms: readonly { readonly code: string; readonly about?: string }[]; readonly groups: readonly { readonly role: string; readonly fence: { readonly kind: string } }[] }[]
    readonly summary: { readonly state: string; readonly sentence: string; readonly quorumMargin: { readonly voters: number; readonly needed: number } }
  }

  await until('it is quorate', 20_000, async () => (await observed('generals')).summary.state === 'quorate')
  const told = await observed('generals')
  expect(told.summary).toMatchObject({ sentence: 'Quorate. 4 of 4 voters agree on n1 in view 0. Can lose 1 more.', quorumMargin: { voters: 4, needed: 3 } })
  expect(told.nodes.map(({ groups }) => `${groups[0]?.fence.kind ?? ''} ${groups[0]?.role ?? ''}`).sort()).toEqual(['view primary', 'view replica', 'view replica', 'view replica'])
  expect((await run('observe', 'generals')).stdout).toContain('view 0')
  const keyFileOf = async (name: string): Promise<string | null> => {
    const { clusters } = JSON.parse((await run('sandbox', 'status', name, '--json')).stdout) as { clusters: readonly { readonly clientKeyFile: string | null }[] }
    return present(clusters[0], 'the cluster').clientKeyFile
  }
  expect(readPrivateKey(await keyFileOf('generals') ?? '')).toMatchObject({ ok: true })

  const lied = await run('sandbox', 'lie', 'generals', 'n1', 'silent')
  expect(lied).toMatchObject({ code: 0, stdout: expect.stringContaining('lie:n1: n1 lies: silent') as string })
  await until('the others miss it', 20_000, async () => (await observed('generals')).summary.sentence === 'At risk. n1 says nothing to the others. Losing one more stops writes.')
  expect(await run('sandbox', 'lie', 'generals', 'n9', 'forge')).toMatchObject({ code: 2 })
  expect(await run('sandbox', 'fault', 'heal', 'lie:n1', '--cluster', 'generals')).toMatchObject({ code: 0 })
  await until('it is whole again', 20_000, async () => (await observed('generals')).summary.state === 'quorate')
  expect(await run('sandbox', 'member', 'add', '--cluster', 'generals')).toMatchObject({ code: 6, stderr: expect.stringContaining('fixed when it is created') as string })

  expect(await run('sandbox', 'create', '--name', 'demo', '--reads', 'lease', '--forwarding', '--snapshot-after', '5000', '--prefer', 'n1')).toMatchObject({ code: 0, stdout: expect.stringContaining('Raft') as string })
  await until('it is quorate', 20_000, async () => (await observed('demo')).summary.state === 'quorate')
  expect((await run('sandbox', 'options', 'demo')).stdout).toMatch(/snapshot-after +5000 entries +5000 entries +100000 entries +members are restarted one at a time/)
  expect(await run('sandbox', 'options', 'demo', '--set', 'snapshot-after=2000', 'forwarding=off', '--dry-run')).toMatchObject({ code: 0, stdout: expect.stringMatching(/forwarding: on → off\nsnapshot-after: 5000 → 2000\nRestarted one at a time: n\d, n\d, n\d \(hands leadership on first\)/) as string })
  expect(await run('sandbox', 'options', 'demo', '--set', 'reads=index')).toMatchObject({ code: 6, stderr: expect.stringContaining('Stop the cluster') as string })
  expect(await run('sandbox', 'options', 'demo', '--set', 'snapshot-after=2000', 'forwarding=off')).toMatchObject({ code: 0, stdout: expect.stringMatching(/snapshot-after +2000 entries +2000 entries[^]*The last change is done: n\d done, n\d done, n\d done/) as string })
  expect(await run('sandbox', 'options', 'demo', '--cancel')).toMatchObject({ code: 6 })
  expect((await run('sandbox', 'options', 'generals')).stdout).toMatch(/tentative +off +off +off/)
  await until('n1, which is preferred, leads', 20_000, async () => (await observed('demo')).summary.sentence.startsWith('Quorate. 3 of 3 voters agree on n1'))
  expect(await keyFileOf('demo')).toBeNull()
  expect((await run('sandbox', 'options', 'demo')).stdout).toMatch(/prefer +n1 +n1 +nobody/)
  expect(await run('sandbox', 'member', 'add', '--cluster', 'demo')).toMatchObject({ code: 0, stdout: expect.stringContaining('n4') as string })
  await until('n4 votes', 20_000, async () => (await observed('demo')).summary.quorumMargin.voters === 4)
  expect(await run('sandbox', 'member', 'remove', 'n4', '--cluster', 'demo')).toMatchObject({ code: 0 })
  expect(await run('sandbox', 'transfer', 'n2', '--cluster', 'demo')).toMatchObject({ code: 0 })
  await until('n2 leads', 20_000, async () => (await observed('demo')).summary.sentence.startsWith('Quorate. 3 of 3 voters agree on n2'))
  expect(await run('sandbox', 'member', 'add', '--witness', '--cluster', 'demo')).toMatchObject({ code: 0, stdout: expect.stringMatching(/n5\s+witness/) as string })
  await until('n5 says that it is a witness', 20_000, async () => (await observed('demo')).nodes.some(({ groups }) => groups[0]?.role === 'witness'))
  expect((await run('sandbox', 'status', 'demo')).stdout).toMatch(/n5\s+witness/)
  expect(await run('sandbox', 'member', 'replace', 'n3', '--cluster', 'demo')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^n6 took the place of n3\.\n[^]*n6 +running/) as string })
  expect(await run('sandbox', 'recover', 'demo')).toMatchObject({ code: 2, stderr: expect.stringContaining('--accept-loss') as string })
  expect(await run('sandbox', 'recover', 'demo', '--accept-loss')).toMatchObject({ code: 6 })
  expect(await run('sandbox', 'lie', 'demo', 'n1', 'forge')).toMatchObject({ code: 6, stderr: expect.stringContaining('PBFT') as string })
}, 180_000)

test.each([
  [['sandbox', 'create', '--protocol', 'pbft', '--nodes', '3'], 'PBFT cluster cannot have 3 nodes'],
  [['sandbox', 'create', '--protocol', 'raft', '--nodes', '4'], 'Raft cluster cannot have 4 nodes'],
  [['sandbox', 'create', '--protocol', 'pbft', '--forwarding'], 'PBFT cluster has no --forwarding'], [['sandbox', 'create', '--protocol', 'paxos', '--prefer', 'n1'], 'Multi-Paxos cluster has no --prefer'], [['sandbox', 'create', '--snapshot-after', '5'], 'no number of entries'],
  [['sandbox', 'options', 'c', '--set', 'speed=11'], 'sets no option'], [['sandbox', 'options', 'c', '--set', 'reads=index', '--cancel'], 'cannot be used with'],
  [['sandbox', 'member', 'add', '--learner', '--witness'], 'cannot be used with'],
  [['sandbox', 'create', 'one', '--name', 'other'], 'named twice: one and other'], [['sandbox', 'create', '--protocol', 'zab'], "'zab' is invalid"], [['sandbox', 'lie', 'c', 'n1', 'exaggerate'], "'exaggerate' is invalid"],
])('%j is wrong usage', async (argv, words) => {
  const { code, stderr } = await start(argv).ended
  expect(code).toBe(2)
  expect(stderr).toContain(words)
})

test.each([['lie'], ['options'], ['member'], ['transfer'], ['recover'], ['create']])('sandbox %s has its own help, with examples', async (command) => {
  const { code, stdout } = await start(['sandbox', command, '--help']).ended
  expect(code).toBe(0)
  expect(stdout).toContain('Usage')
})
