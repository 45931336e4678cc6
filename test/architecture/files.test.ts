import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { files, read, root, under } from './project'

const LINES_MAX = 400
const README_LINES_MAX = 10
const BLOB_BYTES_MAX = 256 * 1024
const BANNED_NAMES = /(^|[/.-])(utils?|helpers?|common|misc|manager|stuff|temp|old|copy|backup|new)([/.-]|$)/i
/** This file names what it forbids. */
const SELF = 'test/architecture/files.test.ts'

const LEFTOVERS: readonly RegExp[] = [
  /\b(TODO|FIXME|XXX|HACK)\b/,
  /eslint-disable/,
  /@ts-(ignore|nocheck|expect-error)/,
  /\b(it|test|describe)\.(only|todo)\b/,
  /lorem ipsum/i,
]
/** A project runs anywhere: no paths of one machine, no hosts of one registry. */
const OF_ONE_PLACE: readonly RegExp[] = [/(^|[\s'"`(=])\/(work|root)\/\w/, /\b[a-z0-9-]+\.npmjs\.(org|com)\b/, /\bregistry\.[a-z0-9-]+\.[a-z]{2,}\b/]

const matches = (patterns: readonly RegExp[], text: string): boolean => patterns.some((pattern) => pattern.test(text))
const code = files.filter(({ name }) => /^(src|test|bench|scripts|tools)\/.*\.(ts|vue|js|mjs|css)$/.test(name) || /^[^/]+\.(ts|js)$/.test(name))

describe('files', () => {
  it(`have at most ${LINES_MAX} lines`, () => {
    expect(code.filter(({ name }) => read(name).split('\n').length > LINES_MAX + 1).map(({ name }) => name)).toEqual([])
  })

  it('have names that say what is inside', () => {
    expect(files.filter(({ name }) => /^(src|test|bench|scripts|tools)\//.test(name) && BANNED_NAMES.test(name)).map(({ name }) => name)).toEqual([])
    for (const bad of ['src/core/utils.ts', 'src/helpers/x.ts', 'src/a/common/b.ts', 'src/window-manager.ts', 'src/x.old.ts']) expect(bad).toMatch(BANNED_NAMES)
    for (const good of ['src/renderer/src/features/commons.ts', 'src/core/commonality.ts']) expect(good).not.toMatch(BANNED_NAMES)
  })

  it('have nothing left over from being written', () => {
    expect(code.filter(({ name }) => name !== SELF && matches(LEFTOVERS, read(name))).map(({ name }) => name)).toEqual([])
    for (const bad of ['// TO' + 'DO: later', '/* eslint-' + 'disable */', 'it' + '.only(']) expect(matches(LEFTOVERS, bad)).toBe(true)
    expect(matches(LEFTOVERS, 'const manyTodos = [todo]')).toBe(false)
  })

  it('run on any machine', () => {
    const texts = files.filter(({ name, isText }) => isText && name !== SELF && name !== 'package-lock.json')
    expect(texts.filter(({ name }) => matches(OF_ONE_PLACE, read(name))).map(({ name }) => name)).toEqual([])
    expect(matches(OF_ONE_PLACE, "'/wo" + "rk/main/x'")).toBe(true)
    expect(matches(OF_ONE_PLACE, 'a/work/b and rework/x')).toBe(false)
  })

  it('are small, but for pictures and the lockfile', () => {
    const large = files.filter(({ name, bytes }) => bytes > BLOB_BYTES_MAX && name !== 'package-lock.json' && !name.startsWith('docs/screenshots/'))
    expect(large.map(({ name }) => name)).toEqual([])
  })
})

describe('folders of src', () => {
  const sources = under('src', /\.(ts|vue)$/)
  /** Every part of the architecture; the folders inside of a part need none. */
  const depthMax = (folder: string): number => (folder.startsWith('src/renderer/src/features/') ? 5 : 4)
  const folders = [...new Set(sources.map(({ name }) => path.posix.dirname(name)))].filter((folder) => folder.split('/').length <= depthMax(folder))
  const readmes = new Set(under('src', /\/README\.md$/).map(({ name }) => path.posix.dirname(name)))

  it('each say what they are for', () => {
    const silent = folders.filter((folder) => !readmes.has(folder) && !/^src\/(renderer|renderer\/src)$/.test(folder))
    expect(silent).toEqual([])
  })

  it(`say it in at most ${README_LINES_MAX} lines`, () => {
    expect([...readmes].filter((folder) => read(`${folder}/README.md`).trim().split('\n').length > README_LINES_MAX)).toEqual([])
  })
})

it('the rules look at this repository', () => expect(files.some(({ name }) => path.join(root, name) === import.meta.filename)).toBe(true))
