import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawingKindOf, halfLine, hullOf, layoutOf, nextInDirection, nodeAt, sidesOf } from './layout'

const room = { width: 900, height: 560 }
const members = (count: number, domains = 0) =>
  Array.from({ length: count }, (_, index) => ({ id: `n${index + 1}`, ...(domains > 0 ? { domain: `rack ${(index % domains) + 1}` } : {}) }))

describe('layout', () => {
  it('keeps every member inside the room and apart from the others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 260, max: 1600 }), fc.integer({ min: 150, max: 1000 }), (count, roomWidth, roomHeight) => {
        // A room that is too small is drawn as a larger one of the same shape, and shrunk.
        const { points, width, height } = layoutOf(members(count), { width: roomWidth, height: roomHeight })
        expect(width / height).toBeCloseTo(roomWidth / roomHeight, 1)
        const places = [...points.values()]
        expect(places).toHaveLength(count)
        for (const place of places) {
          expect(place.x).toBeGreaterThanOrEqual(60)
          expect(place.x).toBeLessThanOrEqual(width - 60)
          expect(place.y).toBeGreaterThanOrEqual(40)
          expect(place.y).toBeLessThanOrEqual(height - 64)
        }
        for (const a of places) for (const b of places) if (a !== b) expect(Math.abs(a.x - b.x) >= 104 || Math.abs(a.y - b.y) >= 92).toBe(true)
      }),
    )
  })
  it('stands members of one domain together and outlines them', () => {
    const layout = layoutOf(members(6, 3), room)
    expect([...layout.points.keys()]).toEqual(['n1', 'n4', 'n2', 'n5', 'n3', 'n6'])
    expect(layout.regions.map((region) => [region.domain, region.nodeIds])).toEqual([['rack 1', ['n1', 'n4']], ['rack 2', ['n2', 'n5']], ['rack 3', ['n3', 'n6']]])
  })
  it('gives a thousand members places of their own', () => {
    const { points, kind } = layoutOf(members(1000, 12), room, 26)
    expect(kind).toBe('blocks')
    expect(new Set([...points.values()].map((point) => `${point.x},${point.y}`)).size).toBe(1000)
  })
  it('draws few members as elements and many on a canvas', () => {
    expect(drawingKindOf(9, 72)).toBe('svg')
    expect(drawingKindOf(30, 300)).toBe('svg')
    expect(drawingKindOf(30, 870)).toBe('canvas')
    expect(drawingKindOf(1000, 3000)).toBe('canvas')
  })
})

describe('geometry', () => {
  it('splits the members by a line, or says that it splits nothing', () => {
    const { points } = layoutOf(members(3), room)
    const sides = sidesOf(points, { x: 0, y: 200 }, { x: 900, y: 200 })
    expect(sides?.map((side) => [...side].sort())).toEqual(expect.arrayContaining([['n1'], ['n2', 'n3']]))
    expect(sidesOf(points, { x: 0, y: 0 }, { x: 900, y: 1 })).toBeNull()
  })
  it('walks to the neighbour in a direction and stays at the edge', () => {
    const { points } = layoutOf(members(3), room)
    expect(nextInDirection(points, 'n3', 'right')).toBe('n2')
    expect(nextInDirection(points, 'n2', 'left')).toBe('n3')
    expect(nextInDirection(points, 'n1', 'up')).toBe('n1')
  })
  it('finds the member under the pointer', () => {
    const { points } = layoutOf(members(3), room)
    const place = points.get('n2')
    expect(nodeAt(points, { x: (place?.x ?? 0) + 5, y: (place?.y ?? 0) - 4 }, 20)).toBe('n2')
    expect(nodeAt(points, { x: 0, y: 0 }, 20)).toBeNull()
  })
  it('ends a half-line before the middle, on the side of its sender', () => {
    const half = halfLine({ x: 0, y: 0 }, { x: 200, y: 0 }, 24, { x: 100, y: 90 })
    expect(half.start.x).toBe(24)
    expect(half.end.x).toBe(97)
    expect(half.label.y).toBeLessThan(0)
  })
  it('hulls contain their points', () => {
    expect(hullOf([{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 2, y: 1 }, { x: 4, y: 4 }, { x: 0, y: 4 }])).toHaveLength(4)
  })
})
