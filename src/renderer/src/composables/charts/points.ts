/** Points as charts want them: time order, gaps as NaN, never a zero for what was not measured. */
import type { SeriesPoints } from '../../../../contract/history'

export interface ChartPoint {
  readonly x: number
  readonly y: number
}

export interface ChartSeries {
  readonly id: string
  readonly label: string
  /** 1 to 7: which series colour. */
  readonly colour: number
  readonly dashed?: boolean
  readonly points: readonly ChartPoint[]
}

/** A hole longer than this many steps is a gap. */
const GAP_STEPS = 2.5

export function pointsWithGaps(atMs: readonly number[], values: readonly number[], stepMs: number): readonly ChartPoint[] {
  const points: ChartPoint[] = []
  atMs.forEach((x, index) => {
    const y = values[index]
    if (y === undefined) return
    const before = points.at(-1)
    if (before && x - before.x > stepMs * GAP_STEPS) points.push({ x: (before.x + x) / 2, y: Number.NaN })
    points.push({ x, y })
  })
  const last = points.at(-1)
  // What ended is over: a value is not read on for ever.
  if (last) points.push({ x: last.x + stepMs * GAP_STEPS, y: Number.NaN })
  return points
}

/** The peaks of recorded points: what a bucket reached at most, so that a short spike is not hidden. */
export function peaksOf(series: SeriesPoints): readonly ChartPoint[] {
  return pointsWithGaps(series.atMs, series.maximum, series.stepMs)
}

/** The last point at or before a time, unless a gap lies between; undefined where nothing was measured then. */
export function pointAt(points: readonly ChartPoint[], atMs: number): ChartPoint | undefined {
  let [low, high] = [0, points.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle]?.x ?? Infinity) <= atMs) low = middle + 1
    else high = middle
  }
  const point = points[low - 1]
  return point && !Number.isNaN(point.y) ? point : undefined
}

/** Recording and reading back take this long at most; a value that young is still the newest. */
const NEWEST_WITHIN_MS = 10_000

/** While nobody reads a moment: the newest value, unless it has ended. */
export function newestPoint(points: readonly ChartPoint[], toMs: number): ChartPoint | undefined {
  const newest = points.findLast((point) => !Number.isNaN(point.y))
  return newest && newest.x >= toMs - NEWEST_WITHIN_MS ? newest : pointAt(points, toMs)
}

/** A ceiling that leaves headroom and changes rarely: 1, 2 or 5 times a power of ten. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((factor) => value <= factor * power) ?? 10) * power
}

export function highestOf(series: readonly ChartSeries[], fromMs: number, toMs: number): number {
  let highest = 0
  for (const one of series) for (const point of one.points) if (point.x >= fromMs && point.x <= toMs && point.y > highest) highest = point.y
  return highest
}

/** One row per time, one column per series; an empty cell where nothing was measured. RFC 4180. */
export function seriesCsv(series: readonly ChartSeries[]): string {
  const rows = new Map<number, (number | undefined)[]>()
  series.forEach((one, column) => {
    for (const point of one.points) {
      if (Number.isNaN(point.y)) continue
      const row = rows.get(point.x) ?? []
      row[column] = point.y
      rows.set(point.x, row)
    }
  })
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const head = ['time', ...series.map((one) => quote(one.label))].join(',')
  const lines = [...rows].sort(([a], [b]) => a - b).map(([at, row]) => [new Date(at).toISOString(), ...series.map((_, column) => row[column] ?? '')].join(','))
  return [head, ...lines, ''].join('\r\n')
}

/** The bytes of a picture given as a data address. */
export function bytesOfDataUrl(dataUrl: string): Uint8Array<ArrayBuffer> {
  const binary = atob(dataUrl.slice(dataUrl.indexOf(',') + 1))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
