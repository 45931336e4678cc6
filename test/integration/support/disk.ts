/** Small disks for tests that fill them. Linux, and root only. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** Containers often withhold mounting from root, so it is tried. Says why where it is false; tests skip on the answer. */
export function mayMount(): boolean {
  const may = process.platform === 'linux' && process.getuid?.() === 0 && canMount()
  if (!may) console.warn('SKIPPED: full disks are tested on Linux as root only, where a small disk can be mounted.')
  return may
}

function canMount(): boolean {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorate-mount-'))
  try {
    return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]).status === 0 && spawnSync('umount', [folder]).status === 0
  } finally {
    rmdirSync(folder)
  }
}

function mount(...argv: string[]): void {
  const done = spawnSync('mount', argv, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`mount ${argv.join(' ')}: ${done.stderr}`)
}

/** Makes a folder a disk of that size, until the test that runs has ended. Ask for it before what is to use it: it goes last. */
export function mountSmallDisk(folder: string, size: string): { resize(size: string): void; remove(): void } {
  mount('-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', folder)
  const remove = (): void => { spawnSync('umount', ['-l', folder]) }
  onTestFinished(remove)
  return { resize: (next) => { mount('-o', `remount,size=${next}`, folder) }, remove }
}

/** Leaves so many bytes, in whole blocks. Gives the way to free the rest again. */
export function fillDisk(folder: string, leaveBytes: number): () => void {
  const file = path.join(folder, 'filler')
  const { bavail, bsize } = statfsSync(folder)
  const descriptor = openSync(file, 'w')
  const block = Buffer.alloc(bsize)
  for (let blocks = bavail - Math.ceil(leaveBytes / bsize); blocks > 0; blocks -= 1) writeSync(descriptor, block)
  closeSync(descriptor)
  return () => { rmSync(file) }
}
