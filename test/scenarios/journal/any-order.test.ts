import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { plant } from '../../../src/core/base'
import { anyRun, keepsItsPromises } from './any-order'

describe('any order of commands, reads, time, snapshots, flushes and crashes', () => {
  afterEach(() => { plant(null) })

  it('loses nothing that was acknowledged, gives nothing back that is needed, and leads to the same state as without snapshots', () => {
    let restores = 0
    fc.assert(fc.property(anyRun, (run) => { restores += keepsItsPromises(run) }), { numRuns: 400 })
    expect(restores).toBeGreaterThan(100)
  })

  it.each(['driver/reads-before-applied', 'driver/releases-what-is-needed', 'driver/snapshot-before-durable'])('is told from a driver with %s', (bug) => {
    plant(bug)
    const found = fc.check(fc.property(anyRun, (run) => { keepsItsPromises(run) }), { numRuns: 2000, seed: 1, endOnFailure: true })
    expect(found.failed).toBe(true)
  })
})
