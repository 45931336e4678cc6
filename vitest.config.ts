import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', environment: 'node', include: ['src/{core,contract,runtime,main,preload,sim}/**/*.test.ts', 'test/scenarios/**/*.test.ts'] } },
      { plugins: [vue()], test: { name: 'renderer', environment: 'happy-dom', include: ['src/renderer/**/*.test.ts'] } },
      { test: { name: 'architecture', environment: 'node', include: ['test/architecture/**/*.test.ts'] } },
      {
        test: {
          name: 'integration', environment: 'node', include: ['test/integration/**/*.test.ts'],
          // Real processes share two cores: one file at a time, with room for slow machines.
          fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000,
        },
      },
    ],
  },
})
