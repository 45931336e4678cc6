import path from 'node:path'
import { defineConfig } from '@playwright/test'
import type { Options } from './test/e2e/support'

const output = process.env['QUORATE_E2E_OUTPUT'] ?? path.join(import.meta.dirname, 'test-results', 'e2e')
/** Every spec runs in the real window and in a browser, but for those whose name says otherwise. */
const DESKTOP_ONLY = /(security|\.desktop)\.spec\.ts$/
const BROWSER_ONLY = /\.browser\.spec\.ts$/

export default defineConfig<Options>({
  testDir: 'test/e2e',
  outputDir: path.join(output, 'tests'),
  // Real clusters share two cores with the window that shows them.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: path.join(output, 'report.json') }]],
  use: { actionTimeout: 15_000, navigationTimeout: 30_000, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'desktop', testIgnore: BROWSER_ONLY, use: { transport: 'desktop' } },
    { name: 'browser', testIgnore: DESKTOP_ONLY, use: { transport: 'loopback' } },
  ],
})
