import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

export interface LineListener {
  readonly onLine: (line: string) => void
  /** A line exceeded the limit. Nothing more is read after that. */
  readonly onTooLong: () => void
}

/** Cuts a stream of UTF-8 into lines without ever holding more than one line of the length allowed. */
export function splitLines(stream: Readable, lineBytesMax: number, listener: LineListener): void {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  let ended = false
  stream.on('data', (chunk: Buffer) => {
    if (ended) return
    const pieces = decoder.write(chunk).split('\n')
    for (const [index, piece] of pieces.entries()) {
      parts.push(piece)
      length += piece.length
      if (length > lineBytesMax) {
        ended = true
        parts = []
        return listener.onTooLong()
      }
      if (index === pieces.length - 1) return
      const line = parts.join('')
      parts = []
      length = 0
      if (line) listener.onLine(line)
    }
  })
}
