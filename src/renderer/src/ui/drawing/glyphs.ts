/** What a member looks like. Told apart by shape first; colour only repeats it. */
import { EPOCH_HUES, epochColour } from '../epoch'

export type Glyph = 'leader' | 'follower' | 'candidate' | 'learner' | 'observer' | 'witness' | 'primary' | 'standby' | 'replica' | 'down' | 'paused' | 'unknown'

export interface DrawingNode {
  readonly id: string
  readonly name: string
  readonly glyph: Glyph
  /** The role in words. */
  readonly roleText: string
  /** The epoch as a chip, "T7"; null where it is not known. */
  readonly epochText: string | null
  readonly epoch: bigint | null
  readonly stale: boolean
  readonly domain?: string | undefined
  /** Everything about it in one sentence, for screen readers. */
  readonly description: string
}

export interface DrawingLink {
  readonly from: string
  readonly to: string
  readonly state: 'up' | 'down' | 'unknown'
  /** Stroke width in pixels. */
  readonly weight: number
  readonly rttText: string | null
  readonly rateText: string | null
  /** A fault of the laboratory is in force on it. */
  readonly faulted: boolean
  readonly description: string
}

/** A message under way between two members. */
export interface DrawingMessage {
  readonly key: string
  readonly from: string
  readonly to: string
  /** Share of its way: 0 just sent, 1 arrives. */
  readonly progress: number
  /** What it is, by the protocol's own word: equal kinds look alike. */
  readonly kind: string
  /** It will never arrive. */
  readonly lost: boolean
}

/** An arrowhead that points to the right. */
export const MESSAGE_SHAPE = 'M7 0L-5 -5L-2.5 0L-5 5Z'

/** Equal kinds have equal hues; nothing else is meant by them. */
export function hueOfKind(kind: string): string {
  let sum = 0
  for (let i = 0; i < kind.length; i++) sum = (sum * 31 + kind.charCodeAt(i)) % 9973
  return epochColour(BigInt(sum % EPOCH_HUES))
}

export interface Pulse {
  readonly nodeId: string
  /** Changes with each election, so that each is seen once. */
  readonly nonce: string
}

const polygon = (corners: number, radius: number, turn: number): string =>
  Array.from({ length: corners }, (_, index) => {
    const angle = turn + (index * 2 * Math.PI) / corners
    return `${(radius * Math.cos(angle)).toFixed(1)},${(radius * Math.sin(angle)).toFixed(1)}`
  }).join(' ')

/** Corners of the shape around 0,0; null where it is a circle. */
export function glyphCorners(glyph: Glyph, radius: number): string | null {
  if (glyph === 'leader') return polygon(6, radius * 1.14, -Math.PI / 2)
  if (glyph === 'candidate') return polygon(4, radius * 1.22, -Math.PI / 2)
  if (glyph === 'primary' || glyph === 'standby' || glyph === 'replica') return polygon(4, radius * 1.22, -Math.PI / 4)
  return null
}

/** What is drawn inside the shape, as a path around 0,0. */
export function glyphMark(glyph: Glyph, radius: number): string | null {
  const r = radius * 0.36
  if (glyph === 'down') return `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`
  if (glyph === 'paused') return `M${-r * 0.6} ${-r}V${r}M${r * 0.6} ${-r}V${r}`
  if (glyph === 'leader' || glyph === 'primary') return `M${-r * 1.1} ${r * 0.75}V${-r * 0.55}L${-r * 0.5} ${r * 0.05}L0 ${-r}L${r * 0.5} ${r * 0.05}L${r * 1.1} ${-r * 0.55}V${r * 0.75}Z`
  if (glyph === 'candidate') return `M0 ${r}V${-r}M${-r * 0.7} ${-r * 0.3}L0 ${-r}L${r * 0.7} ${-r * 0.3}`
  if (glyph === 'learner') return `M0 ${-r}V${r}M${-r * 0.7} ${r * 0.3}L0 ${r}L${r * 0.7} ${r * 0.3}`
  if (glyph === 'observer' || glyph === 'witness') return `M${-r} 0H${r}`
  return null
}
