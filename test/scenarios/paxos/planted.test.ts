import { afterEach, describe, expect, it } from 'vitest'
import { plant } from '../../../src/core/base'
import { randomRun } from '../../../src/sim/invariants/paxos/random-run.fixture'
import { PLANTED_PAXOS_BUGS } from '../../simulation/planted/paxos'

const SEEDS_MAX = Number(process.env['PAXOS_PLANTED_SEEDS'] ?? 300)
const only = process.env['PAXOS_PLANTED']?.split(',')
/**
 * Left to the simulator's plans. Clocks of these schedules may differ so much that a lease is over long before anyone stands; and their
 * changes of members seldom leave one configuration's majority short of the other's. They know of
 * no cap on what is not committed.
 */
const HIDDEN: readonly string[] = ['paxos/lease-not-honoured', 'paxos/counted-by-newest-members', 'paxos/uncommitted-bytes-kept']
const bugs = PLANTED_PAXOS_BUGS.filter(({ id }) => only?.includes(id) ?? !HIDDEN.includes(id))

describe('random schedules', () => {
  afterEach(() => { plant(null) })

  it.each(bugs)('catch $id', ({ id }) => {
    plant(id)
    const reads = id.includes('/lease-') ? 'lease' : id.includes('/read-') ? 'quorum' : null
    let found: string | null = null
    let seed = 0
    while (found === null && seed < SEEDS_MAX) {
      const { violation } = randomRun(++seed, reads === null ? {} : { reads })
      if (violation) found = `${violation.invariant}: ${violation.what}`
    }
    if (process.env['PAXOS_SHOW']) console.log(id, seed, found)
    expect(found).not.toBeNull()
  }, 300_000)
})
