/**
 * How well a query fits a text: null where its letters do not occur in order. Higher is better: runs of letters, beginnings of words
 * and early hits count more.
 */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = query.toLocaleLowerCase().replace(/\s+/g, '')
  const offered = text.toLocaleLowerCase()
  if (wanted === '') return 0
  let score = 0
  let at = -1
  for (const letter of wanted) {
    const next = offered.indexOf(letter, at + 1)
    if (next < 0) return null
    const startsWord = next === 0 || /[\s\-_./:]/.test(offered[next - 1] ?? '')
    score += (next === at + 1 ? 6 : 0) + (startsWord ? 4 : 0) - Math.min(3, (next - at - 1) * 0.2)
    at = next
  }
  return score - offered.length * 0.02
}

/** Things that fit the query, the best first; all of them in their own order where the query is empty. */
export function fuzzyFilter<Thing>(query: string, things: readonly Thing[], textOf: (thing: Thing) => string): readonly Thing[] {
  if (query.trim() === '') return things
  return things
    .map((thing) => ({ thing, score: fuzzyScore(query, textOf(thing)) }))
    .filter((each): each is { thing: Thing; score: number } => each.score !== null)
    .toSorted((one, other) => other.score - one.score)
    .map((each) => each.thing)
}
