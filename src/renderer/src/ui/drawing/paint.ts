/** Paints a large cluster on a canvas: one path per kind of line and glyph, so that a thousand members cost little. */
import { EPOCH_HUES, epochVariable } from '../epoch'
import { bundleLinks } from './bundles'
import type { DrawingLink, DrawingNode, Glyph } from './glyphs'
import type { Layout, Point } from './layout'

export interface Palette {
  readonly ground: string
  readonly region: string
  readonly line: string
  readonly text: string
  readonly faint: string
  readonly leader: string
  readonly lost: string
  readonly risk: string
  readonly unknown: string
  readonly focus: string
  readonly shape: string
  /** By custom property. */
  readonly epochs: Readonly<Record<string, string>>
  readonly font: string
}

export interface Picture {
  readonly layout: Layout
  readonly nodes: readonly DrawingNode[]
  readonly links: readonly DrawingLink[]
  readonly selected: string | null
  readonly cursor: string | null
  readonly scale: number
  readonly offset: Point
  readonly width: number
  readonly height: number
  readonly pixelRatio: number
}

const EPOCHS = Array.from({ length: EPOCH_HUES }, (_, index) => `--epoch-${index + 1}`)
export const CELL = 26
const DOT = 8
/** From here on names are readable. */
const NAMES_FROM_SCALE = 1.5
/** With failure domains, healthy links show one by one from here on; before, they are bundled. */
const LINKS_FROM_SCALE = 1.3
/** Bundles lie under the members and must not hide them. */
const BUNDLE_ALPHA = 0.5

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim() || '#888'
  return {
    ground: token('--surface-1'), region: token('--surface-0'), line: token('--line-strong'), text: token('--text-1'), faint: token('--text-3'),
    leader: token('--accent'), lost: token('--state-lost'), risk: token('--state-risk'), unknown: token('--state-unknown'), focus: token('--focus'),
    shape: token('--surface-2'), epochs: Object.fromEntries(EPOCHS.map((name) => [name, token(name)])), font: style.fontFamily || 'sans-serif',
  }
}

export function paint(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  const { scale, offset, pixelRatio } = picture
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, picture.width * pixelRatio, picture.height * pixelRatio)
  context.setTransform(scale * pixelRatio, 0, 0, scale * pixelRatio, offset.x * pixelRatio, offset.y * pixelRatio)
  paintRegions(context, picture, palette)
  paintLinks(context, picture, palette)
  paintNodes(context, picture, palette)
  paintNames(context, picture, palette)
}

function paintRegions(context: CanvasRenderingContext2D, { layout, scale }: Picture, palette: Palette): void {
  context.font = `600 ${Math.max(11, 12 / scale)}px ${palette.font}`
  context.textAlign = 'left'
  for (const region of layout.regions) {
    context.beginPath()
    for (const point of region.outline) context.lineTo(point.x, point.y)
    context.closePath()
    context.lineJoin = 'round'
    context.lineCap = 'round'
    context.lineWidth = CELL * 1.4
    context.strokeStyle = context.fillStyle = palette.region
    context.stroke()
    context.fill()
    context.fillStyle = palette.faint
    context.fillText(region.domain, region.label.x - CELL / 2, region.label.y - 8)
  }
}

function strokeLinks(context: CanvasRenderingContext2D, links: Iterable<DrawingLink>, points: ReadonlyMap<string, Point>, half: boolean): void {
  context.beginPath()
  for (const link of links) {
    const [from, to] = [points.get(link.from), points.get(link.to)]
    if (!from || !to) continue
    context.moveTo(from.x, from.y)
    if (half) context.lineTo((from.x + to.x) / 2, (from.y + to.y) / 2)
    else context.lineTo(to.x, to.y)
  }
  context.stroke()
}

function paintLinks(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  const { layout, links, scale, selected } = picture
  const { points } = layout
  const bundled = bundleLinks(links, new Map(picture.nodes.map((node) => [node.id, node.domain])))
  const centres = new Map(layout.regions.map((region) => [region.domain, centreOf(region.nodeIds, points)]))
  context.lineCap = 'butt'
  if (layout.regions.length > 1 && scale < LINKS_FROM_SCALE) {
    for (const bundle of bundled.bundles) {
      const [from, to] = [centres.get(bundle.fromDomain), centres.get(bundle.toDomain)]
      if (!from || !to) continue
      context.strokeStyle = bundle.down > 0 ? palette.risk : palette.line
      context.lineWidth = (1 + Math.min(4, Math.log2(1 + bundle.links) / 2)) / scale
      context.globalAlpha = BUNDLE_ALPHA
      context.beginPath()
      context.moveTo(from.x, from.y)
      context.lineTo(to.x, to.y)
      context.stroke()
      context.globalAlpha = 1
    }
  } else {
    context.globalAlpha = 0.35
    context.strokeStyle = palette.line
    context.lineWidth = 0.8 / scale
    strokeLinks(context, links.filter((link) => link.state === 'up'), points, false)
    context.globalAlpha = 1
  }
  context.strokeStyle = palette.lost
  context.lineWidth = 1.4 / scale
  strokeLinks(context, bundled.broken, points, true)
  if (selected === null) return
  context.strokeStyle = palette.focus
  context.lineWidth = 1.8 / scale
  strokeLinks(context, links.filter((link) => link.from === selected && link.state === 'up'), points, false)
}

