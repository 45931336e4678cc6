/** Where members stand. Pure and stable: the same members in the same room get the same places, whoever leads. */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface LayoutNode {
  readonly id: string
  /** A failure domain; members of one stand together. */
  readonly domain?: string | undefined
}

export interface Region {
  readonly domain: string
  readonly nodeIds: readonly string[]
  /** Convex outline through the members' places; drawn with a broad round stroke it encloses them. */
  readonly outline: readonly Point[]
  readonly label: Point
}

export interface Layout {
  readonly kind: 'ring' | 'blocks'
  /** The room the layout takes, in its own pixels. */
  readonly width: number
  readonly height: number
  readonly points: ReadonlyMap<string, Point>
  readonly regions: readonly Region[]
}

export interface Room {
  readonly width: number
  readonly height: number
}

/** Up to here members stand on a ring and every link is drawn. */
export const RING_NODES_MAX = 9
/** Up to here members and links are SVG elements; beyond, a canvas draws them and links between domains are bundled. */
export const SVG_NODES_MAX = 40
export const SVG_LINKS_MAX = 320

export function drawingKindOf(nodes: number, links: number): 'svg' | 'canvas' {
  return nodes <= RING_NODES_MAX || (nodes <= SVG_NODES_MAX && links <= SVG_LINKS_MAX) ? 'svg' : 'canvas'
}

const RING_MARGIN_X = 96
/** In a narrow room the margin gives way before the members come too close. */
const RING_MARGIN_SHARE = 0.16
const RING_MARGIN_Y = 72
const RING_MARGIN_Y_WITH_DOMAINS = 98
/** From a member to the name of its domain. */
const DOMAIN_NAME_OUT = 76
/** A ring much wider than high makes neighbours at its ends unreadable. */
const RING_ASPECT_MAX = 1.75
/** In a low room the ring fills what is left between the tops and the labels of its members, and may lie flatter. */
const LOW_ROOM_PX = 330
const LOW_MARGIN = { top: 42, bottom: 66 } as const
const LOW_RING_ASPECT_MAX = 4
/** Members nearer than this in both directions write over each other. */
const MEMBER_BOX = { width: 104, height: 92 } as const
/** From the middle of a member to the end of its words. */
const MEMBER_REACH = { side: 60, above: 40, below: 64 } as const
/** A room too small for its members is drawn as a larger one, shrunk: so much larger at most. */
const ENLARGED_MAX = 6
const ENLARGED_STEP = 1.12

export function layoutOf(nodes: readonly LayoutNode[], room: Room, cell = 104): Layout {
  if (nodes.length > RING_NODES_MAX) return blockLayout(nodes, room, cell)
  let layout = ringLayout(nodes, room)
  for (let by = ENLARGED_STEP; isCrowded(layout) && by <= ENLARGED_MAX; by *= ENLARGED_STEP) {
    layout = ringLayout(nodes, { width: Math.round(room.width * by), height: Math.round(room.height * by) })
  }
  return layout
}

/** A member or its words would stand outside the room, or on another's. */
function isCrowded({ points, width, height }: Layout): boolean {
  const places = [...points.values()]
  if (places.some(({ x, y }) => x < MEMBER_REACH.side || x > width - MEMBER_REACH.side || y < MEMBER_REACH.above || y > height - MEMBER_REACH.below)) return true
  return places.some((one, index) => places.slice(index + 1).some((other) => Math.abs(one.x - other.x) < MEMBER_BOX.width && Math.abs(one.y - other.y) < MEMBER_BOX.height))
}

/** Members of one domain stand next to each other; otherwise the order given is kept. */
export function byDomain<N extends LayoutNode>(nodes: readonly N[]): readonly { readonly domain: string | undefined; readonly nodes: readonly N[] }[] {
  const groups = new Map<string | undefined, N[]>()
  for (const node of nodes) {
    const group = groups.get(node.domain)
    if (group) group.push(node)
    else groups.set(node.domain, [node])
  }
  return [...groups].map(([domain, members]) => ({ domain, nodes: members }))
}

