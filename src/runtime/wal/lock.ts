/**
 * One process per folder. Node has no flock, and a file with a process id goes stale and can be fought over. A listening
 * socket is held by the kernel and let go with the process, however it ends: an abstract socket on Linux, a named pipe on
 * Windows. Elsewhere it is a socket file, which is stale exactly when nobody accepts on it.
 */
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fail, ok, type Result } from '../../core/base'
import { errorCode } from './failures'

export interface FolderLock {
  release(released: () => void): void
}

type Outcome = Result<FolderLock, 'in-use'>

/** Named after what the folder is, not what it is called: two paths to one folder are one lock. */
function lockAddress(directory: string): string {
  const { dev, ino } = fs.statSync(directory, { bigint: true })
  const name = `quorate-${dev}-${ino}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return path.join(os.tmpdir(), `${name}.lock`)
}

function listen(address: string): Promise<net.Server | string> {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => socket.destroy())
    server.once('error', (error) => { resolve(errorCode(error)) })
    server.listen(address, () => {
      server.unref()
      resolve(server)
    })
  })
}

function someoneAccepts(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address)
    socket.once('connect', () => { socket.destroy(); resolve(true) })
    socket.once('error', () => { resolve(false) })
  })
}

export async function lockFolder(directory: string): Promise<Outcome> {
  const address = lockAddress(directory)
  let server = await listen(address)
  if (typeof server === 'string' && path.isAbsolute(address) && process.platform !== 'win32' && !(await someoneAccepts(address))) {
    fs.rmSync(address, { force: true })
    server = await listen(address)
  }
  if (typeof server === 'string') {
    return fail('in-use', `The data folder is in use by another process (${directory}, ${server}).`, 'Stop the other node that runs from this folder, or choose another folder.')
  }
  const held = server
  return ok({ release: (released) => { held.close(() => { released() }) } })
}
