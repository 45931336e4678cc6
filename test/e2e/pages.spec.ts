/** Every page, in both languages and both themes: without accessibility violations, and photographed. */
import AxeBuilder from '@axe-core/playwright'
import { expect, screenshotPath, test } from './support'
import { chooseLanguage, chooseTheme, sentence, startLocalCluster, type Language } from './support/story'

const CLUSTER_PAGES = ['topology', 'consensus', 'replication', 'alerts', 'events', 'lab'] as const
const LANGUAGES: readonly Language[] = ['en', 'zh-CN']
const THEMES = ['light', 'dark'] as const

test('no page has an accessibility violation, in any language or theme', async ({ quorate }) => {
  test.setTimeout(300_000)
  const { page, transport } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toContainText('3 of 3')
  const base = /#(\/clusters\/[^/]+)/.exec(page.url())?.[1] ?? ''
  const places = ['/', '/welcome', '/attach', '/settings', '/simulator', ...CLUSTER_PAGES.map((name) => `${base}/${name}`)]
  const violations = new Set<string>()
  for (const language of LANGUAGES) {
    for (const theme of THEMES) {
      await chooseTheme(page, theme)
      await chooseLanguage(page, language)
      for (const place of places) {
        await page.evaluate((hash) => { location.hash = hash }, `#${place}`)
        await expect(page.locator('main')).not.toBeEmpty()
        await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0)
        const name = place.split('/').at(-1) || 'overview'
        await page.screenshot({ path: screenshotPath(`${name}-${theme}-${language}-${transport}`) })
        // In the page itself: Electron has no second page for the checker, and there are no frames to look into.
        const report = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
        for (const { id, nodes } of report.violations) for (const node of nodes) violations.add(`${name}, ${theme}, ${language}: ${id}: ${node.html}: ${node.failureSummary ?? ''}`)
      }
    }
  }
  expect([...violations]).toEqual([])
  expect(quorate.complaints).toEqual([])
})

test('the keyboard reaches the commands, a cluster, its pages, and the keys', async ({ quorate }) => {
  const { page } = quorate
  await startLocalCluster(page)
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('dialog').getByRole('combobox').or(page.getByPlaceholder('Search for clusters, pages and actions')).first().fill('consensus')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/consensus$/)
  await page.keyboard.press('Control+1')
  await expect(page).toHaveURL(/\/clusters\//)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('Keys')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})