export function ringLayout(nodes: readonly LayoutNode[], room: Room): Layout {
  const hasDomains = nodes.some((node) => node.domain !== undefined)
  const ordered = byDomain(nodes).flatMap((group) => group.nodes)
  // Two members stand side by side; more begin at the top and go clockwise.
  const start = ordered.length === 2 ? Math.PI : -Math.PI / 2
  const directions = ordered.map((_, index) => start + (index * 2 * Math.PI) / ordered.length).map((angle) => ({ x: Math.cos(angle), y: Math.sin(angle) }))
  const { centre, rx, ry } = ringIn(room, hasDomains, directions)
  const points = new Map<string, Point>()
  ordered.forEach((node, index) => {
    const direction = ordered.length === 1 ? { x: 0, y: 0 } : directions[index] ?? { x: 0, y: 0 }
    points.set(node.id, { x: round(centre.x + rx * direction.x), y: round(centre.y + ry * direction.y) })
  })
  // The name of a domain stands outside its region, on the far side from the centre, and never outside the room.
  const outside = (places: readonly Point[]): Point => {
    const middle = places[Math.floor((places.length - 1) / 2)] ?? centre
    const length = Math.max(1, Math.hypot(middle.x - centre.x, middle.y - centre.y))
    const x = middle.x + ((middle.x - centre.x) / length) * DOMAIN_NAME_OUT
    const y = middle.y + ((middle.y - centre.y) / length) * DOMAIN_NAME_OUT
    return { x: round(Math.min(room.width - 40, Math.max(40, x))), y: round(Math.min(room.height - 8, Math.max(14, y))) }
  }
  return { kind: 'ring', width: room.width, height: room.height, points, regions: regionsOf(nodes, points, outside) }
}

function ringIn(room: Room, hasDomains: boolean, directions: readonly Point[]): { readonly centre: Point; readonly rx: number; readonly ry: number } {
  const isLow = !hasDomains && room.height < LOW_ROOM_PX && directions.length > 2
  const [top, bottom] = isLow ? [Math.min(...directions.map(({ y }) => y)), Math.max(...directions.map(({ y }) => y))] : [-1, 1]
  const margin = hasDomains ? RING_MARGIN_Y_WITH_DOMAINS : RING_MARGIN_Y
  const ry = Math.max(40, isLow ? (room.height - LOW_MARGIN.top - LOW_MARGIN.bottom) / (bottom - top) : room.height / 2 - margin)
  const rx = Math.max(60, Math.min(room.width / 2 - Math.min(RING_MARGIN_X, Math.max(60, room.width * RING_MARGIN_SHARE)), ry * (isLow ? LOW_RING_ASPECT_MAX : RING_ASPECT_MAX)))
  return { centre: { x: room.width / 2, y: isLow ? LOW_MARGIN.top - top * ry : room.height / 2 }, rx, ry }
}

interface Block {
  readonly nodes: readonly LayoutNode[]
  readonly columns: number
  readonly width: number
  readonly height: number
}

/** One block of a grid per domain, as many blocks in a row as make the whole largest in the room. */
export function blockLayout(nodes: readonly LayoutNode[], room: Room, cell: number): Layout {
  const groups = byDomain(nodes)
  const aspect = groups.length > 1 ? 1.4 : Math.max(0.5, Math.min(3, room.width / Math.max(1, room.height)))
  const blocks = groups.map((group): Block => {
    const columns = Math.max(1, Math.ceil(Math.sqrt(group.nodes.length * aspect)))
    return { nodes: group.nodes, columns, width: columns * cell, height: Math.ceil(group.nodes.length / columns) * cell }
  })
  const scaleOf = (layout: Pick<Layout, 'width' | 'height'>): number => Math.min(room.width / layout.width, room.height / layout.height)
  // Many blocks differ little from one count to the next; a few counts suffice.
  const rows = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32].filter((perRow) => perRow <= Math.max(1, blocks.length))
  const candidates = rows.map((perRow) => arrange(blocks, perRow, cell))
  const best = candidates.reduce((one, other) => (scaleOf(other) > scaleOf(one) ? other : one))
  return { kind: 'blocks', ...best, regions: regionsOf(nodes, best.points, (places) => ({ x: Math.min(...places.map((place) => place.x)), y: Math.min(...places.map((place) => place.y)) - cell * 0.72 })) }
}

function arrange(blocks: readonly Block[], perRow: number, cell: number): Pick<Layout, 'width' | 'height' | 'points'> {
  const gap = cell * 0.9
  const points = new Map<string, Point>()
  let [x, y, rowHeight, width] = [gap, gap, 0, 0]
  blocks.forEach((block, at) => {
    if (at > 0 && at % perRow === 0) [x, y, rowHeight] = [gap, y + rowHeight + gap, 0]
    block.nodes.forEach((node, index) => {
      points.set(node.id, { x: x + ((index % block.columns) + 0.5) * cell, y: y + (Math.floor(index / block.columns) + 0.5) * cell })
    })
    x += block.width + gap
    width = Math.max(width, x)
    rowHeight = Math.max(rowHeight, block.height)
  })
  return { width, height: y + rowHeight + gap, points }
}

