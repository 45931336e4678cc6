/** A set of strings in order. Chunks of bounded length keep an insertion or removal cheap without a tree. */
const CHUNK_KEYS_MAX = 512

export class OrderedKeys {
  readonly #chunks: string[][] = [[]]

  /** The last chunk whose first key is at most `key`. */
  #chunkOf(key: string): number {
    let low = 0
    let high = this.#chunks.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (((this.#chunks[middle] as string[])[0] as string) <= key) low = middle
      else high = middle
    }
    return low
  }

  add(key: string): void {
    const at = this.#chunkOf(key)
    const chunk = this.#chunks[at] as string[]
    const place = lowerBound(chunk, key)
    if (chunk[place] === key) return
    chunk.splice(place, 0, key)
    if (chunk.length > CHUNK_KEYS_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_KEYS_MAX >> 1))
  }

  delete(key: string): void {
    const at = this.#chunkOf(key)
    const chunk = this.#chunks[at] as string[]
    const place = lowerBound(chunk, key)
    if (chunk[place] !== key) return
    chunk.splice(place, 1)
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(at, 1)
  }

  /** Keys in order, the first being `from` or the next after it. */
  * from(from: string): Generator<string> {
    for (let at = this.#chunkOf(from); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] as string[]
      for (let place = lowerBound(chunk, from); place < chunk.length; place++) yield chunk[place] as string
    }
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}
