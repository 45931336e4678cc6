/** Binary form of a batch, which is a list of items; the empty one is the null request of the paper. Decoding is total. */
import { ByteReader, ByteWriter, sizedSize, toHex, varintSize } from '../base'
import type { Group } from './group'
import { BATCH_ITEMS_MAX } from './limits'
import type { Item, ItemKind } from './types'

/** The order is the format: only ever append. */
const KINDS: readonly ItemKind[] = ['command', 'marker', 'repeat']
/** Bytes of a digest that make the identity of a request. */
export const ID_BYTES = 16
/** Kind and length of an item, at most. */
export const ITEM_OVERHEAD_BYTES = 9
export const EMPTY_BATCH = Uint8Array.of(0)

export function makeItem(group: Group, kind: ItemKind, data: Uint8Array): Item {
  return { kind, data, id: toHex(group.itemDigest(KINDS.indexOf(kind), data).subarray(0, ID_BYTES)) }
}

export function encodeBatch(items: readonly Item[]): Uint8Array {
  let size = varintSize(items.length)
  for (const { data } of items) size += 1 + sizedSize(data)
  const writer = new ByteWriter(size)
  writer.varint(items.length)
  for (const { kind, data } of items) {
    writer.byte(KINDS.indexOf(kind))
    writer.sized(data)
  }
  return writer.bytes
}

/** Null where the bytes are no batch. Data are views. */
export function decodeBatch(group: Group, bytes: Uint8Array): Item[] | null {
  const reader = new ByteReader(bytes)
  const count = reader.varint()
  if (count > BATCH_ITEMS_MAX || count * 2 > reader.left) return null
  const items: Item[] = []
  for (let i = 0; i < count; i++) {
    const kind = KINDS[reader.byte()]
    const data = reader.sized()
    if (reader.failed || kind === undefined) return null
    items.push(makeItem(group, kind, data))
  }
  return reader.finished ? items : null
}
