/** The options of a cluster: chosen as it is created, seen in force, changed while it runs and under load; and members of a chosen kind. */
import type { Page } from '@playwright/test'
import { expect, screenshotPath, test } from './support'
import { chooseLanguage, goTo, leaderOf, sentence, startLocalCluster } from './support/story'

const QUORATE = /^Quorate\. 3 of 3 voters agree on n\d in term \d+\. Can lose 1 more\.$/
const RESTARTS = { timeout: 90_000 }

async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: screenshotPath(`options-${name}-${scheme}`) })
  }
}

const panel = (page: Page) => page.getByRole('region', { name: 'What the members run with' })
const rowOf = (page: Page, option: string) => panel(page).getByRole('row', { name: new RegExp(`^${option}`) })
const figure = (page: Page, name: string) => page.locator('dl').getByText(name, { exact: true }).locator('xpath=following-sibling::dd')
const numberOf = async (page: Page, name: string): Promise<number> => Number((await figure(page, name).innerText()).replace(/\D/g, '') || '0')

test('options chosen at the beginning are in force, and one is changed under load, member by member, without an error', async ({ quorate }) => {
  test.setTimeout(240_000)
  const { page, transport } = quorate
  await page.getByText('Options', { exact: true }).click()
  await page.getByRole('switch', { name: 'Forwarding' }).click()
  const entries = page.getByRole('spinbutton', { name: 'Snapshot after' })
  await entries.fill('5000')
  await entries.press('Tab')
  await inBothThemes(page, `welcome-${transport}`)
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)

  await goTo(page, 'Lab')
  await expect(rowOf(page, 'Protocol')).toContainText('Raft')
  await expect(rowOf(page, 'State machine')).toContainText('locks, queues and counters')
  await expect(rowOf(page, 'Reads')).toContainText('Quorumdefault')
  await expect(rowOf(page, 'Forwarding')).toContainText('On')
  await expect(rowOf(page, 'Forwarding')).toContainText('default Off')
  await expect(rowOf(page, 'Snapshot after')).toContainText('5,000 entriesdefault 100,000 entries')
  await expect(rowOf(page, 'Kept behind')).toContainText('500 entries')
  await expect(rowOf(page, 'Election timeout')).toContainText('150 to 300 ms')

  await page.getByRole('button', { name: 'Start', exact: true }).last().click()
  await expect.poll(() => numberOf(page, 'Completed'), { timeout: 30_000 }).toBeGreaterThan(100)

  // By the keyboard alone: the button, the field, the answer.
  await panel(page).getByRole('button', { name: 'Change…' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByText('Choose other values to see what would happen.')).toBeVisible()
  await expect(dialog.getByRole('radio', { name: 'Lease' })).toBeDisabled()
  await expect(dialog.getByRole('button', { name: 'Change the options' })).toBeDisabled()
  const next = dialog.getByRole('spinbutton', { name: 'Snapshot after' })
  await next.focus()
  await next.fill('20000')
  await next.press('Tab')
  await expect(dialog.getByText('5,000 entries → 20,000 entries')).toBeVisible()
  await expect(dialog.getByRole('listitem').filter({ hasText: 'hands leadership on first' })).toHaveCount(1)
  await inBothThemes(page, `plan-${transport}`)
  await dialog.getByRole('button', { name: 'Change the options' }).focus()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()

  await expect(rowOf(page, 'Snapshot after').getByRole('cell').first()).toHaveText('20,000 entriesdefault 100,000 entries', RESTARTS)
  await expect(panel(page).getByText('members are done.')).toBeHidden(RESTARTS)
  await expect(rowOf(page, 'Forwarding')).toContainText('On')
  await expect(sentence(page)).toHaveText(QUORATE, RESTARTS)
  const before = await numberOf(page, 'Completed')
  await expect.poll(() => numberOf(page, 'Completed'), { timeout: 30_000 }).toBeGreaterThan(before + 100)
  expect(await numberOf(page, 'Errors')).toBe(0)
  await inBothThemes(page, `changed-${transport}`)

  await goTo(page, 'Events')
  await page.getByPlaceholder('Filter by text').fill('options')
  await expect(page.getByText('The new options are in force on all members that run.')).toBeVisible()
  await expect(page.getByText(/^Options are being changed: snapshot-after 5000 → 20000\. Members are restarted one at a time: n\d, n\d, n\d\.$/)).toBeVisible()
  await inBothThemes(page, `events-${transport}`)

  const again = await quorate.restart()
  await again.getByRole('navigation', { name: 'Clusters' }).getByRole('link', { name: /Local cluster/ }).click()
  await expect(sentence(again)).toHaveText(QUORATE, { timeout: 60_000 })
  await goTo(again, 'Lab')
  await expect(rowOf(again, 'Snapshot after')).toContainText('20,000 entries')
})

