/**
 * The first frame each way. The dialer says who it is and whom it means; the other end says who it is, or why it refuses.
 * A wrong cluster, node or version is a mistake in somebody's configuration, and both ends get to know it in words.
 */
import { ByteReader, ByteWriter, utf8Encode } from '../base'

const MAGIC = 0x51
export const PROTOCOL_VERSION = 2

export interface Hello {
  readonly kind: 'peer' | 'client'
  readonly version: number
  /** Empty where a client takes any cluster. */
  readonly clusterId: string
  /** Empty for a client. */
  readonly from: string
  /** Empty where a client takes any node. */
  readonly to: string
  /** The consensus protocol that the dialer speaks or believes in; empty where a client takes any whose leader answers for all. */
  readonly protocol: string
}

export type Refusal = 'version' | 'cluster' | 'node' | 'stranger' | 'full' | 'protocol'

export interface Welcome {
  readonly version: number
  readonly refusal: Refusal | null
  readonly clusterId: string
  readonly nodeId: string
  /** The consensus protocol of the group: one member's word, as everything here. */
  readonly protocol: string
}

const KINDS = ['peer', 'client'] as const
const REFUSALS = ['version', 'cluster', 'node', 'stranger', 'full', 'protocol'] as const

function encode(version: number, code: number, texts: readonly string[]): Uint8Array {
  const parts = texts.map(utf8Encode)
  const writer = new ByteWriter(3 + parts.reduce((sum, part) => sum + 5 + part.length, 0))
  writer.byte(MAGIC)
  writer.byte(version)
  writer.byte(code)
  for (const part of parts) writer.sized(part)
  return writer.bytes.subarray(0, writer.at)
}

export const encodeHello = (hello: Hello): Uint8Array =>
  encode(hello.version, KINDS.indexOf(hello.kind), [hello.clusterId, hello.from, hello.to, hello.protocol])

export function decodeHello(frame: Uint8Array): Hello | undefined {
  const reader = new ByteReader(frame)
  const magic = reader.byte()
  const version = reader.byte()
  const kind = KINDS[reader.byte()]
  const hello = { version, clusterId: reader.text(), from: reader.text(), to: reader.text(), protocol: reader.text() }
  return magic === MAGIC && kind !== undefined && reader.finished ? { ...hello, kind } : undefined
}

export const encodeWelcome = (welcome: Welcome): Uint8Array =>
  encode(welcome.version, welcome.refusal === null ? 0 : 1 + REFUSALS.indexOf(welcome.refusal), [welcome.clusterId, welcome.nodeId, welcome.protocol])

export function decodeWelcome(frame: Uint8Array): Welcome | undefined {
  const reader = new ByteReader(frame)
  const magic = reader.byte()
  const version = reader.byte()
  const code = reader.byte()
  const refusal = code === 0 ? null : REFUSALS[code - 1]
  const welcome = { version, clusterId: reader.text(), nodeId: reader.text(), protocol: reader.text() }
  return magic === MAGIC && refusal !== undefined && reader.finished ? { ...welcome, refusal } : undefined
}

/** Why the other end refused, for a person. */
export function refusalText(welcome: Welcome): string {
  switch (welcome.refusal) {
    case null: return 'accepted'
    case 'version': return `it speaks version ${welcome.version} of the protocol, this node version ${PROTOCOL_VERSION}`
    case 'cluster': return `it belongs to cluster ${welcome.clusterId}`
    case 'node': return `it is node ${welcome.nodeId}`
    case 'stranger': return 'it does not know this node as a member'
    case 'protocol': return `its group runs ${welcome.protocol}`
    case 'full': return 'it has as many clients as it takes'
  }
}