function centreOf(ids: readonly string[], points: ReadonlyMap<string, Point>): Point {
  let [x, y, count] = [0, 0, 0]
  for (const id of ids) {
    const point = points.get(id)
    if (point) [x, y, count] = [x + point.x, y + point.y, count + 1]
  }
  return { x: x / Math.max(1, count), y: y / Math.max(1, count) }
}

function trace(context: CanvasRenderingContext2D, glyph: Glyph, { x, y }: Point): void {
  if (glyph === 'leader') {
    const [r, side] = [DOT * 1.3, DOT * 1.3 * 0.866]
    context.moveTo(x, y - r)
    context.lineTo(x + side, y - r / 2)
    context.lineTo(x + side, y + r / 2)
    context.lineTo(x, y + r)
    context.lineTo(x - side, y + r / 2)
    context.lineTo(x - side, y - r / 2)
    context.closePath()
  } else if (glyph === 'candidate') {
    const r = DOT * 1.15
    context.moveTo(x, y - r)
    context.lineTo(x + r, y)
    context.lineTo(x, y + r)
    context.lineTo(x - r, y)
    context.closePath()
  } else if (glyph === 'primary' || glyph === 'standby' || glyph === 'replica') context.rect(x - DOT * 0.8, y - DOT * 0.8, DOT * 1.6, DOT * 1.6)
  else {
    context.moveTo(x + DOT, y)
    context.arc(x, y, DOT, 0, Math.PI * 2)
  }
}

function paintNodes(context: CanvasRenderingContext2D, { layout, nodes, selected, cursor, scale }: Picture, palette: Palette): void {
  const batches = new Map<string, { readonly fill: string; readonly stroke: string; readonly places: [Glyph, Point][] }>()
  for (const node of nodes) {
    const point = layout.points.get(node.id)
    if (!point) continue
    const [fill, stroke] = coloursOf(node, palette)
    const batch = batches.get(fill + stroke) ?? { fill, stroke, places: [] }
    batch.places.push([node.glyph, point])
    batches.set(fill + stroke, batch)
  }
  context.lineWidth = Math.min(1.6, 3 / scale)
  for (const batch of batches.values()) {
    context.beginPath()
    for (const [glyph, point] of batch.places) trace(context, glyph, point)
    context.fillStyle = batch.fill
    context.strokeStyle = batch.stroke
    context.fill()
    context.stroke()
  }
  context.strokeStyle = palette.lost
  context.lineWidth = 2
  context.beginPath()
  for (const node of nodes) {
    const point = node.glyph === 'down' ? layout.points.get(node.id) : undefined
    if (!point) continue
    context.moveTo(point.x - 4, point.y - 4)
    context.lineTo(point.x + 4, point.y + 4)
    context.moveTo(point.x - 4, point.y + 4)
    context.lineTo(point.x + 4, point.y - 4)
  }
  context.stroke()
  for (const id of [selected, cursor]) {
    const point = id === null ? undefined : layout.points.get(id)
    if (!point) continue
    context.strokeStyle = palette.focus
    context.lineWidth = 2.5 / scale
    context.beginPath()
    context.arc(point.x, point.y, DOT + 5, 0, Math.PI * 2)
    context.stroke()
  }
}

function coloursOf(node: DrawingNode, palette: Palette): readonly [fill: string, stroke: string] {
  if (node.glyph === 'leader' || node.glyph === 'primary') return [palette.leader, palette.leader]
  if (node.glyph === 'down') return [palette.ground, palette.lost]
  if (node.glyph === 'candidate') return [palette.shape, palette.risk]
  if (node.glyph === 'unknown' || node.glyph === 'paused' || node.stale) return [palette.ground, palette.unknown]
  return [palette.shape, node.epoch === null ? palette.line : (palette.epochs[epochVariable(node.epoch)] ?? palette.line)]
}

function paintNames(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  const { layout, scale, offset } = picture
  context.textAlign = 'center'
  context.fillStyle = palette.text
  context.font = `${11 / Math.max(1, scale / NAMES_FROM_SCALE)}px ${palette.font}`
  for (const node of picture.nodes) {
    const point = layout.points.get(node.id)
    if (!point) continue
    if (scale < NAMES_FROM_SCALE && node.id !== picture.selected && node.id !== picture.cursor) continue
    const [x, y] = [point.x * scale + offset.x, point.y * scale + offset.y]
    if (x < -40 || y < -40 || x > picture.width + 40 || y > picture.height + 40) continue
    context.fillText(node.name, point.x, point.y + DOT + 4 + 9 / Math.max(1, scale / NAMES_FROM_SCALE))
  }
}
