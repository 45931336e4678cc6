import { describe, expect, it } from 'vitest'
import { randomRun } from './random-run'

const SEEDS = Number(process.env['PBFT_SEEDS'] ?? 200)
const FIRST = Number(process.env['PBFT_SEED'] ?? 1)

describe('PBFT under random schedules, with as many liars as it tolerates', () => {
  it('keeps every invariant, and executes everything once the network heals', { timeout: 120_000 }, () => {
    const totals = { views: 0, executed: 0, installed: 0, misbehaviours: 0, healTicks: 0 }
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const result = randomRun(seed, seed % 4 === 3 ? 7 : 4)
      expect(result.violation, `seed ${seed}`).toBeNull()
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += result[key]
    }
    // The schedules reach what they are there for.
    if (process.env['PBFT_SEEDS']) console.log(totals)
    expect(totals.views).toBeGreaterThan(SEEDS / 4)
    expect(totals.installed).toBeGreaterThan(0)
    expect(totals.misbehaviours).toBeGreaterThan(0)
  })

  it('does so too where replicas execute tentatively', { timeout: 120_000 }, () => {
    for (let seed = FIRST; seed < FIRST + SEEDS / 4; seed++) expect(randomRun(seed, seed % 4 === 3 ? 7 : 4, true).violation, `seed ${seed}`).toBeNull()
  })
})
