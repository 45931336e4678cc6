// Bundles and runs raft-core.ts: node bench/raft-core.mjs [clients] [operations]. With --cpu-prof before the file, node profiles it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const outDir = mkdtempSync(path.join(tmpdir(), 'quorate-bench-'))
try {
  await build({
    configFile: false, logLevel: 'error', define: { __PLANTED__: 'false' },
    build: { ssr: path.join(import.meta.dirname, 'raft-core.ts'), outDir, emptyOutDir: false, target: 'node20', minify: false },
  })
  await import(pathToFileURL(path.join(outDir, 'raft-core.js')).href).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    return import(pathToFileURL(path.join(outDir, 'raft-core.mjs')).href)
  })
} finally {
  rmSync(outDir, { recursive: true, force: true })
}
