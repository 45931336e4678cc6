/** A group in which one may lie, in the real window: made, watched, lied to, and healed. And a cluster whose members change. */
import { expect, test } from './support'
import { goTo, inBothThemes, sentence, startLocalCluster } from './support/story'

test('a PBFT cluster: views and a primary, a liar that the others expose, and its undo', async ({ quorate }) => {
  test.setTimeout(180_000)
  const { page } = quorate
  await page.getByRole('radio', { name: 'PBFT' }).click()
  await expect(page.getByText('Four replicas: one may fail or lie.')).toBeVisible()
  await inBothThemes(page, 'protocols-create')
  await page.getByRole('button', { name: 'Start a local 4-node cluster' }).click()
  await expect(sentence(page)).toHaveText(/^Quorate\. 4 of 4 voters agree on n\d in view \d+\. Can lose 1 more\.$/, { timeout: 60_000 })
  const primary = /agree on (n\d)/.exec(await sentence(page).innerText())?.[1] ?? ''
  await inBothThemes(page, 'protocols-topology')
  await goTo(page, 'Consensus')
  await expect(page.getByText(/View \d+/).first()).toBeAttached()
  await inBothThemes(page, 'protocols-consensus')

  await goTo(page, 'Lab')
  await page.getByRole('button', { name: 'Start', exact: true }).last().click()
  await page.getByLabel(`Behaviour of ${primary}`).selectOption({ label: 'Equivocates' })
  await expect(page.getByText(`${primary} equivocates`)).toBeVisible()
  await expect(page.getByText('1 lies; 1 of 4 may.')).toBeVisible()
  // Whichever is told first: that it broke the protocol, or that it fell behind the others.
  await expect(sentence(page)).toHaveText(/^At risk\. .*Losing one more stops writes\.$/, { timeout: 60_000 })
  await page.getByLabel(`Behaviour of ${primary}`).scrollIntoViewIfNeeded()
  await expect(page.locator('dl').getByText('Lies outvoted', { exact: true }).locator('xpath=following-sibling::dd')).not.toHaveText('0', { timeout: 30_000 })
  await inBothThemes(page, 'protocols-lab-liar')
  await goTo(page, 'Alerts')
  await expect(page.getByText(new RegExp(`^${primary} broke the protocol, by the word of `)).first()).toBeVisible({ timeout: 30_000 })
  await inBothThemes(page, 'protocols-alerts')

  await goTo(page, 'Lab')
  await page.getByRole('button', { name: `Undo: ${primary} equivocates` }).click()
  await expect(page.getByText('None. The cluster runs undisturbed.')).toBeVisible()
  await expect(sentence(page)).toHaveText(/^Quorate\. 4 of 4 voters agree/, { timeout: 90_000 })
  await goTo(page, 'Events')
  await page.getByPlaceholder('Filter by text').fill('equivocate')
  await expect(page.getByText(`${primary} was made to equivocate: it tells the others different things.`)).toBeVisible()
  await page.getByPlaceholder('Filter by text').fill('broke the protocol')
  await expect(page.getByText(new RegExp(`says that ${primary} broke the protocol`)).first()).toBeVisible()
  await inBothThemes(page, 'protocols-events')
})

test('a Raft cluster grows by a node, after its consequence was shown', async ({ quorate }) => {
  test.setTimeout(120_000)
  const { page } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(/^Quorate\. 3 of 3 voters/)
  await goTo(page, 'Lab')
  await page.getByRole('button', { name: 'Add a node…' }).click()
  await expect(page.getByRole('alertdialog')).toContainText('Failures tolerated')
  await expect(page.getByRole('alertdialog')).toContainText('4 voters')
  await inBothThemes(page, 'protocols-add-node')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Add the node' }).click()
  await expect(sentence(page)).toHaveText(/^Quorate\. 4 of 4 voters agree on n\d in term \d+\. Can lose 1 more\.$/, { timeout: 60_000 })
  await page.getByRole('button', { name: 'Membership of n2' }).click()
  await page.getByRole('menuitem', { name: 'Remove…' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove it' }).click()
  await expect(sentence(page)).toHaveText(/^Quorate\. 3 of 3 voters/, { timeout: 60_000 })
  await inBothThemes(page, 'protocols-members')
})
