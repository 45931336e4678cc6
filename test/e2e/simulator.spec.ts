/** The simulator as a person uses it: watched, stepped, scrubbed, forked; and a broken assumption explained. */
import type { Page } from '@playwright/test'
import { expect, screenshotPath, test } from './support'
import { chooseTheme } from './support/story'

const openSimulator = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Simulator' }).click()
  await expect(page.getByRole('heading', { name: 'Simulator', level: 1 })).toBeVisible()
  await expect(clock(page)).toHaveText(/^0:00\.000/)
}
const clock = (page: Page) => page.getByRole('status', { name: 'Time', exact: true }).or(page.locator('output[aria-label="Time"]')).first()
const timeMs = async (page: Page): Promise<number> => {
  const [, minutes, seconds, rest] = /^(\d+):(\d\d)\.(\d{3})/.exec(await clock(page).innerText()) ?? []
  return Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(rest)
}
/** The simulation has run to where the clock says. */
const settled = (page: Page): Promise<void> => expect(clock(page)).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 })
const control = (page: Page, name: string) => page.getByRole('region', { name: 'Run', exact: true }).getByRole('button', { name, exact: true })
const chooseSpeed = (page: Page, speed: string) => page.getByRole('radio', { name: speed, exact: true }).click()

test('a run is played, stepped, scrubbed back and forked', async ({ quorate }) => {
  const { page, transport } = quorate
  await openSimulator(page)
  await chooseSpeed(page, '1×')
  await control(page, 'Play').click()
  await expect.poll(() => timeMs(page), { timeout: 30_000 }).toBeGreaterThan(4_000)
  await control(page, 'Pause').click()
  await settled(page)
  await page.screenshot({ path: screenshotPath(`simulator-${transport}`) })
  const pausedMs = await timeMs(page)
  await control(page, 'Next event').click()
  await expect.poll(() => timeMs(page)).toBeGreaterThanOrEqual(pausedMs)
  await settled(page)

  const logs = page.getByRole('region', { name: 'Logs' })
  await expect(logs.getByRole('columnheader', { name: 'n5' })).toBeVisible()
  const thenText = await logs.innerText()
  const thenMs = await timeMs(page)
  await control(page, 'To the start').click()
  await expect.poll(() => timeMs(page)).toBe(0)
  await expect(logs).toContainText('No entry yet')
  await control(page, 'To the end').click()
  await expect.poll(() => timeMs(page), { timeout: 30_000 }).toBeGreaterThan(thenMs)
  await settled(page)
  expect(await logs.innerText()).not.toBe(thenText)

  await control(page, 'To the start').click()
  await expect.poll(() => timeMs(page)).toBe(0)
  await page.getByRole('button', { name: 'Fork from here' }).click()
  await chooseSpeed(page, '1×')
  await control(page, 'Play').click()
  await expect(page.getByRole('region', { name: 'Events' })).toContainText('n1 crashes')
  expect(quorate.complaints).toEqual([])
})

test('the keyboard alone plays, steps and scrubs the run, and leaves the time of real clusters alone', async ({ quorate }) => {
  const { page } = quorate
  await openSimulator(page)
  const live = page.getByRole('button', { name: 'Live', exact: true })
  await page.keyboard.press('Space')
  await expect.poll(() => timeMs(page)).toBeGreaterThan(500)
  await page.keyboard.press('Space')
  await expect(control(page, 'Play')).toBeVisible()
  await page.keyboard.press('End')
  await expect.poll(() => timeMs(page), { timeout: 30_000 }).toBeGreaterThan(20_000)
  await settled(page)
  const endMs = await timeMs(page)
  await page.keyboard.press('Shift+ArrowLeft')
  await expect.poll(() => timeMs(page)).toBe(endMs - 1_000)
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => timeMs(page)).toBe(endMs - 900)
  await settled(page)
  await page.keyboard.press('N')
  await expect.poll(() => timeMs(page)).toBeGreaterThan(endMs - 900)
  await page.keyboard.press('Home')
  await expect.poll(() => timeMs(page)).toBe(0)
  await expect(live).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('Play or pause the simulation')
  await expect(page.getByRole('dialog')).not.toContainText('Hold or play')
})

test('one liar too many breaks PBFT, and the shortest run says how', async ({ quorate }) => {
  test.setTimeout(240_000)
  const { page, transport } = quorate
  await openSimulator(page)
  await page.getByRole('radio', { name: 'PBFT' }).click()
  await page.getByLabel('Break an assumption').click()
  await page.getByRole('button', { name: 'Simulate', exact: true }).click()
  await control(page, 'To the end').click()
  const broken = page.getByRole('region', { name: 'A broken invariant' })
  await expect(broken).toBeVisible({ timeout: 120_000 })
  await broken.getByRole('button', { name: 'Find the shortest run' }).click()
  await expect(broken.getByRole('listitem').first()).toBeVisible({ timeout: 120_000 })
  for (const theme of ['light', 'dark'] as const) {
    await chooseTheme(page, theme)
    await page.evaluate(() => { location.hash = '#/simulator' })
    await expect(broken.getByRole('listitem').first()).toBeVisible()
    await page.screenshot({ path: screenshotPath(`simulator-violation-${theme}-${transport}`) })
  }
  await broken.getByRole('button', { name: 'Open the shortest run' }).click()
  await expect.poll(() => timeMs(page)).toBe(0)
})
