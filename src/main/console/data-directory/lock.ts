/** One console per data directory. */
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import path from 'node:path'
import * as v from 'valibot'
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import { isAlive, startMark } from './process-identity'

const FILE = 'console.lock'
/** The holder touches its lock this often; what another host holds is believed only while it is touched. */
const TOUCH_EVERY_MS = 10_000
const TOUCHED_WITHIN_MS = 45_000
const ATTEMPTS_MAX = 5
const BOOT_SLACK_MS = 5_000

const schema = v.object({ pid: v.number(), mark: v.nullable(v.string()), host: v.string(), what: v.string(), atMs: v.number() })
type Holder = v.InferOutput<typeof schema>

export interface Lock {
  release(): void
}

export function takeLock(directory: string, what: string, nowMs: () => number): Result<Lock, 'in-use'> {
  const file = path.join(directory, FILE)
  const mine: Holder = { pid: process.pid, mark: startMark(process.pid), host: hostname(), what, atMs: nowMs() }
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (claim(file, mine)) return ok(hold(file, mine))
    const found = read(file)
    if (found && holds(file, found.holder, nowMs())) return inUse(directory, found.holder)
    if (found) removeStale(file, found.text)
  }
  return fail('in-use', `The lock ${file} keeps changing hands.`, 'Another Quorate is starting on the same data folder; wait for it.')
}

/** Creates the lock with its content in one step, so that nobody ever reads half of it. */
function claim(file: string, mine: Holder): boolean {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(temporary, JSON.stringify(mine), { mode: 0o600 })
  try {
    linkSync(temporary, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    return claimWithoutLinks(file, mine)
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** For file systems that know no hard links. */
function claimWithoutLinks(file: string, mine: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(mine), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(file: string): { readonly text: string; readonly holder: Holder | null } | null {
  try {
    const text = readFileSync(file, 'utf8')
    return { text, holder: parse(text) }
  } catch {
    return null
  }
}

function parse(text: string): Holder | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

function holds(file: string, holder: Holder | null, nowMs: number): holder is Holder {
  if (!holder) return false
  if (holder.host !== hostname()) return nowMs - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < TOUCHED_WITHIN_MS
  const bootedAtMs = nowMs - uptime() * 1000
  if (!isAlive(holder.pid) || holder.atMs < bootedAtMs - BOOT_SLACK_MS) return false
  return holder.mark === startMark(holder.pid)
}

/** Takes a stale lock out of the way, unless somebody else was faster and holds it by now. */
function removeStale(file: string, staleText: string): void {
  const aside = `${file}.stale.${randomBytes(4).toString('hex')}`
  try {
    renameSync(file, aside)
    if (readFileSync(aside, 'utf8') !== staleText) linkSync(aside, file)
  } catch {
    // Another console removed it first; the next attempt tells who holds it.
  } finally {
    rmSync(aside, { force: true })
  }
}

function inUse(directory: string, holder: Holder): { readonly ok: false; readonly error: Failure<'in-use'> } {
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`
  return fail('in-use', `The data folder ${directory} is in use by ${holder.what} (process ${holder.pid}${where}).`, 'Use that one, end it, or choose another folder with --data.')
}

function hold(file: string, mine: Holder): Lock {
  const own = JSON.stringify(mine)
  const isMine = (): boolean => read(file)?.text === own
  const timer = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date())
    } catch {
      // The folder was removed under a running console; there is nothing left to protect.
    }
  }, TOUCH_EVERY_MS)
  timer.unref()
  return {
    release: () => {
      clearInterval(timer)
      if (isMine()) rmSync(file, { force: true })
    },
  }
}
