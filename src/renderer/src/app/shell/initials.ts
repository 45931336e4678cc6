/** One or two letters that stand for a cluster: of its first two words, or the first two of its only one. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\-_./:]+/).filter(Boolean)
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0] ?? '') : [...(words[0] ?? '?')].slice(0, 2)
  return letters.join('').toLocaleUpperCase()
}
