/** Narrow windows; in a browser, since the desktop window keeps its own smallest size. */
import type { Page } from '@playwright/test'
import { expect, screenshotPath, test } from './support'
import { startLocalCluster } from './support/story'

const WIDTH = 480
/** Tall enough for the longest page as a whole, so that a picture shows all of it. */
const HEIGHT = 3_200
const CLUSTER_PAGES = ['topology', 'consensus', 'replication', 'alerts', 'events', 'lab'] as const

/** Controls that reach beyond the window, and are in no part of the page that scrolls sideways by itself. */
const cutOff = (page: Page): Promise<string[]> => page.locator('main').evaluate((main, width) => {
  const isPart = (element: Element): boolean => element.clientWidth < main.clientWidth && ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
  const scrolls = (element: Element | null): boolean => element !== null && element !== main && (isPart(element) || scrolls(element.parentElement))
  return [...main.querySelectorAll('button, input, select, a, h1, h2, h3')]
    .filter((element) => element.getBoundingClientRect().right > width && element.getClientRects().length > 0 && !scrolls(element.parentElement))
    .map((element) => element.textContent || element.outerHTML)
}, WIDTH)

test('a narrow window shows every page without sideways scrolling', async ({ quorate }) => {
  const { page } = quorate
  await startLocalCluster(page)
  const base = /#(\/clusters\/[^/]+)/.exec(page.url())?.[1] ?? ''
  await page.setViewportSize({ width: WIDTH, height: HEIGHT })
  for (const place of ['/', '/welcome', '/attach', '/settings', '/simulator', ...CLUSTER_PAGES.map((name) => `${base}/${name}`)]) {
    await page.evaluate((hash) => { location.hash = hash }, `#${place}`)
    await expect(page.locator('main')).not.toBeEmpty()
    await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0)
    if (place === '/simulator') await expect(page.locator('output[aria-label="Time"]')).toBeVisible({ timeout: 30_000 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBeLessThanOrEqual(WIDTH)
    expect(await cutOff(page), place).toEqual([])
    await page.screenshot({ path: screenshotPath(`narrow-${place.split('/').at(-1) || 'overview'}`) })
  }
})
