/** Where the window was, and how it looked, the last time. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as v from 'valibot'

const size = v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(20_000))
const position = v.pipe(v.number(), v.integer(), v.minValue(-50_000), v.maxValue(50_000))
const stateSchema = v.object({
  bounds: v.nullable(v.object({ x: position, y: position, width: size, height: size })),
  maximized: v.boolean(),
  zoomLevel: v.pipe(v.number(), v.minValue(-5), v.maxValue(5)),
  theme: v.picklist(['system', 'light', 'dark']),
})
export type WindowState = v.InferOutput<typeof stateSchema>
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const WINDOW_SIZE = { width: 1360, height: 860, widthMin: 480, heightMin: 400 } as const
export const FIRST_STATE: WindowState = { bounds: null, maximized: false, zoomLevel: 0, theme: 'system' }
const VISIBLE_PIXELS_MIN = 100

/** A missing or damaged file is the first state: where a window was is never worth an error. */
export function parseWindowState(text: string): WindowState {
  try {
    const parsed = v.safeParse(stateSchema, JSON.parse(text))
    return parsed.success ? parsed.output : FIRST_STATE
  } catch {
    return FIRST_STATE
  }
}

/** The remembered bounds if enough of them is on a screen that is still there. */
export function visibleBounds(bounds: Rectangle | null, screens: readonly Rectangle[]): Rectangle | null {
  if (bounds === null) return null
  const overlap = (from: number, length: number, otherFrom: number, otherLength: number): number =>
    Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom)
  const visible = screens.some((screen) =>
    overlap(bounds.x, bounds.width, screen.x, screen.width) >= VISIBLE_PIXELS_MIN && overlap(bounds.y, bounds.height, screen.y, screen.height) >= VISIBLE_PIXELS_MIN)
  return visible ? bounds : null
}

export class WindowStateFile {
  readonly #file: string
  #state: WindowState

  constructor(directory: string) {
    this.#file = path.join(directory, 'window.json')
    this.#state = this.#read()
  }

  get state(): WindowState {
    return this.#state
  }

  #read(): WindowState {
    try {
      return parseWindowState(readFileSync(this.#file, 'utf8'))
    } catch {
      return FIRST_STATE
    }
  }

  change(part: Partial<WindowState>): void {
    this.#state = { ...this.#state, ...part }
  }

  /** Whole or not at all; a disk that is full only forgets where the window was. */
  save(): void {
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(this.#state), { mode: 0o600 })
      renameSync(`${this.#file}.new`, this.#file)
    } catch {
      // Nothing a person could do about it now.
    }
  }
}