function regionsOf(nodes: readonly LayoutNode[], points: ReadonlyMap<string, Point>, labelAt: (places: readonly Point[]) => Point): readonly Region[] {
  const regions: Region[] = []
  for (const group of byDomain(nodes)) {
    if (group.domain === undefined) continue
    const places = group.nodes.map((node) => points.get(node.id)).filter((point) => point !== undefined)
    regions.push({ domain: group.domain, nodeIds: group.nodes.map((node) => node.id), outline: hullOf(places), label: labelAt(places) })
  }
  return regions
}

/** The convex hull by Andrew's monotone chain. */
export function hullOf(points: readonly Point[]): readonly Point[] {
  if (points.length < 3) return points
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y)
  const half = (sequence: readonly Point[]): Point[] => {
    const chain: Point[] = []
    for (const point of sequence) {
      for (;;) {
        const [before, last] = [chain.at(-2), chain.at(-1)]
        if (!before || !last || turn(before, last, point) > 0) break
        chain.pop()
      }
      chain.push(point)
    }
    return chain.slice(0, -1)
  }
  return [...half(sorted), ...half(sorted.reverse())]
}

/** Positive where c lies left of the line from a to b (with y pointing up). */
const turn = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)

/** The members on either side of a line drawn through the picture; null where all stand on one side. */
export function sidesOf(points: ReadonlyMap<string, Point>, a: Point, b: Point): readonly [readonly string[], readonly string[]] | null {
  const [left, right]: [string[], string[]] = [[], []]
  for (const [id, point] of points) (turn(a, b, point) >= 0 ? left : right).push(id)
  return left.length > 0 && right.length > 0 ? [left, right] : null
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/** The nearest member in a direction, for the arrow keys; the same member where there is none. */
export function nextInDirection(points: ReadonlyMap<string, Point>, from: string, direction: Direction): string {
  const origin = points.get(from)
  if (!origin) return from
  let best = from
  let bestCost = Infinity
  for (const [id, point] of points) {
    const [dx, dy] = [point.x - origin.x, point.y - origin.y]
    const along = direction === 'left' ? -dx : direction === 'right' ? dx : direction === 'up' ? -dy : dy
    const across = direction === 'left' || direction === 'right' ? Math.abs(dy) : Math.abs(dx)
    if (id === from || along <= 0.5 || across > along * 3) continue
    const cost = along + across * 2
    if (cost < bestCost) [best, bestCost] = [id, cost]
  }
  return best
}

/** The member at a place, or nothing; `reach` in the layout's own pixels. */
export function nodeAt(points: ReadonlyMap<string, Point>, place: Point, reach: number): string | null {
  let best: string | null = null
  let bestSquare = reach * reach
  for (const [id, point] of points) {
    const square = (point.x - place.x) ** 2 + (point.y - place.y) ** 2
    if (square <= bestSquare) [best, bestSquare] = [id, square]
  }
  return best
}

export interface HalfLine {
  readonly start: Point
  readonly end: Point
  /** Where its text stands, beside the line, and how it is anchored so that it stays off the line. */
  readonly label: Point
  readonly anchor: 'start' | 'middle' | 'end'
  /** Away from the line, on the side of the text; of length 1. */
  readonly normal: Point
}

const LABEL_AT_SHARE = 0.58
const LABEL_ASIDE = { beside: 8, above: 9, below: 17 } as const

/** The stretch of a link that belongs to its sender: from the sender's edge to just short of the middle. Text goes on the side away from `centre`. */
export function halfLine(from: Point, to: Point, nodeRadius: number, centre: Point): HalfLine {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y))
  const unit = { x: (to.x - from.x) / length, y: (to.y - from.y) / length }
  const outward = -unit.y * ((from.x + to.x) / 2 - centre.x) + unit.x * ((from.y + to.y) / 2 - centre.y) >= 0 ? 1 : -1
  const normal = { x: -unit.y * outward, y: unit.x * outward }
  const at = (distance: number, aside = 0): Point => ({ x: round(from.x + unit.x * distance + normal.x * aside), y: round(from.y + unit.y * distance + normal.y * aside) })
  const reach = Math.max(nodeRadius, length / 2 - 3)
  const anchor = normal.x > 0.4 ? 'start' : normal.x < -0.4 ? 'end' : 'middle'
  const aside = anchor !== 'middle' ? LABEL_ASIDE.beside : normal.y < 0 ? LABEL_ASIDE.above : LABEL_ASIDE.below
  return { start: at(nodeRadius), end: at(reach), label: at(nodeRadius + (reach - nodeRadius) * LABEL_AT_SHARE, aside), anchor, normal }
}

const round = (value: number): number => Math.round(value * 10) / 10
