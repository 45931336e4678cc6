/** Options that hold a quantity. */
import { fail, ok, type Result } from '../../core/base'

type Parsed = Result<number, 'usage'>
const wrong = (what: string, text: string, example: string): Parsed => fail('usage', `${text} is no ${what}.`, `For example: ${example}`)

/** "150", "150ms", "2s". */
export function parseMilliseconds(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text)
  if (match === null) return wrong('time', text, '150ms or 2s')
  return ok(Number(match[1]) * (match[2] === 's' ? 1000 : 1))
}

/** "0.1" or "10%". */
export function parseShare(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)(%)?$/.exec(text)
  const share = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1)
  return match !== null && share <= 1 ? ok(share) : wrong('share of messages', text, '0.1 or 10%')
}

/** Bytes per second: "64k" is 64,000, "1M" a million. */
export function parseBandwidth(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)([kM])?$/.exec(text)
  if (match === null) return wrong('bandwidth in bytes per second', text, '64k or 1M')
  return ok(Number(match[1]) * (match[2] === 'k' ? 1_000 : match[2] === 'M' ? 1_000_000 : 1))
}

export function parseInteger(text: string, low: number, high: number, what: string): Parsed {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return ok(value)
  return fail('usage', `${text} is no ${what}.`, `Give a whole number from ${String(low)} to ${String(high)}.`)
}

/** "n1,n2/n3": groups by slashes, members by commas. A node named in no group is alone. */
export function parseGroups(text: string): Result<string[][], 'usage'> {
  const groups = text.split('/').map((group) => group.split(',').map((each) => each.trim()).filter((each) => each !== ''))
  const all = groups.flat()
  if (groups.some((group) => group.length === 0)) return fail('usage', `${text} has an empty group.`, 'For example: n1,n2/n3')
  const twice = all.find((each, i) => all.indexOf(each) !== i)
  if (twice !== undefined) return fail('usage', `${twice} is in two groups.`, 'A node is in one group only, for example: n1,n2/n3')
  return ok(groups)
}
