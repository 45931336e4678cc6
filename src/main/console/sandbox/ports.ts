/** Finds free ports on loopback, and tells who holds one that is not free. */
import { randomInt } from 'node:crypto'
import { readFile, readdir, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import { LOOPBACK, SANDBOX_LIMITS } from './limits'

/** True if a server could listen there at this moment. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** That many different ports, none of `taken`. */
export async function freePorts(count: number, taken: ReadonlySet<number>): Promise<Result<readonly number[], 'port-in-use'>> {
  const found: number[] = []
  const { portLow, portHigh, portTriesMax } = SANDBOX_LIMITS
  let candidate = randomInt(portLow, portHigh)
  for (let tries = 0; tries < portTriesMax && found.length < count; tries += 1) {
    candidate = candidate + 1 >= portHigh ? portLow : candidate + 1
    if (!taken.has(candidate) && (await isFree(candidate))) found.push(candidate)
  }
  if (found.length === count) return ok(found)
  return fail('port-in-use', `No ${count} free ports were found on ${LOOPBACK} between ${portLow} and ${portHigh}.`, 'Stop other local clusters or servers and try again.')
}

interface PortOwner {
  readonly pid: number
  readonly command: string
}

const LISTEN_STATE = '0A'

/** Who listens on this port; null where the system does not tell. Linux only. */
export async function portOwner(port: number): Promise<PortOwner | null> {
  try {
    const inode = await listeningInode(port)
    if (!inode) return null
    for (const entry of await readdir('/proc')) {
      if (/^\d+$/.test(entry) && (await holdsSocket(entry, inode))) {
        return { pid: Number(entry), command: (await readFile(`/proc/${entry}/comm`, 'utf8')).trim() }
      }
    }
  } catch {
    // No /proc here, or it changed while it was read.
  }
  return null
}

async function listeningInode(port: number): Promise<string | null> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n')) {
      const columns = line.trim().split(/\s+/)
      if (columns[1]?.endsWith(`:${hex}`) && columns[3] === LISTEN_STATE) return columns[9] ?? null
    }
  }
  return null
}

async function holdsSocket(pid: string, inode: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`
  // Other users' processes cannot be read: they are passed over.
  const descriptors = await readdir(directory).catch(() => [])
  for (const descriptor of descriptors) {
    if ((await readlink(`${directory}/${descriptor}`).catch(() => '')) === `socket:[${inode}]`) return true
  }
  return false
}

/** A Failure that names the port and, where it is known, the process that has it. */
export async function portInUse(port: number): Promise<{ readonly ok: false; readonly error: { readonly code: 'port-in-use'; readonly message: string; readonly hint: string } }> {
  const owner = await portOwner(port)
  const by = owner ? ` by process ${owner.pid} (${owner.command})` : ''
  return {
    ok: false,
    error: {
      code: 'port-in-use',
      message: `Port ${port} on ${LOOPBACK} is in use${by}.`,
      hint: 'End that process and start the node again, or delete this cluster and create a new one, which chooses other ports.',
    },
  }
}
