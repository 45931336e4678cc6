import { describe, expect, it } from 'vitest'
import { randomRun, type RunResult } from './random-run.fixture'

const SEEDS = Number(process.env['PAXOS_SEEDS'] ?? 300)
const FROM = Number(process.env['PAXOS_FROM'] ?? 1)

describe('random schedules', () => {
  it(`keep every invariant and come back, over ${SEEDS} seeds`, () => {
    const sum = { applied: 0, reads: 0, elections: 0, installs: 0, changes: 0, rounds: 0 }
    const broken: { seed: number; violation: RunResult['violation'] }[] = []
    for (let seed = FROM; seed < FROM + SEEDS; seed++) {
      const result = randomRun(seed)
      if (result.violation) broken.push({ seed, violation: result.violation })
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key]
    }
    if (process.env['PAXOS_SHOW']) console.log(sum, broken.length, broken.slice(0, 12))
    expect(broken).toEqual([])
    expect(sum.applied).toBeGreaterThan(SEEDS * 20)
  }, 600_000)
})
