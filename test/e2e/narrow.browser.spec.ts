/** Narrow windows; in a browser, since the desktop window keeps its own smallest size. */
import { expect, screenshotPath, test } from './support'
import { startLocalCluster } from './support/story'

const CLUSTER_PAGES = ['topology', 'consensus', 'replication', 'alerts', 'events', 'lab'] as const

test('a narrow window shows every page without sideways scrolling', async ({ quorate }) => {
  const { page } = quorate
  await startLocalCluster(page)
  const base = /#(\/clusters\/[^/]+)/.exec(page.url())?.[1] ?? ''
  await page.setViewportSize({ width: 480, height: 800 })
  for (const place of ['/', ...CLUSTER_PAGES.map((name) => `${base}/${name}`)]) {
    await page.evaluate((hash) => { location.hash = hash }, `#${place}`)
    await expect(page.locator('main')).not.toBeEmpty()
    expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBeLessThanOrEqual(480)
    await page.screenshot({ path: screenshotPath(`narrow-${place.split('/').at(-1) || 'overview'}`) })
  }
})
