import { describe, expect, it } from 'vitest'
import { unknown } from '../../../../core/observation'
import type { TopologyLink, TopologyNode } from '../../../../core/observe/types'
import { drawingNodes, faultedLinks, glyphOf, rateText, rttText, weightOf } from './drawing'

const say = (key: string): string => key
const node = (over: Partial<TopologyNode> = {}): TopologyNode => ({
  id: 'n1', name: 'n1', endpoint: '127.0.0.1:1', role: 'follower', reachability: 'ok', voter: true, expected: true, stale: false, ageMs: 10,
  fence: { kind: 'raft-term', value: 7n }, ...over,
})
const link = (over: Partial<TopologyLink> = {}): TopologyLink => ({ from: 'n1', to: 'n2', state: 'up', rttMs: 0.4, bytesPerSecond: unknown('not-measured'), messagesPerSecond: {}, ...over })

describe('what a member looks like', () => {
  it('is down when it does not answer, whatever it last said', () => expect(glyphOf(node({ role: 'leader', reachability: 'timeout' }), new Map())).toBe('down'))
  it('is paused where the sandbox says so', () => expect(glyphOf(node({ reachability: 'timeout' }), new Map([['n1', 'paused']]))).toBe('paused'))
  it('is unknown where it does not say its role', () => expect(glyphOf(node({ role: unknown('not-reported') }), new Map())).toBe('unknown'))
  it('carries its epoch as text and hue', () => {
    const [drawn] = drawingNodes([node()], new Map(), say)
    expect(drawn).toMatchObject({ glyph: 'follower', epochText: 'drawing.epochLetter.raft-term7', epoch: 7n })
  })
  it('shows no epoch, rather than zero, where none is known', () => {
    expect(drawingNodes([node({ fence: unknown('unreachable') })], new Map(), say)[0]?.epochText).toBeNull()
  })
})

describe('what a link looks like', () => {
  it('is heavier the nearer it is', () => {
    expect(weightOf(0.1)).toBeGreaterThan(weightOf(3))
    expect(weightOf(3)).toBeGreaterThan(weightOf(250))
    expect(weightOf(unknown('not-measured'))).toBe(1.5)
  })
  it('says its round trip with sensible precision and nothing where it was not measured', () => {
    expect(rttText(0.347, 'en')).toBe('0.35 ms')
    expect(rttText(12.34, 'en')).toBe('12 ms')
    expect(rttText(unknown('not-measured'), 'en')).toBeNull()
  })
  it('names the busiest kinds and adds up the rest', () => {
    expect(rateText(link({ messagesPerSecond: { odd: 4, append: 120.4, heartbeat: 22, other: 1 } }), (key) => key.split('.').at(-1) ?? '', 'en')).toBe('append 120 · heartbeat 22 · +5/s')
    expect(rateText(link(), say, 'en')).toBeNull()
  })
  it('is faulted in the direction of the fault only, unless it goes both ways', () => {
    const fault = { kind: 'link' as const, from: 'n1', to: 'n2', bothWays: false, cut: true, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }
    expect([...faultedLinks([{ id: 'a', sinceMs: 0, fault }])]).toEqual(['n1>n2'])
    expect([...faultedLinks([{ id: 'a', sinceMs: 0, fault: { ...fault, bothWays: true } }])]).toEqual(['n1>n2', 'n2>n1'])
  })
})
