/** A newcomer's first hour: a local cluster, its leader killed, a partition healed, load, and the history found again. */
import type { Page } from '@playwright/test'
import { expect, screenshotPath, test } from './support'
import { goTo, leaderOf, openCluster, QUORATE, sentence, startLocalCluster, termOf } from './support/story'

async function keep(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: screenshotPath(name) })
}

test('first run offers two ways, and one of them leads to a leader', async ({ quorate }) => {
  const { page, transport } = quorate
  await expect(page.getByRole('button', { name: 'Start a local 3-node cluster' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Attach a cluster' }).last()).toBeVisible()
  await keep(page, `first-run-${transport}`)
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  await keep(page, `topology-${transport}`)
})

test('the leader is killed: another leads in a later term, an alert fires, and the member comes back', async ({ quorate }) => {
  const { page, transport } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  const leader = await leaderOf(page)
  const term = await termOf(page)
  await goTo(page, 'Lab')
  await page.getByRole('group', { name: `Actions on ${leader}` }).getByRole('button', { name: 'Kill' }).click()
  await expect(sentence(page)).toHaveText(new RegExp(`^At risk\\. ${leader} .*Losing one more stops writes\\.$`))
  await expect(page.getByText(`${leader} was killed`)).toBeVisible()
  await keep(page, `lab-killed-${transport}`)

  await goTo(page, 'Alerts')
  await expect(page.getByText(new RegExp(`^${leader} does not answer: `)).first()).toBeVisible()
  await keep(page, `alerts-${transport}`)
  await goTo(page, 'Consensus')
  await keep(page, `consensus-killed-${transport}`)

  await goTo(page, 'Lab')
  await page.getByRole('group', { name: `Actions on ${leader}` }).getByRole('button', { name: 'Start', exact: true }).click()
  await expect(sentence(page)).toHaveText(QUORATE)
  expect(await leaderOf(page)).not.toBe(leader)
  expect(await termOf(page)).toBeGreaterThan(term)
  await goTo(page, 'Events')
  await expect(page.getByText(new RegExp(`${leader} stopped answering`)).first()).toBeVisible()
  await expect(page.getByText(/was elected leader in term/).first()).toBeVisible()
  await keep(page, `events-${transport}`)
})

test('load goes on through a partition of the leader, and healing ends it', async ({ quorate }) => {
  const { page, transport } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  const leader = await leaderOf(page)
  await goTo(page, 'Lab')
  await page.getByRole('button', { name: 'Start', exact: true }).last().click()
  const completed = page.locator('dl').getByText('Completed', { exact: true }).locator('xpath=following-sibling::dd')
  const completedNow = async (): Promise<number> => Number((await completed.innerText()).replace(/\D/g, '') || '0')
  await expect.poll(completedNow, { timeout: 30_000 }).toBeGreaterThan(100)

  const member = page.locator(`[data-member="${leader}"]`)
  await member.focus()
  await member.press('ArrowRight')
  await page.getByRole('button', { name: 'Partition', exact: true }).last().click()
  await expect(page.getByText(/^Partition: /)).toBeVisible()
  await expect.poll(() => leaderOf(page), { timeout: 30_000 }).not.toBe(leader)
  const before = await completedNow()
  await expect.poll(completedNow, { timeout: 30_000 }).toBeGreaterThan(before + 100)
  await keep(page, `lab-partition-${transport}`)
  await goTo(page, 'Topology')
  await keep(page, `topology-partition-${transport}`)

  await goTo(page, 'Lab')
  await page.getByRole('button', { name: 'Heal all' }).click()
  await expect(sentence(page)).toHaveText(QUORATE)
  await expect(page.getByText('None. The cluster runs undisturbed.')).toBeVisible()
  await goTo(page, 'Replication')
  await expect(page.locator('canvas').first()).toBeVisible()
  await keep(page, `replication-${transport}`)
})

test('closed and opened again, the cluster runs on and its history is there', async ({ quorate }) => {
  const { transport } = quorate
  await startLocalCluster(quorate.page)
  await expect(sentence(quorate.page)).toHaveText(QUORATE)
  await goTo(quorate.page, 'Events')
  await expect(quorate.page.getByText(/was elected leader in term 1/).first()).toBeVisible()

  const page = await quorate.restart()
  await openCluster(page, 'Local cluster')
  await expect(sentence(page)).toHaveText(QUORATE)
  await goTo(page, 'Events')
  await expect(page.getByText(/was elected leader in term 1/).first()).toBeVisible()
  await expect(page.getByText('Local cluster was started.')).toHaveCount(2)

  // The time bar goes back to before the restart: what was true then is shown, and said to be the past.
  const track = page.getByRole('slider', { name: 'Moment shown' })
  await track.focus()
  await track.press('ArrowLeft')
  await expect(page.getByText(/^Viewing /)).toBeVisible()
  await keep(page, `past-${transport}`)
  await page.keyboard.press('End')
  await expect(page.getByText(/^Viewing /)).toBeHidden()
})
