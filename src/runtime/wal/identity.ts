import fs from 'node:fs'
import path from 'node:path'
import { fail, fromJson, ok, toJson, type Result } from '../../core/base'
import { syncDirectory } from './segment'

export interface Identity {
  readonly clusterId: string
  readonly nodeId: string
}

const FILE = 'identity.json'
const FORMAT_VERSION = 1
const IDENTITY_BYTES_MAX = 4096

/** Whose folder this is; undefined where it is nobody's yet. */
export function readIdentity(directory: string): Result<Identity | undefined, 'wrong-folder'> {
  const file = path.join(directory, FILE)
  if (!fs.existsSync(file)) return ok(undefined)
  const refuse = (what: string): Result<undefined, 'wrong-folder'> =>
    fail('wrong-folder', `The identity file of the data folder ${what} (${file}).`, 'Choose another folder, or put back the file that belongs there.')
  if (fs.statSync(file).size > IDENTITY_BYTES_MAX) return refuse('is not one of Quorate')
  let read: unknown
  try {
    read = fromJson(fs.readFileSync(file, 'utf8'))
  } catch {
    return refuse('cannot be read')
  }
  if (typeof read !== 'object' || read === null || !('format' in read) || !('clusterId' in read) || !('nodeId' in read)) {
    return refuse('is not one of Quorate')
  }
  if (read.format !== FORMAT_VERSION) return refuse('was written by another version of Quorate')
  if (typeof read.clusterId !== 'string' || typeof read.nodeId !== 'string') return refuse('is not one of Quorate')
  return ok({ clusterId: read.clusterId, nodeId: read.nodeId })
}

/** Written whole or not at all: a temporary file, flushed, renamed, and the folder flushed. */
export function writeIdentity(directory: string, identity: Identity): void {
  const temporary = path.join(directory, `${FILE}.new`)
  const fd = fs.openSync(temporary, 'w')
  try {
    fs.writeSync(fd, toJson({ format: FORMAT_VERSION, clusterId: identity.clusterId, nodeId: identity.nodeId }))
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
  fs.renameSync(temporary, path.join(directory, FILE))
  syncDirectory(directory)
}
