/** Binary form of configurations: the value of a change of members, and the protocol's part of a snapshot. */
import { ByteReader, ByteWriter, sizedSize, utf8Encode, varintSize } from '../base'
import { ORDINALS_MAX } from './ballot'
import { Configuration, VOTERS_MAX, type ConfigurationStep, type Member } from './configuration'

const VOTER = 1
const PROMOTE = 2

const textsOf = ({ id, name, address }: Member): readonly Uint8Array[] => [id, name, address].map(utf8Encode)

function sizeOf(configuration: Configuration): number {
  let size = varintSize(configuration.nextOrdinal) + varintSize(configuration.members.length)
  for (const member of configuration.members) {
    size += varintSize(member.ordinal) + 1
    for (const text of textsOf(member)) size += sizedSize(text)
  }
  return size
}

function write(writer: ByteWriter, configuration: Configuration): void {
  writer.varint(configuration.nextOrdinal)
  writer.varint(configuration.members.length)
  for (const member of configuration.members) {
    writer.varint(member.ordinal)
    writer.byte((member.voter ? VOTER : 0) | (member.promote ? PROMOTE : 0))
    for (const text of textsOf(member)) writer.sized(text)
  }
}

function read(reader: ByteReader): Configuration | null {
  const nextOrdinal = reader.varint()
  const count = reader.varint()
  if (nextOrdinal > ORDINALS_MAX || count > nextOrdinal) return null
  const members: Member[] = []
  for (let i = 0; i < count; i++) {
    const ordinal = reader.varint()
    const flags = reader.byte()
    if (ordinal >= nextOrdinal || flags > (VOTER | PROMOTE)) return null
    members.push({ ordinal, voter: (flags & VOTER) > 0, promote: (flags & PROMOTE) > 0, id: reader.text(), name: reader.text(), address: reader.text() })
    if (reader.failed) return null
  }
  const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length
  if (!distinct(members.map(({ id }) => id)) || !distinct(members.map(({ ordinal }) => ordinal))) return null
  if (members.filter(({ voter }) => voter).length > VOTERS_MAX) return null
  return new Configuration(members, nextOrdinal)
}

export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const writer = new ByteWriter(sizeOf(configuration))
  write(writer, configuration)
  return writer.bytes
}

export function decodeConfiguration(bytes: Uint8Array): Configuration | null {
  const reader = new ByteReader(bytes)
  const configuration = read(reader)
  return configuration !== null && reader.finished ? configuration : null
}

export interface SnapshotMeta {
  readonly alpha: number
  /** Those of the slots after the snapshot, as far as the slots in it decide. */
  readonly steps: readonly ConfigurationStep[]
}

export function encodeSnapshotMeta({ alpha, steps }: SnapshotMeta): Uint8Array {
  let size = varintSize(alpha) + varintSize(steps.length)
  for (const { from, configuration } of steps) size += varintSize(from) + sizeOf(configuration)
  const writer = new ByteWriter(size)
  writer.varint(alpha)
  writer.varint(steps.length)
  for (const { from, configuration } of steps) {
    writer.varint(from)
    write(writer, configuration)
  }
  return writer.bytes
}

export function decodeSnapshotMeta(bytes: Uint8Array): SnapshotMeta | null {
  const reader = new ByteReader(bytes)
  const alpha = reader.varint()
  const count = reader.varint()
  if (alpha === 0 || count === 0 || count > reader.left) return null
  const steps: ConfigurationStep[] = []
  for (let i = 0; i < count; i++) {
    const from = reader.varint()
    const configuration = read(reader)
    if (configuration === null || reader.failed || from <= (steps.at(-1)?.from ?? -1)) return null
    steps.push({ from, configuration })
  }
  return reader.finished ? { alpha, steps } : null
}
