import { existsSync } from 'node:fs'
import path from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { build } from 'vite'
import type { Plugin } from 'vite'

// Syntax both for the oldest engine the tests run on (Electron 33: Chromium 130, Node 20.18) and for the newest.
const NODE_TARGET = 'node20.18'
const CHROME_TARGET = 'chrome130'

// Planted bugs, there to test the checkers, vanish from everything that ships; see src/core/base/planted.ts.
const NO_PLANTED_BUGS = { __PLANTED__: 'false' }
// A slow machine is no fault of a plugin.
const checks = { pluginTimings: false }
const root = import.meta.dirname
const source = (file: string): string => path.join(root, 'src', file)

const mainEntries = {
  index: source('main/index.ts'),
  console: source('main/console/utility.ts'),
  serve: source('main/serve/main.ts'),
  cli: source('main/cli/main.ts'),
  'sim-worker': source('main/cli/sim/worker.ts'),
}
const agentEntry = source('runtime/agent/main.ts')
const preloadEntry = source('preload/index.ts')
const rendererPage = source('renderer/index.html')

const present = (entries: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)))

/** The node process is one file without imports of packages: the same file is copied to remote hosts. */
function bundleAgent(): Plugin {
  return {
    name: 'quorate:bundle-agent',
    apply: 'build',
    async writeBundle(output) {
      if (output.dir === undefined || !existsSync(agentEntry)) return
      await build({
        root, configFile: false, logLevel: 'warn', publicDir: false, define: NO_PLANTED_BUGS,
        ssr: { noExternal: true },
        build: {
          ssr: true, outDir: output.dir, emptyOutDir: false, target: NODE_TARGET, minify: false, reportCompressedSize: false,
          rolldownOptions: { checks, input: { agent: agentEntry }, output: { format: 'es', entryFileNames: '[name].js', codeSplitting: false } },
        },
      })
    },
  }
}

const main = {
  plugins: [bundleAgent()],
  define: NO_PLANTED_BUGS,
  build: {
    target: NODE_TARGET,
    // Schemas are small and on the way to the first paint: bundled. Everything else stays a package.
    externalizeDeps: { exclude: ['valibot'] },
    rolldownOptions: {
      checks, input: present(mainEntries),
      output: { format: 'es' as const, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
}

const preload = {
  build: {
    target: NODE_TARGET,
    externalizeDeps: false,
    // A sandboxed preload script is CommonJS and one file.
    rolldownOptions: { checks, input: { index: preloadEntry }, output: { format: 'cjs' as const, entryFileNames: '[name].cjs', codeSplitting: false } },
  },
}

const renderer = {
  root: source('renderer'),
  plugins: [vue()],
  define: {
    ...NO_PLANTED_BUGS,
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'true',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
  },
  build: {
    target: CHROME_TARGET,
    minify: true,
    // Fonts and pictures stay files: the content security policy knows no data: for fonts.
    assetsInlineLimit: 0,
    rolldownOptions: { checks, input: rendererPage },
  },
}

// A part whose source is absent, and the page where it was asked for, is left out of the build.
const withWindow = existsSync(rendererPage) && process.env['QUORATE_BUILD_WITHOUT_WINDOW'] === undefined
export default defineConfig({
  ...(Object.keys(main.build.rolldownOptions.input).length > 0 ? { main } : {}),
  ...(existsSync(preloadEntry) ? { preload } : {}),
  ...(withWindow ? { renderer } : {}),
})
