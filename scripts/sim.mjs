// npm run sim -- [--protocol raft|paxos|pbft] [--seeds N] [--seed S] [--planted] ...: bundles the simulator, with its planted bugs
// for once, and runs it with Node. All options: npm run sim -- --help
import { rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDependencies } from './setup/dependencies.mjs'
import { runStep } from './setup/failure.mjs'
import { runInForeground } from './setup/launch.mjs'
import { ensureNode } from './setup/node.mjs'

// Standard output belongs to the simulator: its JSON is read by programs.
console.log = console.error
const root = path.resolve(fileURLToPath(import.meta.url), '../..')

await runStep(async () => {
  await ensureDependencies()
  await ensureNode(import.meta.url)
  const { build } = await import('vite')
  // Two runs at once must not take each other's bundle away.
  const out = path.join(root, 'out', 'sim', String(process.pid))
  // The bundler says "production" to this process; what it starts need not hear that.
  const env = { ...process.env }
  const bundle = (entry, source) => build({
    configFile: false, root, logLevel: 'error', publicDir: false, define: { __PLANTED__: 'true' },
    build: {
      ssr: true, outDir: out, emptyOutDir: false, target: 'node20', minify: false, reportCompressedSize: false,
      rolldownOptions: { input: { [entry]: path.join(root, source) }, output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false } },
    },
  })
  try {
    await bundle('sim', 'test/simulation/command.ts')
    await bundle('sim-worker', 'src/main/cli/sim/worker.ts')
    process.exitCode = await runInForeground(process.execPath, [path.join(out, 'sim.mjs'), ...process.argv.slice(2)], { cwd: root, env })
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})
