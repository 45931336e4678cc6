/**
 * Where the log begins. A new log begins at segment 1; once records were released, at the segment that this file names. It is durable
 * before the first segment behind it is removed, so a segment from there on that is missing was lost, and one before it that is still there
 * was released and may go.
 */
import fs from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { fromJson, ok, toJson, type Result } from '../../core/base'
import { corruptFailure } from './failures'
import { syncDirectory } from './segment'
import type { StorageFailure } from './types'

export interface Origin {
  readonly segment: number
  /** The number of the first flush in it. */
  readonly batch: number
}

export const FIRST_ORIGIN: Origin = { segment: 1, batch: 1 }

const FILE = 'origin.json'
const TEMPORARY = `${FILE}.new`
const FORMAT_VERSION = 1
const ORIGIN_BYTES_MAX = 256

const checksumOf = ({ segment, batch }: Origin): number => crc32(`${FORMAT_VERSION}:${segment}:${batch}`)

export function readOrigin(directory: string): Result<Origin, 'corrupt'> {
  const file = path.join(directory, FILE)
  if (!fs.existsSync(file)) return ok(FIRST_ORIGIN)
  const origin = fs.statSync(file).size <= ORIGIN_BYTES_MAX ? parseOrigin(fs.readFileSync(file, 'utf8')) : undefined
  if (origin) return ok(origin)
  const failure: StorageFailure = corruptFailure(FILE, 'the file that says where it begins is not readable')
  return { ok: false, error: { ...failure, code: 'corrupt' } }
}

function parseOrigin(text: string): Origin | undefined {
  let read: unknown
  try {
    read = fromJson(text)
  } catch {
    return undefined
  }
  if (typeof read !== 'object' || read === null || !('format' in read) || !('segment' in read) || !('batch' in read) || !('checksum' in read)) return undefined
  const { format, segment, batch, checksum } = read
  if (format !== FORMAT_VERSION || !isCount(segment) || !isCount(batch)) return undefined
  return checksum === checksumOf({ segment, batch }) ? { segment, batch } : undefined
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0

/** What was being written when the process ended. It says nothing. */
export function removeUnfinishedOrigin(directory: string): void {
  fs.rmSync(path.join(directory, TEMPORARY), { force: true })
}

type Written = (error: NodeJS.ErrnoException | null) => void

/** Durable, whole, under its name before `written` is called; on other threads, since nothing waits for it. */
export function writeOrigin(directory: string, origin: Origin, written: Written): void {
  const temporary = path.join(directory, TEMPORARY)
  fs.writeFile(temporary, toJson({ format: FORMAT_VERSION, ...origin, checksum: checksumOf(origin) }), { flush: true }, (writeError) => {
    if (writeError) { written(writeError); return }
    fs.rename(temporary, path.join(directory, FILE), (renameError) => {
      if (renameError) written(renameError)
      else syncDirectoryAside(directory, written)
    })
  })
}

function syncDirectoryAside(directory: string, synced: Written): void {
  if (process.platform === 'win32') {
    try {
      syncDirectory(directory)
      synced(null)
    } catch (error) {
      synced(error as NodeJS.ErrnoException)
    }
    return
  }
  fs.open(directory, 'r', (openError, fd) => {
    if (openError) { synced(openError); return }
    fs.fsync(fd, (syncError) => { fs.close(fd, (closeError) => { synced(syncError ?? closeError) }) })
  })
}
