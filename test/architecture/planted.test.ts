/** Planted bugs: each is guarded, named once in the lists, and nothing of them is left in what ships. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PLANTED_BUGS } from '../simulation/planted'
import { read, root, under } from './project'

const PLANTED_MIN = 40
const SITE = /(__PLANTED__ && (?:[^\n]*?))?isPlanted\('([^']+)'\)/g

const sites = under('src', /\.ts$/).filter(({ name }) => !name.endsWith('.test.ts'))
  .flatMap(({ name }) => [...read(name).matchAll(SITE)].map((match) => ({ name, isGuarded: match[1] !== undefined, id: match[2] as string })))

describe('planted bugs', () => {
  it(`are at least ${PLANTED_MIN}, 20 of them in Raft, 6 in Paxos, 7 in PBFT`, () => {
    const of = (prefix: string): number => PLANTED_BUGS.filter(({ id }) => id.startsWith(`${prefix}/`)).length
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(PLANTED_MIN)
    expect(of('raft')).toBeGreaterThanOrEqual(20)
    expect(of('paxos')).toBeGreaterThanOrEqual(6)
    expect(of('pbft')).toBeGreaterThanOrEqual(7)
  })

  it('are listed once each, and each stands in the code', () => {
    const ids = PLANTED_BUGS.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...new Set(sites.map(({ id }) => id))].sort()).toEqual([...ids].sort())
  })

  it('vanish from production builds: every site stands behind the constant', () => {
    expect(sites.filter(({ isGuarded }) => !isGuarded)).toEqual([])
    expect([..."if (isPlanted('x/y')) return".matchAll(SITE)][0]?.[1]).toBeUndefined()
  })
})

const out = path.join(root, 'out')
const built = ['main', 'preload', 'renderer'].filter((part) => existsSync(path.join(out, part)))

function* scripts(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name)
    if (statSync(file).isDirectory()) yield* scripts(file)
    else if (/\.(js|cjs|mjs)$/.test(name)) yield file
  }
}

// The suite builds the app before; on a checkout that was never built there is nothing to look at.
describe.skipIf(built.length === 0)('what is built', () => {
  it('has no planted bug in it', () => {
    const files = built.flatMap((part) => [...scripts(path.join(out, part))])
    expect(files.length).toBeGreaterThan(3)
    const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    const found = texts.flatMap(({ file, text }) => PLANTED_BUGS.filter(({ id }) => text.includes(id)).map(({ id }) => `${path.relative(root, file)}: ${id}`))
    expect(found).toEqual([])
    expect(texts.filter(({ text }) => text.includes('__PLANTED__')).map(({ file }) => path.relative(root, file))).toEqual([])
  })
})
