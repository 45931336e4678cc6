/** A bounded campaign of the simulator over our own code, and proof that it would notice if something were wrong. */
import { afterEach, describe, expect, it } from 'vitest'
import { plant } from '../../src/core/base'
import type { ProtocolName } from '../../src/core/machine'
import { CampaignSummary, drawPlan, explain, PROTOCOLS, runSeed, shrink, Simulation, type TraceEvent } from '../../src/sim'
import { PLANTED_BUGS } from './planted'
import { REGRESSIONS } from './regressions'

/** About a minute together on one core; the nightly campaign is `npm run sim` (docs/simulator.md). */
const SEEDS: Readonly<Record<ProtocolName, number>> = { raft: 300, paxos: 200, pbft: 40 }
/** Seeds that the handful of planted bugs below may take. */
const PLANTED_SEEDS_MAX = 100
const TIMEOUT_MS = 600_000

afterEach(() => { plant(null) })

describe('a simulation', () => {
  it.each(PROTOCOLS)('of %s is the same byte for byte whenever it is run', (protocol) => {
    const tracesOf = (seed: number): readonly TraceEvent[] => {
      const events: TraceEvent[] = []
      new Simulation(drawPlan(protocol, seed), { onEvent: (event) => events.push(event) }).run()
      return events
    }
    for (const seed of [1, 2, 3]) {
      expect(JSON.stringify(tracesOf(seed))).toBe(JSON.stringify(tracesOf(seed)))
      const [one, other] = [new Simulation(drawPlan(protocol, seed)).run(), new Simulation(drawPlan(protocol, seed)).run()]
      expect(other.replayHash).toBe(one.replayHash)
    }
    expect(new Simulation(drawPlan(protocol, 1)).run().replayHash).not.toBe(new Simulation(drawPlan(protocol, 2)).run().replayHash)
  }, TIMEOUT_MS)

  it('survives a round through JSON, and being watched, without a difference', () => {
    const plan = drawPlan('raft', 5)
    const expected = new Simulation(plan).run().replayHash
    expect(new Simulation(JSON.parse(JSON.stringify(plan)) as typeof plan).run().replayHash).toBe(expected)
    expect(new Simulation(plan, { onEvent: () => undefined }).run().replayHash).toBe(expected)
  })

  it('forks: it is the same up to the fault that was put in, and another one after it', () => {
    const plan = drawPlan('raft', 4, { profile: 'calm', faults: [] })
    const original = new Simulation(plan)
    original.runUntil(5_000)
    const fork = new Simulation(original.inject({ kind: 'crash', node: 'n1', atMs: 0, untilMs: 2_000 }))
    fork.runUntil(4_999)
    const again = new Simulation(plan)
    again.runUntil(4_999)
    expect(fork.replayHash).toBe(again.replayHash)
    fork.runUntil(6_000)
    original.runUntil(6_000)
    expect(fork.nodes().filter((node) => !node.isUp)).toHaveLength(1)
    expect(fork.replayHash).not.toBe(original.replayHash)
  })
})

describe('our own code', () => {
  it.each(PROTOCOLS)('%s violates nothing', (protocol) => {
    const summary = new CampaignSummary(protocol)
    for (let seed = 1; seed <= SEEDS[protocol]; seed++) summary.add(runSeed(protocol, seed, {}, seed % 50 === 0))
    expect(summary.violations.map(({ seed, invariant, message }) => `${seed}: ${invariant}: ${message}`)).toEqual([])
  }, TIMEOUT_MS)

  it.each(REGRESSIONS)('$protocol seed $seed: $story', ({ protocol, seed, profile }) => {
    expect(runSeed(protocol, seed, profile === undefined ? {} : { profile }, false).violation).toBeNull()
  }, TIMEOUT_MS)
})

const HANDFUL = [
  'raft/commit-older-term', 'raft/votes-twice', 'raft/append-acknowledged-before-durable', 'raft/commit-stops-early', 'paxos/accepts-below-promise',
  'paxos/adopts-first-reported', 'pbft/votes-by-message', 'session/reply-not-kept',
]

describe('planted bugs', () => {
  it('have names of their own', () => {
    expect(new Set(PLANTED_BUGS.map((bug) => bug.id)).size).toBe(PLANTED_BUGS.length)
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(40)
  })

  it.each(HANDFUL)('%s is caught', (id) => {
    const bug = PLANTED_BUGS.find((each) => each.id === id)
    if (bug === undefined) throw new Error(`${id} is no planted bug`)
    plant(id)
    const overrides = bug.profile === undefined ? {} : { profile: bug.profile }
    const isCaught = Array.from({ length: PLANTED_SEEDS_MAX }, (_, i) => i + 1).some((seed) => runSeed(bug.protocol, seed, overrides, false).violation !== null)
    expect(isCaught).toBe(true)
  }, TIMEOUT_MS)

  it('a failing plan is made short, still fails, and is told in words', () => {
    plant('raft/votes-twice')
    const seed = Array.from({ length: PLANTED_SEEDS_MAX }, (_, i) => i + 1).find((each) => runSeed('raft', each, {}, false).violation !== null) ?? 0
    const plan = drawPlan('raft', seed)
    const { violation } = new Simulation(plan).run()
    if (violation === null) throw new Error('the planted bug was not caught')
    const shrunk = shrink(plan, violation, { runsMax: 150 })
    expect(shrunk.plan.faults.length).toBeLessThanOrEqual(plan.faults.length)
    const again = new Simulation(shrunk.plan).run()
    expect(again.violation?.invariant).toBe(violation.invariant)
    const { events } = explain(shrunk.plan)
    expect(events.at(-1)?.text).toContain(violation.invariant)
    expect(shrink(plan, violation, { runsMax: 150 }).plan).toEqual(shrunk.plan)
  }, TIMEOUT_MS)
})
