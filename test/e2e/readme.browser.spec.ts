/** The pictures of the README, taken of real clusters: `npm run e2e -- readme`, then copy them as docs/HACKING.md says. */
import type { Page } from '@playwright/test'
import { expect, screenshotPath, test } from './support'
import { goTo, leaderOf, sentence, startLocalCluster } from './support/story'

const SETTLED = /^Quorate\. 3 of 3 voters/

async function pictureOf(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await page.screenshot({ path: screenshotPath(`readme-${name}`) })
}

test('a cluster under load that lost its leader once, in pictures', async ({ quorate }) => {
  test.setTimeout(180_000)
  const { page } = quorate
  const picture = (name: string): Promise<void> => pictureOf(page, name)
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(SETTLED)
  await goTo(page, 'Lab')
  await page.getByRole('button', { name: 'Start', exact: true }).last().click()
  const completed = page.locator('dl').getByText('Completed', { exact: true }).locator('xpath=following-sibling::dd')
  const completedNow = async (): Promise<number> => Number((await completed.innerText()).replace(/\D/g, '') || '0')
  await expect.poll(completedNow, { timeout: 60_000 }).toBeGreaterThan(3_000)
  const leader = await leaderOf(page)
  const actions = page.getByRole('group', { name: `Actions on ${leader}` })
  await actions.getByRole('button', { name: 'Kill' }).click()
  await expect(sentence(page)).toHaveText(/^At risk\. /)
  await page.locator('main').evaluate((main) => main.scrollTo({ top: 0 }))
  await goTo(page, 'Alerts')
  await expect(page.getByText(new RegExp(`^${leader} does not answer`)).first()).toBeVisible()
  await picture('alerts')
  await goTo(page, 'Consensus')
  await expect.poll(async () => (await page.locator('main').innerText()).includes('No election in this stretch')).toBe(false)
  await picture('consensus')
  await goTo(page, 'Lab')
  const before = await completedNow()
  await expect.poll(completedNow, { timeout: 60_000 }).toBeGreaterThan(before + 1_500)
  await picture('lab')
  await actions.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(sentence(page)).toHaveText(SETTLED)
  await expect.poll(completedNow, { timeout: 60_000 }).toBeGreaterThan(before + 4_000)
  await goTo(page, 'Replication')
  await expect(page.locator('canvas').first()).toBeVisible()
  await picture('replication')
  await goTo(page, 'Topology')
  await page.getByRole('button', { name: 'Messages', exact: true }).click()
  await picture('topology')
  await page.getByRole('link', { name: 'Simulator' }).click()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect(page.locator('output[aria-label="Time"]')).toHaveText(/^0:0[4-9]/, { timeout: 60_000 })
  await page.getByRole('button', { name: 'Pause', exact: true }).last().click()
  // At a moment at which messages are under way.
  await expect(async () => {
    await page.getByRole('region', { name: 'Run' }).getByRole('button', { name: 'Next event' }).click()
    expect(await page.locator('.messages .message').count()).toBeGreaterThan(3)
  }).toPass({ timeout: 60_000 })
  await picture('simulator')
})

test('a PBFT cluster with a liar in it, in a picture', async ({ quorate }) => {
  test.setTimeout(120_000)
  const { page } = quorate
  await page.getByRole('radio', { name: 'PBFT' }).click()
  await page.getByRole('button', { name: 'Start a local 4-node cluster' }).click()
  await expect(sentence(page)).toHaveText(/^Quorate\. 4 of 4 voters/, { timeout: 60_000 })
  await goTo(page, 'Lab')
  await page.getByRole('button', { name: 'Start', exact: true }).last().click()
  await page.getByLabel(`Behaviour of ${await leaderOf(page)}`).selectOption({ label: 'Equivocates' })
  await expect(sentence(page)).toHaveText(/^At risk\. n\d has broken the protocol/, { timeout: 60_000 })
  // Exactly: what is read out to a screen reader holds the same words.
  await expect(page.getByText('Local cluster is starting', { exact: true })).toBeHidden({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Stop the cluster' }).scrollIntoViewIfNeeded()
  await pictureOf(page, 'pbft')
})
