import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../core/base'
import type { NetworkPlan } from '../plan'
import { cutsOf, drawDelayMs, Network } from './index'

const PLAN: NetworkPlan = {
  delay: { shape: 'exponential', minMs: 2, meanMs: 10 }, lossShare: 0, duplicationShare: 0, reorderingShare: 0, clogShare: 0, clogMs: 100,
}
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']

function deliveries(plan: Partial<NetworkPlan>, count = 2000, synchrony: ConstructorParameters<typeof Network>[1] = { kind: 'asynchronous' }): (number | null)[] {
  const network = new Network({ ...PLAN, ...plan }, synchrony, NODES, 7)
  return Array.from({ length: count }, (_, i) => {
    const sent = network.send('n1', 'n2', i)
    return sent.kind === 'sent' ? sent.delivery.atMs : null
  })
}

describe('the simulated network', () => {
  it('keeps the order of a link, but for messages that are drawn to overtake', () => {
    const isOrdered = (times: readonly (number | null)[]): boolean => times.every((time, i) => i === 0 || (time ?? 0) >= (times[i - 1] ?? 0))
    expect(isOrdered(deliveries({}))).toBe(true)
    expect(isOrdered(deliveries({ reorderingShare: 0.2 }))).toBe(false)
  })

  it('loses the share that it is told to', () => {
    const lost = deliveries({ lossShare: 0.2 }).filter((time) => time === null).length
    expect(lost / 2000).toBeGreaterThan(0.15)
    expect(lost / 2000).toBeLessThan(0.25)
  })

  it('draws the same delays whatever is lost or doubled', () => {
    const plain = deliveries({ reorderingShare: 1 })
    const lossy = deliveries({ reorderingShare: 1, lossShare: 0.3, duplicationShare: 0.3 })
    expect(lossy.some((time) => time === null)).toBe(true)
    for (const [i, time] of lossy.entries()) if (time !== null) expect(time).toBe(plain[i])
  })

  it('has a bound where the model has one', () => {
    const late = (times: readonly (number | null)[]): number => Math.max(...times.map((time, i) => (time ?? 0) - i))
    const heavy = { delay: { shape: 'heavy-tail' as const, minMs: 2, meanMs: 10 }, reorderingShare: 1 }
    expect(late(deliveries(heavy, 2000, { kind: 'synchronous', deltaMs: 20 }))).toBeLessThanOrEqual(20.001)
    expect(late(deliveries(heavy))).toBeGreaterThan(50)
  })

  it.each(['constant', 'uniform', 'exponential', 'heavy-tail'] as const)('%s delays have the mean that they are told to have', (shape) => {
    const random = seededRandom(3)
    const draws = Array.from({ length: 40_000 }, () => drawDelayMs(random, { shape, minMs: 4, meanMs: 10 }, shape, 1))
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(4)
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    expect(mean).toBeGreaterThan(8)
    expect(mean).toBeLessThan(12)
  })
})

describe('partitions', () => {
  const cut = (shape: Parameters<typeof cutsOf>[0]): Set<string> => new Set(cutsOf(shape, NODES).map(([from, to]) => `${from}>${to}`))

  it('cut what their shape says, both ways or one', () => {
    expect(cut({ shape: 'isolate', node: 'n3' }).size).toBe(8)
    const oneWay = cut({ shape: 'one-way', from: ['n1'], to: ['n2', 'n3'] })
    expect([...oneWay]).toEqual(['n1>n2', 'n1>n3'])
    const ring = cut({ shape: 'ring' })
    expect([ring.has('n1>n2'), ring.has('n1>n5'), ring.has('n1>n3')]).toEqual([false, false, true])
    const bridge = cut({ shape: 'bridge', bridge: 'n3' })
    expect([bridge.has('n1>n3'), bridge.has('n3>n5'), bridge.has('n1>n2'), bridge.has('n1>n5')]).toEqual([false, false, false, true])
    const groups = cut({ shape: 'groups', groups: [['n1', 'n2'], ['n3', 'n4']] })
    expect([groups.has('n1>n2'), groups.has('n1>n3'), groups.has('n5>n1'), groups.has('n4>n3')]).toEqual([false, true, true, false])
  })
})
