/** An epoch as it is written and coloured. Pure. */
import type { Fence } from '../../../../core/observation'

/** As the protocol itself writes it: the bare number, or a ballot with its owner. */
export const fenceText = (fence: Pick<Fence, 'value' | 'label'>): string => fence.label ?? String(fence.value)

/** What decides the hue: the number that rises. A ballot's owner does not count. */
export function fenceNumber(fence: Pick<Fence, 'value' | 'label'>): bigint {
  const leading = /^\d+/.exec(fence.label ?? '')?.[0]
  return leading === undefined ? fence.value : BigInt(leading)
}

/** The same of a text, as a matrix holds it; null where it is none. */
export function numberOfText(text: string): bigint | null {
  const leading = /^(\d+)(?:\.|$)/.exec(text)?.[1]
  return leading === undefined ? null : BigInt(leading)
}
