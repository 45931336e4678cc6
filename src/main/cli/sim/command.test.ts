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
