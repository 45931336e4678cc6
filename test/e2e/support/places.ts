import { mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '..', '..', '..')
const output = process.env['QUORATE_E2E_OUTPUT'] ?? path.join(root, 'test-results', 'e2e')

export const temporaryFolder = (name: string): string => mkdtempSync(path.join(os.tmpdir(), `quorate-${name}-`))

/** Where a picture that is kept as test output goes. */
export function screenshotPath(name: string): string {
  const folder = path.join(output, 'screenshots')
  mkdirSync(folder, { recursive: true })
  return path.join(folder, `${name}.png`)
}

interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

function readProcess(pid: string): ProcessEntry[] {
  try {
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return [{ pid: Number(pid), parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }]
  } catch {
    return [] // It ended while it was being read.
  }
}

/** A process of Linux and all its descendants, the eldest first. */
export function processTree(pid: number): ProcessEntry[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(readProcess)
  const tree = all.filter((entry) => entry.pid === pid)
  for (const member of tree) tree.push(...all.filter((entry) => entry.parent === member.pid))
  return tree
}
