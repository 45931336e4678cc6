/** Lines of UTF-8 text from a stream. */
import { StringDecoder } from 'node:string_decoder'

/** A longer line ends the reading: no message of the workbench comes near it. */
export const LINE_CHARACTERS_MAX = 64 * 1024 * 1024

/** Resolves at the end of the stream, whose last line may lack its end; false where a line was too long. */
export async function readLines(stream: AsyncIterable<Buffer | string>, onLine: (line: string) => void): Promise<boolean> {
  const decoder = new StringDecoder('utf8')
  let begun: string[] = []
  let length = 0
  for await (const chunk of stream) {
    const lines = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n')
    for (const [i, part] of lines.entries()) {
      begun.push(part)
      length += part.length
      if (length > LINE_CHARACTERS_MAX) return false
      if (i === lines.length - 1) break
      onLine(begun.join(''))
      begun = []
      length = 0
    }
  }
  onLine(begun.join(''))
  return true
}
