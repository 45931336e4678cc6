import { describe, expect, it } from 'vitest'
import type { Outcome } from '../outcome'
import { simCommand } from './command'

async function run(...args: readonly string[]): Promise<Outcome> {
  const outcomes: Outcome[] = []
  const command = simCommand({
    workerFile: 'there is none', write: { out: () => undefined, err: () => undefined }, isTerminal: false, stop: () => AbortSignal.abort(), planted: null, regressions: null,
  }, (outcome) => outcomes.push(outcome))
  await command.parseAsync(args, { from: 'user' })
  const [outcome] = outcomes
  if (outcome === undefined || outcomes.length > 1) throw new Error('a command ends once')
  return outcome
}

describe('quorate sim', () => {
  it.each([
    ['seeds beyond the last', ['--seed', '4294967295', '--seeds', '2'], 'The last one is 4294967295'],
    ['liars among nodes that only crash', ['--profile', 'byzantine'], 'cannot aim at byzantine'],
    ['new members of a fixed group', ['--protocol', 'pbft', '--profile', 'changes'], 'cannot aim at changes'],
    ['a trace of another protocol', ['--trace', 'no-file', '--protocol', 'paxos'], 'The trace is of Raft only'],
    ['a trace of many seeds', ['--trace', 'no-file', '--seeds', '4'], '--trace runs one seed'],
    ['a trace as JSON', ['--trace', 'no-file', '--json'], '--trace runs one seed'],
  ])('refuses %s', async (_what, args, message) => {
    expect(await run(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) as string })
  })

  it('is not clean where it was stopped before anything was run', async () => {
    expect(await run('--seeds', '3')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('stopped before the first seed') as string })
    const { exitCode, stdout = '' } = await run('--seeds', '3', '--json')
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { seeds: 0, violations: [] }])
  })
})

describe('quorate sim --nightly', () => {
  it('has a list of its own, and takes no profile', async () => {
    expect(await run('--nightly', '--profile', 'disk')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--nightly has a list of its own') as string })
    expect(await run('--nightly', '--seeds', '0')).toMatchObject({ exitCode: 2 })
  })

  it('is not clean where it was stopped before anything was run', async () => {
    expect(await run('--nightly', '--json')).toEqual({ exitCode: 1, stdout: '{"nightly":[]}\n' })
    expect(await run('--nightly', '--protocol', 'raft', '--seeds', '1')).toEqual({ exitCode: 1 })
  })
})
