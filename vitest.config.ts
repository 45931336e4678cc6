import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests may plant bugs; production builds have none.
  define: { __PLANTED__: 'true' },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', environment: 'node', include: ['src/{core,contract,runtime,main,preload,sim}/**/*.test.ts', 'test/scenarios/**/*.test.ts'] } },
      { extends: true, plugins: [vue()], test: { name: 'renderer', environment: 'happy-dom', include: ['src/renderer/**/*.test.ts'] } },
      { extends: true, test: { name: 'simulation', environment: 'node', include: ['test/simulation/**/*.test.ts'] } },
      { extends: true, test: { name: 'architecture', environment: 'node', include: ['test/architecture/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration', environment: 'node', include: ['test/integration/**/*.test.ts'],
          // Real processes share two cores: one file at a time, with room for slow machines.
          fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000,
        },
      },
    ],
  },
})
