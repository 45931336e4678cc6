import path from 'node:path'
import { build } from 'vite'

const root = path.resolve(import.meta.dirname, '../../..')

/** Bundles the node process as it ships, into one file, and gives its path. */
export const buildAgent = (folder = path.join(root, 'out/test-agent')): Promise<string> => bundle(folder, 'src/runtime/agent/main.ts', { __PLANTED__: 'false' })

/** The same with one of our planted bugs in it. */
export const buildPlantedAgent = (bug: string): Promise<string> =>
  bundle(path.join(root, 'out/test-agent-planted'), 'test/integration/support/planted-agent.ts', { __PLANTED__: 'true', __BUG__: JSON.stringify(bug) })

async function bundle(folder: string, entry: string, define: Readonly<Record<string, string>>): Promise<string> {
  await build({
    configFile: false, root, logLevel: 'error', define,
    ssr: { noExternal: true },
    build: {
      ssr: true, target: 'node20', outDir: folder, emptyOutDir: false, minify: false,
      rollupOptions: {
        input: { agent: path.join(root, entry) },
        output: { entryFileNames: '[name].mjs', format: 'es' },
      },
    },
  })
  return path.join(folder, 'agent.mjs')
}
