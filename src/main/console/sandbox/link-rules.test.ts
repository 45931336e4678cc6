import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fault, LinkFault } from '../../../contract/sandbox'
import { rulesFor } from './link-rules'

const NODES = ['n1', 'n2', 'n3'] as const
const link = (from: string, to: string, change: Partial<LinkFault> = {}): LinkFault => ({
  kind: 'link', from, to, bothWays: false, cut: false, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null, ...change,
})

describe('rulesFor', () => {
  it('leaves everything alone without faults, and with faults that change nothing', () => {
    for (const node of NODES) expect(rulesFor(node, NODES, [link('n1', 'n2')])).toEqual([])
  })

  it('applies a one-way fault at its sender only, and both ways at each', () => {
    const cut = link('n1', 'n2', { cut: true })
    expect(rulesFor('n1', NODES, [cut])).toMatchObject([{ to: 'n2', cut: true }])
    expect(rulesFor('n2', NODES, [cut])).toEqual([])
    expect(rulesFor('n2', NODES, [{ ...cut, bothWays: true }])).toMatchObject([{ to: 'n1', cut: true }])
  })

  it('combines faults: latencies add, losses combine, the smallest bandwidth holds, a cut wins', () => {
    const faults = [
      link('n1', 'n2', { latencyMs: 20, jitterMs: 1, loss: 0.5, bytesPerSecondMax: 5_000 }),
      link('n2', 'n1', { bothWays: true, latencyMs: 30, jitterMs: 2, loss: 0.5, bytesPerSecondMax: 9_000 }),
    ]
    expect(rulesFor('n1', NODES, faults)).toEqual([{ to: 'n2', cut: false, latencyMs: 50, jitterMs: 3, loss: 0.75, bytesPerSecondMax: 5_000 }])
    expect(rulesFor('n1', NODES, [...faults, link('n1', 'n2', { cut: true })])[0]?.cut).toBe(true)
  })

  it('partitions: between groups nothing passes, and who is in no group is alone', () => {
    const partition: Fault = { kind: 'partition', groups: [['n1', 'n2']] }
    expect(rulesFor('n1', NODES, [partition]).map((rule) => rule.to)).toEqual(['n3'])
    expect(rulesFor('n3', NODES, [partition]).map((rule) => rule.to)).toEqual(['n1', 'n2'])
  })

  it('does not depend on the order of the faults', () => {
    const node = fc.constantFrom(...NODES)
    const someFault = fc.record({ from: node, to: node, bothWays: fc.boolean(), cut: fc.boolean(), latencyMs: fc.integer({ min: 0, max: 100 }) })
      .map((fault) => link(fault.from, fault.to, fault))
    fc.assert(fc.property(fc.array(someFault, { maxLength: 6 }), node, (faults, from) => {
      expect(rulesFor(from, NODES, faults)).toEqual(rulesFor(from, NODES, faults.toReversed()))
    }))
  })
})
