import { describe, expect, it } from 'vitest'
import { unknown } from '../../../../core/observation'
import type { FollowerLag } from '../../../../core/observe/types'
import type { SeriesPoints } from '../../../../contract/history'
import { chartedOf, followersOf, lagText, linesOf, standingOf } from './model'

const lag = (over: Partial<FollowerLag> = {}): FollowerLag => ({
  nodeId: 'n2', name: 'n2', by: 'n1', atMs: 0, stage: 'flushed', entries: 0n, bytes: unknown('not-supported'), seconds: unknown('not-supported'), silentForMs: 10,
  trendPerSecond: unknown('not-measured'), etaSeconds: unknown('not-measured'), flow: 'replicate', basis: 'leader-progress', ...over,
})
const points = (nodeId: string, peerId: string): SeriesPoints => ({ key: { nodeId, peerId, metric: 'lag-entries' }, atMs: [1, 2], minimum: [0, 0], maximum: [4, 5], last: [1, 1], stepMs: 1 })

describe('how a follower stands', () => {
  it('is silent rather than level when nothing is heard of it', () => expect(standingOf(lag({ silentForMs: 9000 }), 3000)).toBe('silent'))
  it('is unknown rather than level when nothing was measured', () => expect(standingOf(lag({ entries: unknown('unreachable') }), 3000)).toBe('unknown'))
  it('is level at zero and tells which way it moves otherwise', () => {
    expect(standingOf(lag(), 3000)).toBe('level')
    expect(standingOf(lag({ entries: 40n, trendPerSecond: 12 }), 3000)).toBe('falling-behind')
    expect(standingOf(lag({ entries: 40n, trendPerSecond: -12 }), 3000)).toBe('catching-up')
    expect(standingOf(lag({ entries: 40n, trendPerSecond: 0.2 }), 3000)).toBe('behind')
  })
})

describe('panels', () => {
  it('draws the words of each reporter as a line of its own', () => {
    const lines = linesOf([points('n3', 'n2'), points('n1', 'n2'), points('n1', 'n3')], 'lag-entries', 'n2', (id) => ({ label: `by ${id}`, colour: Number(id.slice(1)) }))
    expect(lines.map((line) => line.label)).toEqual(['by n1', 'by n3'])
    expect(lines.map((line) => line.colour)).toEqual([1, 3])
    expect(lines[0]?.points[1]).toEqual({ x: 2, y: 5 })
  })
  it('keeps the order of the members and adds those the cluster does not list', () => {
    const members = [{ id: 'n1', name: 'a' }, { id: 'n2', name: 'b' }]
    expect(followersOf(members, [lag({ nodeId: 'n9', name: 'z' })], [points('n1', 'n2')])).toEqual([{ id: 'n2', name: 'b' }, { id: 'n9', name: 'z' }])
  })
  it('shows at most six charts', () => expect(chartedOf(['1', '2', '3', '4', '5', '6', '7', '8'], null)).toHaveLength(6))
})

it('writes figures with units of a sensible size', () => {
  expect(lagText(1234567, 'entries', 'en')).toBe('1,234,567')
  expect(lagText(1536, 'bytes', 'en')).toBe('1.5 KiB')
  expect(lagText(0.25, 'seconds', 'en')).toBe('250 ms')
  expect(lagText(0, 'seconds', 'en')).toBe('0 s')
})
