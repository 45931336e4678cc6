// npm run sim -- [--protocol raft|paxos|pbft] [--seeds N] [--seed S] [--planted] ...: bundles the simulator, with its planted bugs
// for once, and runs it with Node. All options: npm run sim -- --help
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = path.resolve(fileURLToPath(import.meta.url), '../..')
// Two runs at once must not take each other's bundle away.
const out = path.join(root, 'out', 'sim', String(process.pid))
const { rmSync } = await import('node:fs')

const bundle = (entry, source) => build({
  configFile: false, root, logLevel: 'error', publicDir: false, define: { __PLANTED__: 'true' },
  build: {
    ssr: true, outDir: out, emptyOutDir: false, target: 'node20', minify: false, reportCompressedSize: false,
    rolldownOptions: { input: { [entry]: path.join(root, source) }, output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false } },
  },
})
// The bundler says "production" to this process; what it starts need not hear that.
const environment = { ...process.env }
await bundle('sim', 'test/simulation/command.ts')
await bundle('sim-worker', 'src/main/cli/sim/worker.ts')
const child = spawn(process.execPath, [path.join(out, 'sim.mjs'), ...process.argv.slice(2)], { stdio: 'inherit', cwd: root, env: environment })
// The terminal sends Ctrl-C to both; the child ends with what it knows, and this one after it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { if (signal === 'SIGTERM') child.kill(signal) })
child.once('exit', (code) => {
  rmSync(out, { recursive: true, force: true })
  process.exitCode = code ?? 1
})
