/** The app's own gallery: every component with its states, in both themes and languages, photographed. Development builds only. */
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { test as base, chromium, expect } from '@playwright/test'
import { build, preview, type UserConfig } from 'vite'
import config from '../../electron.vite.config'
import { screenshotPath, temporaryFolder } from './support'
import { chooseLanguage, chooseTheme, type Language } from './support/story'

const CHROMIUM = process.env['QUORATE_CHROMIUM'] ?? '/usr/bin/chromium'
const LANGUAGES: readonly Language[] = ['en', 'zh-CN']

base('every component is shown with its states', async () => {
  base.setTimeout(180_000)
  const { renderer } = config as { readonly renderer: UserConfig }
  const outDir = path.join(temporaryFolder('gallery'), 'out')
  const page = { ...renderer, configFile: false as const, mode: 'gallery', logLevel: 'warn' as const, build: { ...renderer.build, outDir, emptyOutDir: true } }
  // The bundler says "production" to this process, which other tests share.
  const environment = process.env['NODE_ENV']
  await build(page)
  if (environment === undefined) delete process.env['NODE_ENV']
  else process.env['NODE_ENV'] = environment
  const server = await preview({ ...page, preview: { host: '127.0.0.1', port: 0 } })
  const browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: process.getuid?.() !== 0 })
  try {
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 } })
    const shown = await context.newPage()
    const errors: string[] = []
    shown.on('pageerror', (error) => errors.push(error.message))
    await shown.goto(`${server.resolvedUrls?.local[0] ?? ''}?fake#/gallery`)
    for (const language of LANGUAGES) {
      for (const theme of ['light', 'dark'] as const) {
        await chooseTheme(shown, theme)
        await chooseLanguage(shown, language)
        await shown.evaluate(() => { location.hash = '#/gallery' })
        await expect(shown.locator('main .gallery')).toBeVisible()
        await shown.setViewportSize({ width: 1360, height: 3200 })
        await shown.screenshot({ path: screenshotPath(`gallery-${theme}-${language}`) })
        await shown.setViewportSize({ width: 1360, height: 860 })
        const report = await new AxeBuilder({ page: shown }).analyze()
        expect(report.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`), `${theme}, ${language}`).toEqual([])
      }
    }
    expect(errors).toEqual([])
  } finally {
    await browser.close()
    await server.close()
  }
})
