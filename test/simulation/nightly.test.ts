/** What is run every night holds what it promises: no cell of the ledger is left to chance, and what is aimed at is hit. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/machine'
import { nightlyInWords } from '../../src/main/cli/sim/words'
import { isClean, type NightlyReport } from '../../src/main/cli/sim/nightly'
import { AIMED_PROFILES, CampaignSummary, DEEDS, drawPlan, NIGHTLY, possibleCells, possibleDeeds, PROTOCOLS, runSeed, Simulation, type Phase, type Profile } from '../../src/sim'

const TIMEOUT_MS = 120_000
/** Plans are drawn, not run. */
const PLANS = 600

describe('the nightly list', () => {
  it.each(PROTOCOLS)('of %s holds the swarm', (protocol) => {
    expect(NIGHTLY[protocol].filter(({ profile, seeds }) => profile === null && seeds >= 20_000)).toHaveLength(1)
    expect(new Set(NIGHTLY[protocol].map(({ name }) => name)).size).toBe(NIGHTLY[protocol].length)
  })

  it.each(PROTOCOLS)('of %s aims at every cell that there is', (protocol) => {
    const aimed = new Set<string>()
    for (const { profile, seeds } of NIGHTLY[protocol]) {
      if (!AIMED_PROFILES.some((each) => each === profile)) continue
      for (let seed = 1; seed <= Math.min(seeds, PLANS); seed++) {
        for (const { kind, when } of drawPlan(protocol, seed, { profile: profile as Profile }).faults) if (when?.startsWith('in-') === true) aimed.add(`${kind} in ${when.slice(3)}`)
      }
    }
    expect(possibleCells(protocol).map(([kind, phase]) => `${kind} in ${phase}`).filter((cell) => !aimed.has(cell))).toEqual([])
  })

  it('calls nothing impossible but what the protocol is without', () => {
    expect(possibleCells('raft')).toHaveLength(21 * 5)
    expect(possibleCells('paxos')).toEqual(possibleCells('raft'))
    // Members that are fixed: neither that fault nor that phase.
    expect(possibleCells('pbft')).toHaveLength(20 * 4)
    expect(DEEDS.filter((deed) => !possibleDeeds('raft').includes(deed))).toEqual(['view-change', 'misbehaviour-proved', 'equivocation', 'tentative-reply', 'tentative-undone'])
    expect(DEEDS.filter((deed) => !possibleDeeds('paxos').includes(deed))).toEqual(['truncation', 'view-change', 'misbehaviour-proved', 'equivocation', 'tentative-reply', 'tentative-undone'])
    expect(DEEDS.filter((deed) => !possibleDeeds('pbft').includes(deed))).toEqual(
      ['member-added', 'member-removed', 'config-change', 'truncation', 'lease-read', 'index-read', 'follower-read'],
    )
  })
})

interface Struck {
  /** Of faults that plans aimed at the phase, the share that came in it. */
  readonly share: number
  readonly kinds: ReadonlySet<string>
}

function struckIn(protocol: ProtocolName, profile: Profile, phase: Phase, seeds: number): Struck {
  const kinds = new Set<string>()
  let aimed = 0
  let met = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const plan = drawPlan(protocol, seed, { profile })
    aimed += plan.faults.filter(({ when }) => when === `in-${phase}`).length
    const { coverage, violation } = new Simulation(plan, {
      onEvent: (event) => { if (event.kind === 'fault-began' && event.what.when === `in-${phase}` && event.phase === phase) met++ },
    }).run()
    expect(violation).toBeNull()
    for (const [kind, row] of Object.entries(coverage.cells)) if ((row[phase] ?? 0) > 0) kinds.add(kind)
  }
  return { share: met / aimed, kinds }
}

describe('what is aimed at is hit', () => {
  // So many seeds, and what came of them at least: of faults that wait for the phase the share that met it, and how many kinds did.
  it.each<readonly [ProtocolName, Profile, Phase, number, number, number]>([
    ['raft', 'changes', 'reconfiguration', 15, 0.6, 14], ['paxos', 'changes', 'reconfiguration', 12, 0.5, 11],
    ['raft', 'transfers', 'state-transfer', 15, 0.5, 12],
  ])('%s, %s: faults in %s', (protocol, profile, phase, seeds, shareMin, kindsMin) => {
    const { share, kinds } = struckIn(protocol, profile, phase, seeds)
    expect(share).toBeGreaterThan(shareMin)
    expect(kinds.size).toBeGreaterThanOrEqual(kindsMin)
  }, TIMEOUT_MS)

  it('raft, moments: nearly the whole ledger within few seeds', () => {
    const summary = new CampaignSummary('raft')
    for (let seed = 1; seed <= 60; seed++) summary.add(runSeed('raft', seed, { profile: 'moments' }, false))
    expect(summary.violations).toEqual([])
    // As many seeds of the swarm leave some thirty empty.
    expect(summary.missing().length).toBeLessThanOrEqual(16)
  }, TIMEOUT_MS)
})

describe('the report of a night', () => {
  const reportOf = (summary: CampaignSummary): NightlyReport => ({ protocol: 'raft', runs: [], joint: summary.report(1, 1), fewest: summary.fewest(), fullAfterSeeds: null })

  it('names what is empty, and is not clean with it', () => {
    const summary = new CampaignSummary('raft')
    summary.add(runSeed('raft', 1, { profile: 'calm', faults: [] }, false))
    const report = reportOf(summary)
    expect(isClean(report)).toBe(false)
    expect(nightlyInWords(report)).toMatch(/✗ empty: crash in idle · .*change-members in state-transfer · .*fail-stop/)
    expect(report.fewest).toEqual({ cell: 'crash in idle', times: 0 })
  })

  it('is clean with a full ledger, and not where anything was violated', () => {
    const outcome = runSeed('raft', 1, { profile: 'calm', faults: [] }, false)
    const row = { 'idle': 1, 'election': 2, 'snapshot': 3, 'reconfiguration': 4, 'state-transfer': 5 }
    const coverage = {
      cells: Object.fromEntries(possibleCells('raft').map(([kind]) => [kind, row])), deeds: Object.fromEntries(possibleDeeds('raft').map((deed) => [deed, 1])),
    }
    const full = new CampaignSummary('raft')
    full.add({ ...outcome, coverage })
    expect(isClean(reportOf(full))).toBe(true)
    expect(nightlyInWords(reportOf(full))).toContain('✓ no cell and no deed is empty')
    full.add({ ...outcome, violation: { invariant: 'Election Safety', source: 'Raft, figure 3', atMs: 1, nodeId: null, message: 'Two lead.' } })
    expect(isClean(reportOf(full))).toBe(false)
  })
})
