/** Numbers and characters of EDN. */
const CHARACTERS: Readonly<Record<string, string>> = { newline: '\n', return: '\r', space: ' ', tab: '\t', formfeed: '\f', backspace: '\b' }

/** By what follows the backslash; null where it is no character. */
export function characterNamed(name: string): string | null {
  if ([...name].length === 1) return name
  if (/^u[0-9a-fA-F]{4}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 16))
  return CHARACTERS[name] ?? null
}

const whole = (digits: string): number | bigint => {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits.replace(/^\+/, ''))
}

/** Whole numbers of any size stay exact; a ratio becomes the nearest number. Null where the text is no number. */
export function numberOf(token: string): number | bigint | null {
  if (/^[+-]?\d+N?$/.test(token)) return whole(token.replace(/N$/, ''))
  if (/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?$/.test(token)) return Number(token.replace(/M$/, ''))
  const ratio = /^([+-]?\d+)\/(\d+)$/.exec(token)
  if (ratio !== null && Number(ratio[2]) !== 0) return Number(ratio[1]) / Number(ratio[2])
  return null
}
