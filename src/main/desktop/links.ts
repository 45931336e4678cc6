/** Which links may leave the app. */
const URL_CHARACTERS_MAX = 2048

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character.charCodeAt(0) < 0x20 || character.charCodeAt(0) === 0x7f)
}

/** The normalised link, or null: https to a named host only, no user information, no control characters, nothing hidden. */
export function externalLink(text: string): string | null {
  if (text.length > URL_CHARACTERS_MAX || hasControlCharacter(text) || text.includes('\\') || text.trim() !== text) return null
  if (!/^https:\/\/[^/]/i.test(text)) return null
  try {
    const url = new URL(text)
    const plain = url.protocol === 'https:' && url.hostname !== '' && url.username === '' && url.password === '' && !/^https:\/\/[^/?#]*@/i.test(text)
    return plain ? url.href : null
  } catch {
    return null
  }
}
