// Checks every import against the table in layers.js: the path of a file says what it may touch.
import { builtinModules } from 'node:module'
import path from 'node:path'
import { LAYERS, TEST_PACKAGES } from './layers.js'

const BUILTIN = new Set(builtinModules)
const segmentsOf = (file) => file.split('/')
const isUnder = (file, directory) => file === directory || file.startsWith(directory + '/')

/** The longest matching row, literal segments before stars, with the concrete directory it matched. */
export function layerOf(file) {
  let best
  for (const row of LAYERS) {
    const want = segmentsOf(row.dir)
    const have = segmentsOf(file)
    if (have.length <= want.length) continue // a row matches directories, never a file
    if (!want.every((segment, i) => segment === '*' || segment === have[i])) continue
    const literal = want.filter((segment) => segment !== '*').length
    if (best && (want.length < best.length || (want.length === best.length && literal <= best.literal))) continue
    best = { row, length: want.length, literal, island: have.slice(0, want.length).join('/') }
  }
  return best
}

function packageOf(specifier) {
  return specifier.startsWith('@') ? segmentsOf(specifier).slice(0, 2).join('/') : segmentsOf(specifier)[0]
}

/** The reason why `file` may not import `specifier`, or nothing. */
export function importProblem(file, specifier) {
  const layer = layerOf(file)
  if (!layer) return { messageId: 'unknown', data: { file } }
  const { row, island } = layer
  if (specifier.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file), specifier.replace(/\?.*$/, ''))
    if (isUnder(target, island) || row.may.some((directory) => isUnder(target, directory))) return
    return { messageId: 'layer', data: { from: island, to: target, allowed: row.may.join(', ') || 'nothing' } }
  }
  if (specifier.startsWith('node:') || BUILTIN.has(specifier)) {
    if (!row.node) return { messageId: 'node', data: { from: island, to: specifier } }
    if (!specifier.startsWith('node:')) return { messageId: 'prefix', data: { to: specifier } }
    return
  }
  const name = packageOf(specifier)
  const isTest = /\.test\.ts$/.test(file)
  if ((isTest && TEST_PACKAGES.includes(name)) || row.pkg.includes(name)) return
  return { messageId: 'package', data: { from: island, to: name, allowed: row.pkg.join(', ') || 'none' } }
}

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      layer: '{{from}} may not import {{to}} (allowed: {{allowed}}). See tools/eslint/layers.js.',
      node: "{{from}} may not use Node built-ins ('{{to}}'). Ask for it through a port.",
      prefix: "write 'node:{{to}}'.",
      package: "{{from}} may not depend on package '{{to}}' (allowed: {{allowed}}).",
      unknown: '{{file}} is in no layer: add a row to tools/eslint/layers.js.',
    },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/')
    if (!file.startsWith('src/')) return {}
    if (!layerOf(file)) return { Program: (node) => context.report({ node, messageId: 'unknown', data: { file } }) }
    const check = (node) => {
      const specifier = node.source?.value
      const problem = typeof specifier === 'string' ? importProblem(file, specifier) : undefined
      if (problem) context.report({ node, ...problem })
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check }
  },
}
