import path from 'node:path'
import { build } from 'vite'

const root = path.resolve(import.meta.dirname, '../../..')

/** Bundles the node process as it ships, into one file, and gives its path. */
export async function buildAgent(folder = path.join(root, 'out/test-agent')): Promise<string> {
  await build({
    configFile: false, root, logLevel: 'error', define: { __PLANTED__: 'false' },
    ssr: { noExternal: true },
    build: {
      ssr: true, target: 'node20', outDir: folder, emptyOutDir: false, minify: false,
      rollupOptions: {
        input: { agent: path.join(root, 'src/runtime/agent/main.ts') },
        output: { entryFileNames: '[name].mjs', format: 'es' },
      },
    },
  })
  return path.join(folder, 'agent.mjs')
}