test('a change waits for a member that does not answer, is cancelled, and goes on once the member is back', async ({ quorate }) => {
  test.setTimeout(240_000)
  const { page, transport } = quorate
  await page.getByRole('radio', { name: '5', exact: true }).click()
  await page.getByRole('button', { name: 'Start a local 5-node cluster' }).click()
  await expect(sentence(page)).toHaveText(/^Quorate\. 5 of 5 voters/, { timeout: 60_000 })
  const leader = await leaderOf(page)
  // A follower that is restarted after the other followers.
  const last = leader === 'n5' ? 'n4' : 'n5'
  await goTo(page, 'Lab')
  const actions = page.getByRole('group', { name: `Actions on ${last}` })
  await actions.getByRole('button', { name: 'Pause' }).click()
  await expect(sentence(page)).toHaveText(/^At risk\. /, { timeout: 30_000 })
  await panel(page).getByRole('button', { name: 'Change…' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('switch', { name: 'Forwarding' }).click()
  await dialog.getByRole('button', { name: 'Change the options' }).click()
  await expect(panel(page).getByText(`${last} does not run: it is waited for`)).toBeVisible(RESTARTS)
  await expect(panel(page).getByText('3 of 5 members are done.')).toBeVisible()
  const [bar, filled] = await Promise.all([panel(page).getByRole('progressbar').boundingBox(), panel(page).getByRole('progressbar').locator('div').boundingBox()])
  expect((filled?.width ?? 0) / (bar?.width ?? 1)).toBeCloseTo(0.6, 1)
  await panel(page).scrollIntoViewIfNeeded()
  await inBothThemes(page, `waiting-${transport}`)

  await panel(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(panel(page).getByText('The change of the options was cancelled.')).toBeVisible(RESTARTS)
  await expect(panel(page).getByText(/^With older values: /)).toContainText(last)
  await inBothThemes(page, `cancelled-${transport}`)
  await actions.getByRole('button', { name: 'Resume' }).click()
  await expect(sentence(page)).toHaveText(/^Quorate\. 5 of 5 voters/, { timeout: 60_000 })
  await panel(page).getByRole('button', { name: 'Go on…' }).click()
  await expect(dialog.getByRole('listitem')).toHaveCount(2)
  await inBothThemes(page, `go-on-${transport}`)
  await dialog.getByRole('button', { name: 'Go on' }).click()
  await expect(rowOf(page, 'Forwarding').getByRole('cell').first()).toHaveText('Ondefault Off', RESTARTS)
  await expect(panel(page).getByText(/^With older values: /)).toBeHidden()
  await expect(sentence(page)).toHaveText(/^Quorate\. 5 of 5 voters/, { timeout: 60_000 })
})

test('how reads are answered waits for a stop; what cannot be done says why', async ({ quorate }) => {
  test.setTimeout(180_000)
  const { page, transport } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  await goTo(page, 'Lab')
  await page.getByRole('group', { name: 'Actions on n3' }).getByRole('button', { name: 'Kill' }).click()
  await expect(sentence(page)).toHaveText(/^At risk\. /)
  await panel(page).getByRole('button', { name: 'Change…' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('switch', { name: 'Forwarding' }).click()
  await expect(dialog.getByText('Bring back the members that do not answer, and try again.')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Change the options' })).toBeDisabled()
  await inBothThemes(page, `refused-${transport}`)
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('button', { name: 'Stop the cluster' }).click()
  await expect(page.getByRole('button', { name: 'Start the cluster' })).toBeVisible({ timeout: 30_000 })
  await panel(page).getByRole('button', { name: 'Change…' }).click()
  await dialog.getByRole('radio', { name: 'Lease' }).click()
  await expect(dialog.getByText('Nothing is restarted. The values hold from the next start.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Change the options' }).click()
  await expect(rowOf(page, 'Reads')).toContainText('Lease from the next start')
  await panel(page).scrollIntoViewIfNeeded()
  await inBothThemes(page, `stopped-${transport}`)
  await page.getByRole('button', { name: 'Start the cluster' }).click()
  await expect(sentence(page)).toHaveText(QUORATE, { timeout: 60_000 })
  await expect(rowOf(page, 'Reads').getByRole('cell').first()).toHaveText('Leasedefault Quorum')
  const base = page.url()
  await chooseLanguage(page, 'zh-CN')
  await page.goto(base)
  await page.getByRole('region', { name: '成员的运行选项' }).scrollIntoViewIfNeeded()
  await page.getByRole('region', { name: '成员的运行选项' }).getByRole('button', { name: '更改…' }).click()
  await page.getByRole('alertdialog').getByRole('switch', { name: '转发' }).click()
  await expect(page.getByRole('alertdialog').getByText('成员逐个重启，前一个追上进度后才轮到下一个：')).toBeVisible()
  await inBothThemes(page, `chinese-${transport}`)
})

test('PBFT has an option of its own, and what its replicas do not say is shown as not known', async ({ quorate }) => {
  test.setTimeout(180_000)
  const { page, transport } = quorate
  await page.getByRole('radio', { name: 'PBFT' }).click()
  await page.getByText('Options', { exact: true }).click()
  await expect(page.getByRole('switch', { name: 'Forwarding' })).toBeHidden()
  await page.getByRole('switch', { name: 'Tentative execution' }).click()
  await page.getByRole('button', { name: 'Start a local 4-node cluster' }).click()
  await expect(sentence(page)).toHaveText(/^Quorate\. 4 of 4 voters/, { timeout: 60_000 })
  await goTo(page, 'Lab')
  await expect(rowOf(page, 'Protocol')).toContainText('PBFT')
  await expect(rowOf(page, 'Tentative execution')).toContainText('Ondefault Off')
  await expect(rowOf(page, 'Checkpoint interval').getByRole('img', { name: 'The members do not say' })).toBeVisible()
  await expect(rowOf(page, 'Heartbeat')).toContainText('45 msdefault')
  await panel(page).scrollIntoViewIfNeeded()
  await inBothThemes(page, `pbft-${transport}`)
  await panel(page).getByRole('button', { name: 'Change…' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('switch', { name: 'Tentative execution' }).click()
  await dialog.getByRole('button', { name: 'Change the options' }).click()
  await expect(rowOf(page, 'Tentative execution')).toContainText('Offdefault', { timeout: 90_000 })
  await expect(sentence(page)).toHaveText(/^Quorate\. 4 of 4 voters/, { timeout: 60_000 })
})

test('a node joins as what it was chosen to be: a learner does not vote, a witness does', async ({ quorate }) => {
  test.setTimeout(180_000)
  const { page, transport } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  await goTo(page, 'Lab')
  const dialog = page.getByRole('alertdialog')
  await page.getByRole('button', { name: 'Add a node…' }).click()
  await dialog.getByRole('radio', { name: 'Learner' }).click()
  await expect(dialog.getByText('It receives the log and does not vote until it is made a voter.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Add the node' }).click()
  await expect(dialog).toBeHidden({ timeout: 30_000 })
  await expect(page.getByRole('row', { name: /^n4/ }).first()).toContainText('Learner · does not vote', { timeout: 30_000 })
  await expect(sentence(page)).toHaveText(QUORATE)

  await page.getByRole('button', { name: 'Add a node…' }).click()
  await dialog.getByRole('radio', { name: 'Voter' }).focus()
  // As long as a finger takes, and one after the other: the choice follows the focus a moment later.
  for (const name of ['Learner', 'Witness']) {
    await page.keyboard.press('ArrowRight', { delay: 80 })
    await expect(dialog.getByRole('radio', { name })).toBeChecked()
  }
  await expect(dialog.getByText('It votes and acknowledges, keeps no data and never leads.')).toBeVisible()
  await inBothThemes(page, `witness-${transport}`)
  await dialog.getByRole('button', { name: 'Add the node' }).click()
  await expect(dialog).toBeHidden({ timeout: 30_000 })
  await expect(page.getByRole('row', { name: /^n5/ }).first()).toContainText('Witness', { timeout: 30_000 })
  await expect(sentence(page)).toHaveText(/^Quorate\. 4 of 4 voters agree on n\d in term \d+\. Can lose 1 more\.$/, { timeout: 60_000 })
  await inBothThemes(page, `kinds-${transport}`)
})
