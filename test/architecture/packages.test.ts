import { describe, expect, it } from 'vitest'
import { files, importsOf, read } from './project'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}
interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly integrity?: string; readonly link?: boolean }>>
}

const manifest = JSON.parse(read('package.json')) as Manifest
const lockfile = JSON.parse(read('package-lock.json')) as Lockfile
/** Pinned ahead of its first use: what hosts are reached with. */
const AHEAD = ['ssh2']
const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }

describe('packages', () => {
  it('are pinned exactly', () => {
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  it('come from wherever npm is told to look, and are what they were', () => {
    const entries = Object.entries(lockfile.packages).filter(([name]) => name !== '')
    expect(entries.length).toBeGreaterThan(100)
    expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name)).toEqual([])
    expect(entries.filter(([, { integrity }]) => integrity === undefined).map(([name]) => name)).toEqual([])
  })

  it('are all used by what ships', () => {
    const used = new Set(files.filter(({ name }) => /^src\/.*\.(ts|vue|css)$/.test(name)).flatMap(({ name }) => importsOf(read(name)))
      .map((specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')))
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name) && !AHEAD.includes(name))).toEqual([])
  })
})
