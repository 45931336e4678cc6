import { mkdtempSync, rmSync, writeFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'rolldown'

const root = path.resolve(import.meta.dirname, '../../..')

/** A build of the parts that need no window, from today's sources, laid out as `out/` is. */
export interface Bundle {
  readonly directory: string
  readonly agentEntry: string
  readonly serveEntry: string
  readonly cliEntry: string
  readonly rendererDirectory: string
  remove(): void
}

/** Bundles the agent, the serve entry and the command line into a folder of their own. Takes about a second. */
export async function bundle(): Promise<Bundle> {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-bundle-'))
  const main = path.join(directory, 'out', 'main')
  const rendererDirectory = path.join(directory, 'out', 'renderer')
  const isPackage = (id: string): boolean => !id.startsWith('.') && !path.isAbsolute(id)
  const transform = { define: { __PLANTED__: 'false' } }
  await build([
    { input: { agent: path.join(root, 'src/runtime/agent/main.ts') }, platform: 'node', transform, external: (id) => isPackage(id) && !id.startsWith('valibot'), output: { dir: main, format: 'es', entryFileNames: '[name].js' } },
    { input: { cli: path.join(root, 'src/main/cli/main.ts') }, platform: 'node', transform, external: isPackage, output: { dir: main, format: 'es', entryFileNames: '[name].js' } },
    { input: { serve: path.join(root, 'src/main/serve/main.ts') }, platform: 'node', transform, external: isPackage, output: { dir: main, format: 'es', entryFileNames: '[name].js' } },
  ])
  mkdirSync(rendererDirectory, { recursive: true })
  writeFileSync(path.join(rendererDirectory, 'index.html'), '<!doctype html><html><head><title>Quorate</title></head><body></body></html>')
  writeFileSync(path.join(directory, 'package.json'), '{"type":"module","version":"0.0.0-test"}')
  symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'))
  return {
    directory, rendererDirectory,
    agentEntry: path.join(main, 'agent.js'),
    serveEntry: path.join(main, 'serve.js'),
    cliEntry: path.join(main, 'cli.js'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
