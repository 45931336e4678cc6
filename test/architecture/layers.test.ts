import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { importProblem, layerOf } from '../../tools/eslint/import-layers.js'
import { files, importsOf, read, under } from './project'

const sources = under('src', /\.(ts|vue)$/)

describe('layers', () => {
  it('every source file is in one', () => {
    expect(sources.length).toBeGreaterThan(20)
    expect(sources.map(({ name }) => name).filter((name) => layerOf(name) === undefined && !name.endsWith('.d.ts'))).toEqual([])
  })

  it('every import keeps to the table', () => {
    const problems = sources.filter(({ name }) => layerOf(name) !== undefined).flatMap(({ name }) =>
      importsOf(read(name)).flatMap((specifier) => (importProblem(name, specifier) === undefined ? [] : [`${name} imports ${specifier}`])))
    expect(problems).toEqual([])
  })

  it.each([
    ['src/core/base/x.ts', '../observation'],
    ['src/core/raft/x.ts', '../observe'],
    ['src/core/raft/x.ts', 'node:fs'],
    ['src/core/raft/x.ts', 'valibot'],
    ['src/runtime/driver/x.ts', '../wal'],
    ['src/runtime/driver/x.ts', 'node:fs'],
    ['src/runtime/tcp/x.ts', '../wal/log'],
    ['src/contract/x.ts', '../main/index'],
    ['src/main/console/health/x.ts', '../history/store'],
    ['src/main/console/history/x.ts', 'electron'],
    ['src/main/desktop/x.ts', '../console/service'],
    ['src/main/desktop/x.ts', 'better-sqlite3'],
    ['src/main/serve/x.ts', 'electron'],
    ['src/preload/x.ts', 'node:fs'],
    ['src/preload/x.ts', '../main/desktop/origin'],
    ['src/renderer/src/ui/x.ts', '../bridge/client'],
    ['src/renderer/src/features/topology/x.ts', '../alerts/store'],
    ['src/renderer/src/features/topology/x.ts', 'electron'],
    ['src/renderer/src/bridge/x.ts', '../../../main/index'],
    ['src/main/desktop/x.ts', 'fs'],
    ['src/nowhere/x.ts', './y'],
  ])('%s may not import %s', (file, specifier) => expect(importProblem(file, specifier)).toBeDefined())

  it.each([
    ['src/core/raft/x.ts', '../quorum/majority'],
    ['src/main/desktop/x.ts', 'electron'],
    ['src/main/desktop/x.ts', '../../contract/host'],
    ['src/runtime/agent/x.ts', '../wal/log'],
    ['src/renderer/src/features/topology/x.ts', '../../ui/Button.vue'],
  ])('%s may import %s', (file, specifier) => expect(importProblem(file, specifier)).toBeUndefined())
})

/** Where a program, a benchmark or a test that is not beside its subject begins. */
const STARTS = /^(src\/main\/index\.ts|src\/main\/console\/utility\.ts|src\/main\/(serve|cli)\/main\.ts|src\/runtime\/agent\/main\.ts|src\/main\/cli\/sim\/worker\.ts|src\/preload\/index\.ts|src\/renderer\/src\/(app\/main|env\.d)\.ts|bench\/.*|test\/.*|.*\.test\.ts)$/

function resolve(from: string, specifier: string): string[] {
  const base = path.posix.join(path.posix.dirname(from), specifier.replace(/\?.*$/, ''))
  return [base, `${base}.ts`, `${base}.vue`, `${base}.js`, `${base}/index.ts`]
}

/** Modules that the bundler is asked for by a pattern: `import.meta.glob('../features/*\/Page.vue')`. */
function globbed(from: string, text: string, all: ReadonlyMap<string, string>): string[] {
  return [...text.matchAll(/import\.meta\.glob[^(]*\(\s*['"]([^'"]+)['"]/g)].flatMap(([, pattern = '']) => {
    const whole = path.posix.join(path.posix.dirname(from), pattern).split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return [...all.keys()].filter((name) => new RegExp(`^${whole.join('[^/]+')}$`).test(name))
  })
}

function reachable(all: ReadonlyMap<string, string>, starts: readonly string[]): Set<string> {
  const reached = new Set(starts)
  for (const name of reached) {
    const text = all.get(name)
    if (text === undefined) continue
    const targets = importsOf(text).filter((specifier) => specifier.startsWith('.')).flatMap((specifier) => resolve(name, specifier))
    for (const target of [...targets, ...globbed(name, text, all)]) if (all.has(target)) reached.add(target)
  }
  return reached
}

describe('use', () => {
  it('no source file is left that nothing imports', () => {
    const texts = new Map(files.filter(({ name }) => /^(src|bench|test)\/.*\.(ts|vue|css|js)$/.test(name)).map(({ name }) => [name, read(name)]))
    const starts = [...texts.keys()].filter((name) => STARTS.test(name) && !/^src\/.*\.test\.ts$/.test(name))
    const reached = reachable(texts, starts)
    expect([...texts.keys()].filter((name) => name.startsWith('src/') && !reached.has(name) && !/\.(test|fixture)\.ts$/.test(name))).toEqual([])
  })

  it('would notice one', () => {
    const texts = new Map([['src/main/index.ts', "import { a } from './a'\nexport * from './b'\nconst c = await import('./c')"], ['src/main/a.ts', ''], ['src/main/b.ts', ''], ['src/main/c.ts', ''], ['src/main/lost.ts', "import './a'"]])
    expect([...texts.keys()].filter((name) => !reachable(texts, ['src/main/index.ts']).has(name))).toEqual(['src/main/lost.ts'])
  })
})
