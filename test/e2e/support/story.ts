/** The steps that stories share, told through what a person sees. */
import type { Locator, Page } from '@playwright/test'
import { expect } from './fixtures'
import { screenshotPath } from './places'

export type ClusterTab = 'Topology' | 'Consensus' | 'Replication' | 'Alerts' | 'Events' | 'Lab'

/** The state of the open cluster, in words. */
export const sentence = (page: Page): Locator => page.locator('header p[role="status"] > span').last()

/** What it says of a cluster of three that is well. */
export const QUORATE = /^Quorate\. 3 of 3 voters agree on n\d in term \d+\. Can lose 1 more\.$/

export async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: screenshotPath(`${name}-${scheme}`) })
  }
}

export type Language = 'en' | 'zh-CN'
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' }
const THEME_PLACES = { system: 0, light: 1, dark: 2 } as const

/** The page before may have controls at the same places: the heading says that this one is there. */
async function openSettings(page: Page): Promise<void> {
  // A page that is still on its way may win over the first wish.
  await expect(async () => {
    await page.evaluate(() => { location.hash = '#/settings' })
    await page.getByRole('heading', { level: 1, name: /^(Settings|设置)$/ }).waitFor({ timeout: 2_000 })
  }).toPass({ timeout: 20_000 })
}

/** The controls are found by their place on the page, since the language may be any. */
export async function chooseLanguage(page: Page, language: Language): Promise<void> {
  await openSettings(page)
  await page.getByRole('main').getByRole('combobox').first().selectOption({ label: LANGUAGE_NAMES[language] })
  await expect(page.locator('html')).toHaveAttribute('lang', language)
}

export async function chooseTheme(page: Page, theme: keyof typeof THEME_PLACES): Promise<void> {
  await openSettings(page)
  await page.getByRole('main').getByRole('radio').nth(THEME_PLACES[theme]).click()
  if (theme !== 'system') await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
}

export async function startLocalCluster(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start a local 3-node cluster' }).click()
  await expect(sentence(page)).toContainText('Quorate', { timeout: 30_000 })
}

export async function openCluster(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Clusters' }).getByRole('link', { name: new RegExp(name) }).click()
}

export async function goTo(page: Page, tab: ClusterTab): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages of this cluster' }).getByRole('link', { name: new RegExp(`^${tab}`) }).click()
}

/** As the state sentence names it; empty while it names none. */
export async function leaderOf(page: Page): Promise<string> {
  return /(?:agree on|on|follow) (n\d)/.exec(await sentence(page).innerText())?.[1] ?? ''
}

export async function termOf(page: Page): Promise<number> {
  return Number(/in term (\d+)/.exec(await sentence(page).innerText())?.[1] ?? Number.NaN)
}
