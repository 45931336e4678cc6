// The import table. Reading this file top to bottom is reading the architecture.
// A '*' segment makes every match its own island: siblings may not import each other.
export const TEST_PACKAGES = ['vitest', 'fast-check', '@vue/test-utils', 'happy-dom']
const WORDS = ['src/core/base', 'src/core/observation']
const VUE = ['vue', 'vue-router', 'pinia', 'vue-i18n', 'lucide-vue-next']
const R = 'src/renderer/src'
const FEATURE_MAY = ['src/contract', 'src/core', `${R}/ui`, `${R}/composables`, `${R}/bridge`]
const row = (dir, may, node = false, pkg = []) => ({ dir, may, node, pkg })
export const LAYERS = [
  row('src/core/base', []),
  row('src/core/observation', ['src/core/base']),
  row('src/core/quorum', ['src/core/base']),
  row('src/core/machine', ['src/core/base', 'src/core/observation']),
  row('src/core/*', [...WORDS, 'src/core/machine', 'src/core/quorum']),
  row('src/core/checker', ['src/core/base']),
  row('src/contract', [...WORDS, 'src/core/machine'], false, ['valibot']),
  row('src/runtime/ports', ['src/core']),
  row('src/runtime/driver', ['src/core', 'src/runtime/ports']),
  row('src/runtime/*', ['src/core', 'src/runtime/ports'], true),
  row('src/runtime/agent', ['src/core', 'src/runtime', 'src/contract'], true),
  row('src/sim', ['src/core', 'src/runtime/ports', 'src/runtime/driver']),
  row('src/main', ['src/contract', 'src/core/base', 'src/main/desktop'], true, ['electron']),
  row('src/main/desktop', ['src/contract', 'src/core/base'], true, ['electron', 'valibot']),
  // One domain each, blind to each other: a domain declares the interface it needs, service.ts passes it in.
  row('src/main/console/*', ['src/contract', 'src/core'], true, ['valibot']),
  row('src/main/console/history', ['src/contract', 'src/core'], true, ['better-sqlite3', 'valibot']),
  row('src/main/console/engines', ['src/contract', 'src/core'], true, ['@grpc/grpc-js', '@grpc/proto-loader', 'valibot']),
  row('src/main/console/fleet', ['src/contract', 'src/core'], true, ['ssh2', 'valibot']),
  row('src/main/console', ['src/contract', 'src/core', 'src/main/console'], true, ['valibot', 'electron']),
  row('src/main/serve', ['src/contract', 'src/core', 'src/main/console'], true, ['ws', 'valibot']),
  row('src/main/cli', ['src/contract', 'src/core', 'src/sim', 'src/runtime/client', 'src/runtime/driver', 'src/runtime/ports', 'src/runtime/signer', 'src/main/console', 'src/main/serve'], true, ['commander', 'ws', 'valibot']),
  row('src/preload', ['src/contract'], false, ['electron']),
  row(`${R}/ui`, [], false, ['vue', 'reka-ui', 'lucide-vue-next']),
  // Ambient types only; every folder below has a row of its own.
  row(R, [], false, ['vue']),
  row(`${R}/bridge`, ['src/contract', 'src/core/base'], false, []),
  // A console made up in the page, for development and tests: it derives its alerts and events as the real one does.
  row(`${R}/bridge/fake`, ['src/contract', 'src/core', `${R}/bridge`], false, []),
  row(`${R}/composables`, ['src/contract', 'src/core', `${R}/bridge`], false, ['vue', 'pinia', 'vue-i18n', 'chart.js']),
  // Parts of screens that several screens show, drawn with the components.
  ...['consensus', 'fence', 'sandbox'].map((each) => row(`${R}/composables/${each}`, ['src/contract', 'src/core', `${R}/bridge`, `${R}/composables`, `${R}/ui`], false, ['vue', 'pinia', 'vue-i18n', 'lucide-vue-next'])),
  // The simulator runs in a worker of the window.
  row(`${R}/features/simulator`, [...FEATURE_MAY, 'src/sim'], false, VUE),
  row(`${R}/features/*`, FEATURE_MAY, false, [...VUE, 'chart.js', '@tanstack/vue-virtual', 'reka-ui']),
  row(`${R}/app`, ['src/contract', 'src/core', R], false, [...VUE, 'reka-ui', '@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono']),
]
