// Stands in for the default application that the registry copy of Electron lacks:
// `electron [-r module]... [--switches] <app folder | file>`.
// An ES module with a top-level await: Electron then holds `ready` back until the app's own entry has been evaluated,
// exactly as for a packaged app.
import { app } from 'electron'
import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const preload = []
let target
for (let i = 1; i < process.argv.length && target === undefined; i++) {
  const argument = process.argv[i]
  if (argument === '-r' || argument === '--require') preload.push(resolve(process.argv[++i]))
  else if (!argument.startsWith('-')) target = resolve(argument)
}
if (target === undefined) {
  console.error('usage: electron <app folder>')
  process.exit(64)
}
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
const require = createRequire(import.meta.url)
for (const module of preload) require(module)

let root = dirname(target)
let entry = target
if (statSync(target).isDirectory()) {
  const manifest = JSON.parse(readFileSync(resolve(target, 'package.json'), 'utf8'))
  app.setName(manifest.productName ?? manifest.name)
  if (manifest.version) app.setVersion(manifest.version)
  root = target
  entry = resolve(target, manifest.main ?? 'index.js')
}
app.setAppPath(root)
try {
  await import(pathToFileURL(entry).href)
} catch (error) {
  console.error(error)
  process.exit(70)
}
