/** The observations of one member over time: as they are kept in a segment, and as they are read back. */
import { deflateSync, inflateSync } from 'node:zlib'
import { fromJson } from '../../../core/base'
import type { NodeObservation } from '../../../core/observation'
import { applyPatch, type Patch } from './patch'

/** One record: when it was said, and how it differs from the one before; '' where it does not. */
export interface StoredRecord {
  readonly atMs: number
  readonly patch: string
}

/** Who said it and when is told by the stream and the record. */
export type Body = Omit<NodeObservation, 'clusterId' | 'nodeId' | 'atMs'>

export function bodyOf({ clusterId: _cluster, nodeId: _node, atMs: _at, ...body }: NodeObservation): Body {
  return body
}

const SEGMENT_BYTES_MAX = 64 * 1024 * 1024

/** zlib's own checksum guards a segment. */
export function encodeSegment(records: readonly StoredRecord[]): Buffer {
  let before = 0
  const items = records.map(({ atMs, patch }) => {
    const item = patch === '' ? `[${atMs - before}]` : `[${atMs - before},${patch}]`
    before = atMs
    return item
  })
  return deflateSync(`[${items.join(',')}]`)
}

const INTEGER = /^-?\d{1,40}$/

/** What core/base `fromJson` does, in place and without a callback per value, which would take most of the time of a read. */
function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const holder = value as Record<string, unknown>
  const keys = Object.keys(holder)
  const [only] = keys
  if (keys.length === 1 && only === '$bigint' && typeof holder[only] === 'string' && INTEGER.test(holder[only])) return BigInt(holder[only])
  if (keys.length === 1 && only === '$bytes') return fromJson(JSON.stringify(value))
  for (const key of keys) {
    const inner = holder[key]
    if (typeof inner === 'object' && inner !== null) holder[key] = revive(inner)
  }
  return value
}

/** Enough of a check to trust the rest: what passed a checksum is what was written. */
function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && 'reachability' in value && 'groups' in value && Array.isArray(value.groups)
}

export class Replay {
  private readonly clusterId: string
  private readonly nodeId: string
  private body: Body | null

  constructor(clusterId: string, nodeId: string, body: Body | null = null) {
    this.clusterId = clusterId
    this.nodeId = nodeId
    this.body = body
  }

  /** The observation after one more record; null where there is nothing sound to build on. */
  next(atMs: number, patch: Patch | null): NodeObservation | null {
    const body: unknown = patch === null ? this.body : applyPatch(this.body, patch)
    this.body = isBody(body) ? body : null
    return this.body === null ? null : { clusterId: this.clusterId, nodeId: this.nodeId, atMs, ...this.body }
  }
}

/** The observations of a segment, oldest first; as many as are sound. */
export function decodeSegment(clusterId: string, nodeId: string, data: unknown): NodeObservation[] {
  if (!(data instanceof Uint8Array)) return []
  let items: unknown
  try {
    items = revive(JSON.parse(inflateSync(data, { maxOutputLength: SEGMENT_BYTES_MAX }).toString('utf8')))
  } catch {
    return []
  }
  if (!Array.isArray(items)) return []
  const replay = new Replay(clusterId, nodeId)
  let atMs = 0
  return (items as unknown[]).flatMap((item) => {
    if (!Array.isArray(item) || typeof item[0] !== 'number') return []
    atMs += item[0]
    return replay.next(atMs, item.length > 1 ? (item[1] as Patch) : null) ?? []
  })
}

/** True where more than figures changed: what no thinned recording may leave out. Unchanged parts of a replay are identical. */
export function isTurn(before: NodeObservation, after: NodeObservation): boolean {
  if (before.reachability !== after.reachability || before.alarms !== after.alarms || before.version !== after.version) return true
  if (before.groups.length !== after.groups.length || before.links.length !== after.links.length) return true
  const groups = after.groups.some((group, i) => {
    const was = before.groups[i]
    if (was === undefined || was === group) return was === undefined
    return was.role !== group.role || was.fence !== group.fence || was.leaderId !== group.leaderId || was.members !== group.members
  })
  return groups || after.links.some((link, i) => link.connected !== before.links[i]?.connected)
}
