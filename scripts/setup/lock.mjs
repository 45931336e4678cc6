// One set-up or build at a time per checkout: a folder made by its owner, with the owner's process id inside.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheDirectory, root } from './places.mjs'
import { createHash } from 'node:crypto'

const POLL_MS = 200
const OWNERLESS_FOR_MS = 10_000

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function isStale(directory) {
  try {
    return !isAlive(Number(readFileSync(path.join(directory, 'pid'), 'utf8')))
  } catch {
    const stat = statSync(directory, { throwIfNoEntry: false })
    return stat !== undefined && Date.now() - stat.mtimeMs > OWNERLESS_FOR_MS
  }
}

/** Waits until nobody else does `name` in this checkout, then does `work`. */
export async function withLock(name, work) {
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 12)
  const directory = path.join(cacheDirectory(), `${name}-${checkout}.lock`)
  for (;;) {
    try {
      mkdirSync(directory)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isStale(directory)) rmSync(directory, { recursive: true, force: true })
      else await sleep(POLL_MS)
    }
  }
  writeFileSync(path.join(directory, 'pid'), String(process.pid))
  try {
    return await work()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
