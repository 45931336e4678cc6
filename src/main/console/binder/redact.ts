/** Takes what a caller sent out of a text that goes to the log: an error's message may quote a password. */

const STRINGS_MAX = 1_000
const SHORTEST_CHARACTERS = 4

export function redact(text: string, sent: unknown): string {
  const found = new Set<string>()
  const seen = new Set<object>()
  const open: unknown[] = [sent]
  while (open.length > 0 && found.size < STRINGS_MAX) {
    const each = open.pop()
    if (typeof each === 'string' && each.length >= SHORTEST_CHARACTERS) found.add(each)
    else if (typeof each === 'object' && each !== null && !seen.has(each)) {
      seen.add(each)
      open.push(...(Object.values(each) as unknown[]).slice(0, STRINGS_MAX))
    }
  }
  let clean = text
  // The longest first, so that a part of a secret is not left behind.
  for (const each of [...found].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(each, '[redacted]')
  return clean
}
