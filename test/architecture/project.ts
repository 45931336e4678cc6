/** The files of the project as the rules see them: what is versioned or soon will be, without what is built or installed. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '..', '..')
const IGNORED = new Set(['node_modules', 'out', 'dist', '.git', 'test-results', 'playwright-report', '.vitest', 'coverage'])
const TEXT = /\.(ts|vue|js|mjs|cjs|json|md|css|html|svg|proto|yml|yaml|sh|txt)$/

export interface ProjectFile {
  /** Relative to the root, with slashes. */
  readonly name: string
  readonly bytes: number
  readonly isText: boolean
}

function walk(directory: string): ProjectFile[] {
  return readdirSync(path.join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (IGNORED.has(entry.name) || entry.name.endsWith('.log')) return []
    if (entry.isDirectory()) return walk(name)
    if (!entry.isFile()) return []
    return [{ name, bytes: statSync(path.join(root, name)).size, isText: TEXT.test(name) || name.startsWith('.ci/') }]
  })
}

export const files: readonly ProjectFile[] = walk('')
export const read = (name: string): string => readFileSync(path.join(root, name), 'utf8')
export const under = (directory: string, pattern: RegExp = /./): readonly ProjectFile[] =>
  files.filter(({ name }) => name.startsWith(`${directory}/`) && pattern.test(name))

/** Every specifier a module imports, exports from or loads, types included. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:^|[\s;}])(?:import|export)\s+(?:[^'"`;()]*?\sfrom\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)|@import\s+['"]([^'"\n]+)['"]/g)
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}
