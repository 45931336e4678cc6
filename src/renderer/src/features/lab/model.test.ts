import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LOAD_DEFAULTS, type LoadSample } from '../../../../contract/load'
import { assignmentOf, decidingGroup, doesSomething, faultTexts, groupsOf, linkFaultOf, loadCharts, loadDraftOf, loadSettingsOf, moved, NO_FAULT, partitionOf, wholeAssignment } from './model'

const ids = ['n1', 'n2', 'n3', 'n4', 'n5']

describe('partition', () => {
  it('is none while everyone is on one side', () => expect(partitionOf(wholeAssignment(ids))).toBeNull())
  it('keeps every member in exactly one group, however they are moved', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(...ids), fc.integer({ min: -2, max: 9 }))), (moves) => {
      const groups = groupsOf(moves.reduce((assignment, [id, group]) => moved(assignment, id, group), wholeAssignment(ids)))
      expect(groups.flat().sort()).toEqual(ids)
      expect(partitionOf(assignmentOf(groups))?.groups ?? groups).toEqual(groups)
      expect(groups.length).toBeLessThanOrEqual(7)
    }))
  })
  it('names the side that can still decide, if there is one', () => {
    expect(decidingGroup([['n1', 'n2'], ['n3', 'n4', 'n5']], 3)).toBe(1)
    expect(decidingGroup([['n1', 'n2'], ['n3', 'n4']], 3)).toBeNull()
    expect(decidingGroup([['n1', 'n2', 'n3', 'n4'], ['n5', 'n6', 'n7']], 5)).toBeNull()
  })
})

describe('link faults', () => {
  const draft = { ...NO_FAULT, from: 'n1', to: 'n2' }
  it('ask for nothing that changes nothing', () => {
    expect(doesSomething(draft)).toBe(false)
    expect(doesSomething({ ...draft, lossPercent: 1 })).toBe(true)
    expect(doesSomething({ ...draft, to: 'n1', cut: true })).toBe(false)
  })
  it('are what the contract takes', () => {
    expect(linkFaultOf({ ...draft, lossPercent: 12.5, kilobytesPerSecond: 0.2 })).toMatchObject({ loss: 0.125, bytesPerSecondMax: 1000 })
    expect(linkFaultOf({ ...draft, cut: true, latencyMs: 50 })).toMatchObject({ cut: true, latencyMs: 0 })
  })
  it('say in words what they do', () => {
    const fault = linkFaultOf({ ...draft, bothWays: false, latencyMs: 80, jitterMs: 10, lossPercent: 5 })
    expect(faultTexts({ id: 'f', sinceMs: 0, fault }, (id) => id.toUpperCase())).toEqual([
      { key: 'linkOne', parameters: { from: 'N1', to: 'N2' } }, { key: 'latencyJitter', parameters: { ms: 80, jitter: 10 } }, { key: 'loss', parameters: { percent: 5 } },
    ])
  })
})

describe('load', () => {
  it('has no latency, rather than none of it, where nothing completed', () => {
    const sample: LoadSample = { atMs: 1, intervalMs: 500, completed: 0, reads: 0, writes: 0, errors: 3, unknownOutcomes: 0, outvoted: 0, p50Ms: null, p90Ms: null, p99Ms: null, maxMs: null }
    const charts = loadCharts([sample], { completed: 'c', p50: '50', p99: '99', errors: 'e', unknown: 'u' })
    expect(charts.latency[0]?.points[0]?.y).toBeNaN()
    expect(charts.throughput[0]?.points[0]?.y).toBe(0)
    expect(charts.trouble[0]?.points[0]?.y).toBe(6)
  })
  it('goes through its form unchanged', () => expect(loadSettingsOf(loadDraftOf(LOAD_DEFAULTS))).toEqual(LOAD_DEFAULTS))
})
