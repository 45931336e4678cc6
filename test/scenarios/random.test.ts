import { describe, expect, it } from 'vitest'
import { RandomRun, type Coverage } from './random-run'

/** SEEDS=first-last runs others, and SEEDS=n one alone. */
const [first = 1, last = first] = (process.env['SEEDS'] ?? '1-400').split('-').map(Number)

describe('a cluster under random faults', () => {
  it(`keeps its promises with seeds ${first} to ${last}`, { timeout: 600_000 }, () => {
    const sum: Coverage = {
      elections: 0, crashes: 0, partitions: 0, acknowledged: 0, retries: 0, reads: 0, lostMessages: 0, snapshots: 0, installs: 0,
    }
    for (let seed = first; seed <= last; seed++) {
      const run = new RandomRun(seed)
      run.run()
      for (const key of Object.keys(sum) as (keyof Coverage)[]) sum[key] += run.coverage[key]
    }
    if (process.env['VERBOSE']) console.log(JSON.stringify(sum))
    // The faults were real: each of these happened, on average, in every run.
    if (last - first >= 100) for (const [key, count] of Object.entries(sum)) expect(count, key).toBeGreaterThan(last - first)
  })
})
