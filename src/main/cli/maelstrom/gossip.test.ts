import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../core/base'
import { Gossip } from './gossip'
import type { Body } from './message'
import type { Host } from './workload'

/** Nodes whose clock and network are in the hands of the test. */
class Gossips {
  readonly ids: readonly string[]
  readonly nodes = new Map<string, Gossip<number>>()
  inFlight: { from: string; to: string; body: Body }[] = []
  sent = 0
  #nowMs = 0
  readonly #timers: { readonly periodMs: number; readonly run: () => void; dueMs: number }[] = []

  constructor(count: number) {
    this.ids = Array.from({ length: count }, (_, i) => `n${i}`)
    for (const nodeId of this.ids) {
      const host: Host = {
        nodeId, nodeIds: this.ids, log: () => undefined, nowMs: () => this.#nowMs,
        send: (to, body) => {
          this.sent++
          this.inFlight.push({ from: nodeId, to, body })
        },
        every: (periodMs, run) => void this.#timers.push({ periodMs, run, dueMs: periodMs }),
      }
      this.nodes.set(nodeId, new Gossip<number>(host, { parse: (raw) => (typeof raw === 'number' ? raw : null), join: Math.max }))
    }
  }

  deliver(at: number): void {
    const [message] = this.inFlight.splice(at, 1)
    if (message) this.nodes.get(message.to)?.hear(message.from, message.body)
  }

  pass(ms: number): void {
    this.#nowMs += ms
    for (const timer of this.#timers) {
      for (; timer.dueMs <= this.#nowMs; timer.dueMs += timer.periodMs) timer.run()
    }
  }

  settle(): void {
    for (let round = 0; round < 20; round++) {
      while (this.inFlight.length > 0) this.deliver(0)
      this.pass(500)
    }
  }
}

describe('gossip', () => {
  it('brings every node to the join of all values, whatever the network loses, doubles and reorders', () => {
    const step = fc.record({ node: fc.nat(3), key: fc.constantFrom('a', 'b', 'c'), value: fc.nat(9) })
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), fc.boolean(), (steps, seed, isLine) => {
      const random = seededRandom(seed)
      const it = new Gossips(4)
      if (isLine) for (const [i, id] of it.ids.entries()) it.nodes.get(id)?.setPeers(it.ids.filter((_, other) => Math.abs(other - i) === 1))
      const expected = new Map<string, number>()
      for (const { node, key, value } of steps) {
        it.nodes.get(`n${node}`)?.set(key, value)
        expected.set(key, Math.max(value, expected.get(key) ?? 0))
        for (let i = random.integer(0, 6); i > 0 && it.inFlight.length > 0; i--) {
          const at = random.integer(0, it.inFlight.length)
          if (random.next() < 0.3) it.inFlight.splice(at, 1)
          else if (random.next() < 0.2) it.inFlight.push(it.inFlight[at] as (typeof it.inFlight)[number])
          else it.deliver(at)
        }
        it.pass(random.integer(0, 200))
      }
      it.settle()
      for (const id of it.ids) expect(it.nodes.get(id)?.values().sort()).toEqual([...expected.values()].sort())
      const { sent } = it
      it.settle()
      expect(it.sent).toBe(sent)
    }), { numRuns: 200 })
  })

  it('gets everything across a network so slow that each message is repeated before its answer comes', () => {
    const it = new Gossips(2)
    for (let i = 0; i < 1_100; i++) it.nodes.get('n0')?.set(`k${i}`, i)
    for (let round = 0; round < 20; round++) {
      const { length } = it.inFlight
      it.pass(1_000)
      for (let i = 0; i < length; i++) it.deliver(0)
    }
    expect(it.nodes.get('n1')?.values()).toHaveLength(1_100)
    expect(it.inFlight).toEqual([])
  })

  it('keeps its messages short, however long what they tell is', () => {
    const it = new Gossips(2)
    const keys = Array.from({ length: 40 }, (_, i) => `${i}${'x'.repeat(200_000)}`)
    for (const key of keys) it.nodes.get('n0')?.set(key, 1)
    const lengths: number[] = []
    while (it.inFlight.length > 0) {
      lengths.push(JSON.stringify(it.inFlight[0]?.body).length)
      it.deliver(0)
    }
    expect(it.nodes.get('n1')?.values()).toHaveLength(keys.length)
    expect(Math.max(...lengths)).toBeLessThan(1.2 * 1024 * 1024)
    expect(Math.max(...lengths)).toBeGreaterThan(500_000)
  })

  it('leaves out what is no value, and answers all the same', () => {
    const it = new Gossips(2)
    const node = it.nodes.get('n0') as Gossip<number>
    for (const items of [null, 7, [[]], [['a']], [[1, 2]], [['a', 'x']], ['a'], [['b', 3]]]) node.hear('n1', { type: 'gossip', id: 1, items })
    expect(node.values()).toEqual([3])
    expect(it.inFlight.filter(({ body }) => body.type === 'gossip_ok')).toHaveLength(6)
  })
})
