/** What is typed after `quorate data`. */
import { fail, ok, utf8Decode, utf8Encode, type Result } from '../../../core/base'
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from '../../../core/statemachine'

const usage = (message: string, hint: string): Result<never, 'usage'> => fail('usage', message, hint)

export function parseName(text: string, what: 'key' | 'queue' | 'counter' | 'lock'): Result<string, 'usage'> {
  const bytes = utf8Encode(text).length
  if (bytes > 0 && bytes <= KEY_BYTES_MAX) return ok(text)
  return usage(bytes === 0 ? `The name of the ${what} is empty.` : `The name of the ${what} is ${String(bytes)} bytes long.`, `Give 1 to ${String(KEY_BYTES_MAX)} bytes.`)
}

export function parseSeconds(text: string, secondsMax: number): Result<number, 'usage'> {
  const seconds = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= secondsMax) return ok(seconds * 1_000)
  return usage(`${text} is no time in seconds.`, `Give a number from 0 to ${String(secondsMax)}, for example 2.5.`)
}

export function parseDelta(text: string): Result<number, 'usage'> {
  const delta = Number(text)
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(delta)) return ok(delta)
  return usage(`${text} cannot be added to a counter.`, 'Give a whole number, for example 5 or -5.')
}

/** A value as it was typed; of `-` what standard input holds. */
export async function readValue(text: string, standardInput: () => AsyncIterable<Uint8Array>): Promise<Result<Uint8Array, 'usage'>> {
  const bytes = text === '-' ? await readAtMost(standardInput(), VALUE_BYTES_MAX + 1) : utf8Encode(text)
  if (bytes.length > VALUE_BYTES_MAX) return usage('The value is too large.', `Give at most ${String(VALUE_BYTES_MAX)} bytes.`)
  if (text === '-' && utf8Decode(bytes) === null) return usage('Standard input is no UTF-8 text.', 'Values are text here; encode other bytes, for example with base64.')
  return ok(bytes)
}

async function readAtMost(input: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of input) {
    parts.push(part)
    bytes += part.length
    if (bytes >= bytesMax) break
  }
  return Uint8Array.from(Buffer.concat(parts))
}
