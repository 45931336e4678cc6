/** Opens a folder as the log of one node: lock, identity, recovery, repair of a torn tail, and the first segment. */
import fs from 'node:fs'
import path from 'node:path'
import { assert, fail, ok, type Result } from '../../core/base'
import type { RecoveredRecord } from '../ports'
import { storageFailure } from './failures'
import { readIdentity, writeIdentity, type Identity } from './identity'
import { WAL_LIMITS } from './limits'
import { lockFolder, type FolderLock } from './lock'
import { removeUnfinishedOrigin } from './origin'
import { readRecords, recover, type Recovered } from './recover'
import { createSegment, removeUnfinished, SEGMENT_HEADER_BYTES, segmentName, syncDirectory, type Segment } from './segment'
import type { OpenFailureCode } from './types'
import { Wal } from './wal'

export interface OpenOptions {
  readonly directory: string
  readonly identity: Identity
  /** Bytes of a new segment. */
  readonly segmentBytes?: number
  readonly nowMs: () => number
}

export interface OpenedWal {
  readonly wal: Wal
  /** In the order written; to be read before the first append. */
  readonly recovered: Iterable<RecoveredRecord>
  readonly recoveredRecords: number
  /** Bytes of an unfinished last flush that were removed. */
  readonly tornBytes: number
}

export async function openWal(options: OpenOptions): Promise<Result<OpenedWal, OpenFailureCode>> {
  const segmentBytes = options.segmentBytes ?? WAL_LIMITS.segmentBytesDefault
  assert(segmentBytes >= WAL_LIMITS.segmentBytesMin && segmentBytes <= WAL_LIMITS.segmentBytesMax, 'segmentBytes is within its limits')
  assert(segmentBytes % 8 === 0, 'segmentBytes is a multiple of 8')
  let lock: FolderLock | undefined
  const refused = async (error: { code: OpenFailureCode; message: string; hint?: string }): Promise<Result<OpenedWal, OpenFailureCode>> => {
    const held = lock
    if (held) await new Promise<void>((resolve) => { held.release(resolve) })
    return { ok: false, error }
  }
  try {
    fs.mkdirSync(options.directory, { recursive: true })
    const locked = await lockFolder(options.directory)
    if (!locked.ok) return locked
    lock = locked.value
    const owned = claimFolder(options)
    if (!owned.ok) return await refused(owned.error)
    removeUnfinished(options.directory)
    const recovered = recover(options.directory)
    if (!recovered.ok) return await refused(recovered.error)
    const held = lock
    const wal = await startWal(options, segmentBytes, recovered.value, held)
    const { torn } = recovered.value
    return ok({ wal, recovered: readRecords(options.directory, recovered.value), recoveredRecords: recovered.value.records, tornBytes: torn === null ? 0 : torn.to - torn.from })
  } catch (error) {
    return await refused(storageFailure(error, 'opening the data folder'))
  }
}

function claimFolder(options: OpenOptions): Result<undefined, 'wrong-folder'> {
  const found = readIdentity(options.directory)
  if (!found.ok) return found
  const { clusterId, nodeId } = options.identity
  if (found.value === undefined) {
    const strangers = fs.readdirSync(options.directory).filter((name) => name.startsWith('segment-') && name.endsWith('.log'))
    if (strangers.length > 0) {
      return fail('wrong-folder', `The data folder holds a log without its identity file (${options.directory}).`, 'Put the identity file back, or choose an empty folder.')
    }
    writeIdentity(options.directory, options.identity)
    return ok()
  }
  if (found.value.clusterId === clusterId && found.value.nodeId === nodeId) return ok()
  return fail(
    'wrong-folder',
    `The data folder belongs to node ${found.value.nodeId} of cluster ${found.value.clusterId}, not to node ${nodeId} of cluster ${clusterId} (${options.directory}).`,
    'Choose the folder of this node, or an empty one. Nothing was changed.',
  )
}

/** A torn tail is zeroed, and what was read is made durable: it may so far exist in the page cache only. */
function repair(directory: string, recovered: Recovered): void {
  const { origin, tail, torn } = recovered
  if (tail === null) return
  for (const sequence of new Set([Math.max(origin.segment, tail.segment - 1), tail.segment])) {
    const fd = fs.openSync(path.join(directory, segmentName(sequence)), 'r+')
    try {
      if (torn !== null && sequence === tail.segment) {
        const zeros = Buffer.alloc(torn.to - torn.from)
        let at = 0
        while (at < zeros.length) at += fs.writeSync(fd, zeros, at, zeros.length - at, torn.from + at)
      }
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  }
}

/** Segments that were released and not removed before the process ended. The origin is made durable first, as in `repair`. */
function removeReleased(directory: string, released: readonly number[]): void {
  removeUnfinishedOrigin(directory)
  if (released.length === 0) return
  syncDirectory(directory)
  for (const sequence of released) fs.unlinkSync(path.join(directory, segmentName(sequence)))
}

async function startWal(options: OpenOptions, segmentBytes: number, recovered: Recovered, lock: FolderLock): Promise<Wal> {
  repair(options.directory, recovered)
  removeReleased(options.directory, recovered.released)
  const segments = recovered.segments.map((sequence): Segment => {
    const fd = fs.openSync(path.join(options.directory, segmentName(sequence)), 'r+')
    return { sequence, fd, bytes: fs.fstatSync(fd).size }
  })
  if (segments.length === 0) {
    segments.push(await new Promise<Segment>((resolve, reject) => {
      createSegment(options.directory, 1, segmentBytes, (error, segment) => {
        if (segment) resolve(segment)
        else reject(error ?? new Error('no segment'))
      })
    }))
  }
  const tail = recovered.tail ?? { segment: 1, offset: SEGMENT_HEADER_BYTES, nextBatch: 1 }
  return new Wal({
    directory: options.directory, segments, firstBatches: recovered.firstBatches, tail, segmentBytes, nowMs: options.nowMs,
    release: (released) => { lock.release(released) },
  })
}
