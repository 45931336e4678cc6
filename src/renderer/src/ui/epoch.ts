/** How many hues the epochs rotate through: `--epoch-1` to `--epoch-8`. */
export const EPOCH_HUES = 8

/** The custom property that holds the hue of an epoch. Neighbouring epochs always differ. */
export function epochVariable(value: bigint | number): string {
  const hues = BigInt(EPOCH_HUES)
  const at = ((BigInt(value) % hues) + hues) % hues
  return `--epoch-${Number(at) + 1}`
}

/** For use in a style: `var(--epoch-3)`. */
export const epochColour = (value: bigint | number): string => `var(${epochVariable(value)})`
