/** Delta debugging (Zeller and Hildebrandt 2002): a list from which nothing can be left out without losing what is looked for. */

/** `holds` says whether a part still shows it; it is true of `items` themselves. Ends early where `isSpent`. */
export function minimise<Item>(items: readonly Item[], holds: (part: readonly Item[]) => boolean, isSpent: () => boolean): readonly Item[] {
  let current = items
  if (current.length > 0 && !isSpent() && holds([])) return []
  for (let parts = 2; current.length >= 2 && !isSpent();) {
    const size = Math.ceil(current.length / parts)
    let isReduced = false
    for (let from = 0; from < current.length && !isSpent(); from += size) {
      const rest = [...current.slice(0, from), ...current.slice(from + size)]
      if (!holds(rest)) continue
      current = rest
      parts = Math.max(2, parts - 1)
      isReduced = true
      break
    }
    if (isReduced) continue
    if (parts >= current.length) break
    parts = Math.min(current.length, parts * 2)
  }
  return current
}
