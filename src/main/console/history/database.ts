/** Opening the one file: the native module, its checks and migrations, and setting aside what cannot be used. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import Database from 'better-sqlite3'
import { fail, ok, type Result } from '../../../core/base'
import type { Sentence } from '../../../core/observe'
import { HISTORY_LIMITS } from './limits'
import { APPLICATION_ID, MIGRATIONS } from './schema'

export type Sqlite = Database.Database
export type Statement = Database.Statement

export type DiskTrouble = 'corrupt' | 'full' | 'unwritable'

/** What kind of trouble an exception of the database is; null: not one of the disk's. */
export function troubleOf(error: unknown): DiskTrouble | null {
  if (!(error instanceof Error)) return null
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_FORMAT' || code === 'SQLITE_MISMATCH') return 'corrupt'
  // A table or column that is gone from a file of ours has been damaged away.
  if (code === 'SQLITE_ERROR' && /no such (table|column|index)|malformed|has no column/.test(error.message)) return 'corrupt'
  if (/^(SQLITE_(IOERR|READONLY|CANTOPEN|BUSY|LOCKED|PERM|AUTH|PROTOCOL|NOLFS)|EACCES|EPERM|EROFS|ENOTDIR|ENOENT|EISDIR|EIO|EMFILE|ENFILE)/.test(code)) return 'unwritable'
  return error instanceof TypeError && error.message.includes('directory does not exist') ? 'unwritable' : null
}

/** The package's prebuilt module needs Node-API 10 and ends the process on anything older, so it is not even loaded there. */
export function canLoad(nativeBinding: string | null): Result<null, 'no-database'> {
  const version = Number(process.versions['napi'] ?? 0)
  if (nativeBinding === null && version < 10) {
    return fail('no-database', `The database module needs Node-API 10; this runtime has ${version}.`, 'Give the path of a module built for this runtime.')
  }
  if (nativeBinding !== null && !existsSync(nativeBinding)) {
    return fail('no-database', `There is no database module at ${nativeBinding}.`, 'Run the set-up again.')
  }
  try {
    const options = nativeBinding === null ? {} : { nativeBinding }
    new Database(':memory:', options).close()
    return ok(null)
  } catch (error) {
    return fail('no-database', `The database module cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, 'Run the set-up again.')
  }
}

class NewerFile extends Error {
  readonly version: number
  constructor(version: number) {
    super(`written by format ${version}`)
    this.version = version
  }
}

class ForeignFile extends Error {}

/** Which file it is that now has this name; null: none, or it cannot be asked. */
export function fileIdentity(file: string): string | null {
  try {
    const { dev, ino } = statSync(file, { bigint: true })
    return `${dev}-${ino}`
  } catch {
    return null
  }
}

/** Creates the file for its owner only, and its folder where there is none. */
function prepareFile(file: string): void {
  const folder = dirname(file)
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

/** Asked before anything is changed: a file that is not ours to write stays as it is. */
function identify(db: Sqlite): void {
  const owner = Number(db.pragma('application_id', { simple: true }))
  const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get())
  if (owner !== APPLICATION_ID && (owner !== 0 || tables > 0)) throw new ForeignFile('not a Quorate history')
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > MIGRATIONS.length) throw new NewerFile(version)
}

function migrate(db: Sqlite): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    db.transaction(() => {
      db.exec(MIGRATIONS[next] ?? '')
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${next + 1}`)
    })()
  }
}

function check(db: Sqlite, file: string): void {
  if (statSync(file).size > HISTORY_LIMITS.quickCheckBytesMax) return
  const verdict: unknown = db.pragma('quick_check(1)', { simple: true })
  if (verdict === 'ok') return
  throw Object.assign(new Error(`quick_check: ${String(verdict)}`), { code: 'SQLITE_CORRUPT' })
}

function openChecked(file: string, nativeBinding: string | null): Sqlite {
  prepareFile(file)
  const timeout = HISTORY_LIMITS.lockTimeoutMs
  const db = new Database(file, nativeBinding === null ? { timeout } : { timeout, nativeBinding })
  try {
    identify(db)
    // Takes effect only before the first table is made.
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma(`journal_size_limit = ${HISTORY_LIMITS.walBytesMax}`)
    db.pragma('cell_size_check = ON')
    db.pragma('trusted_schema = OFF')
    check(db, file)
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Renames the file and its companions so that nothing is lost and a new one can be begun. Gives the new name. */
export function setAside(file: string, why: 'corrupt' | 'newer', nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(':', '-').replace('Z', '')
  let target = `${file}.${why}-${stamp}`
  for (let copy = 2; existsSync(target); copy += 1) target = `${file}.${why}-${stamp}-${copy}`
  for (const suffix of ['-wal', '-shm', '']) if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix)
  return basename(target)
}

export interface Opened {
  readonly db: Sqlite
  /** What the user must be told: the old file was set aside. */
  readonly notice: Sentence | null
}

const isDamage = (error: unknown): boolean => error instanceof ForeignFile || troubleOf(error) === 'corrupt'

/** Opens the file, in place of one that cannot be used a new one. Trouble of the disk comes back as such. */
export function openDatabase(file: string, nativeBinding: string | null, nowMs: number): Result<Opened, DiskTrouble> {
  try {
    try {
      return ok({ db: openChecked(file, nativeBinding), notice: null })
    } catch (error) {
      const newer = error instanceof NewerFile
      if (!newer && !isDamage(error)) throw error
      const kept = setAside(file, newer ? 'newer' : 'corrupt', nowMs)
      const notice: Sentence = newer
        ? { key: 'notice.history.set-aside-newer', parameters: { file: kept, version: error.version } }
        : { key: 'notice.history.set-aside-corrupt', parameters: { file: kept } }
      return ok({ db: openChecked(file, nativeBinding), notice })
    }
  } catch (error) {
    return fail(troubleOf(error) ?? 'unwritable', `The history file cannot be opened: ${error instanceof Error ? error.message : String(error)}`, 'Check the data folder: its permissions, and the space left.')
  }
}
