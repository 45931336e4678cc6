// npm run bench -- <name> [options]: bundles bench/<name>.ts and the node process, then runs it with Node.
// A benchmark prints JSON on standard output and what it is doing on standard error.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDependencies } from './setup/dependencies.mjs'
import { runStep } from './setup/failure.mjs'
import { ensureNode } from './setup/node.mjs'

// Standard output belongs to the benchmark: its JSON is read by programs.
console.log = console.error
const root = path.resolve(fileURLToPath(import.meta.url), '../..')
const folder = path.join(root, 'bench')
const out = path.join(root, 'out/bench')
const [name, ...rest] = process.argv.slice(2)
const names = existsSync(folder) ? readdirSync(folder).flatMap((file) => (/^[a-z-]+\.(ts|mjs)$/.test(file) ? [file.replace(/\.\w+$/, '')] : [])) : []

if (name === undefined || !names.includes(name)) {
  console.error(`Which benchmark? npm run bench -- ${[...new Set(names)].sort().join(' | ')}`)
  process.exit(2)
}

const run = (file) => {
  const child = spawn(process.execPath, [file, ...rest], { stdio: 'inherit', cwd: root })
  child.once('exit', (code) => { process.exitCode = code ?? 1 })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
}

await runStep(async () => {
  await ensureDependencies()
  await ensureNode(import.meta.url)
  // A benchmark that brings its own way of running is run that way.
  if (existsSync(path.join(folder, `${name}.mjs`))) run(path.join(folder, `${name}.mjs`))
  else {
    const { build } = await import('vite')
    const bundle = (entry, source, noExternal) => build({
      configFile: false, root, logLevel: 'error', publicDir: false, define: { __PLANTED__: 'false' },
      ssr: { noExternal },
      build: {
        ssr: true, outDir: out, emptyOutDir: false, target: 'node20', minify: false, reportCompressedSize: false,
        rolldownOptions: { input: { [entry]: source }, output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false } },
      },
    })
    await bundle('agent', path.join(root, 'src/runtime/agent/main.ts'), true)
    await bundle('client-process', path.join(folder, 'commit/client-process.ts'), [])
    await bundle(name, path.join(folder, `${name}.ts`), [])
    run(path.join(out, `${name}.mjs`))
  }
})
