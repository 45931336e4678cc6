/** Who leads rather than others, and who takes the place of whom: chosen, seen and asked for in the window. */
import { expect, test } from './support'
import { chooseLanguage, goTo, inBothThemes, leaderOf, QUORATE, sentence, startLocalCluster } from './support/story'

const CATCHES_UP = { timeout: 60_000 }

test('the member that was preferred at the beginning leads, and another does once it is preferred', async ({ quorate }) => {
  test.setTimeout(240_000)
  const { page, transport } = quorate
  await page.getByText('Options', { exact: true }).click()
  const preference = page.getByRole('group', { name: 'Preferred leaders' })
  await preference.getByRole('button', { name: 'n2' }).click()
  await preference.getByRole('button', { name: 'n1' }).click()
  await expect(preference.getByRole('button', { name: 'n1, choice 2' })).toHaveAttribute('aria-pressed', 'true')
  await preference.scrollIntoViewIfNeeded()
  await inBothThemes(page, `members-preferred-welcome-${transport}`)
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  await expect.poll(() => leaderOf(page), { timeout: 30_000 }).toBe('n2')

  await goTo(page, 'Lab')
  const panel = page.getByRole('region', { name: 'What the members run with' })
  await expect(panel.getByRole('row', { name: /^Preferred leaders/ })).toContainText(/n2.*n1/)
  await panel.getByRole('button', { name: 'Change…' }).click()
  const dialog = page.getByRole('alertdialog')
  const choices = dialog.getByRole('group', { name: 'Preferred leaders' })
  await choices.getByRole('button', { name: 'n2, choice 1' }).click()
  await choices.getByRole('button', { name: 'n1, choice 1' }).click()
  await choices.getByRole('button', { name: 'n3' }).click()
  await expect(choices.getByRole('button', { name: 'n3, choice 1' })).toBeVisible()
  await inBothThemes(page, `members-preferred-plan-${transport}`)
  await dialog.getByRole('button', { name: 'Change the options' }).click()
  await expect(dialog).toBeHidden()
  await expect.poll(() => leaderOf(page), { timeout: 90_000 }).toBe('n3')
  await expect(panel.getByText('members are done.')).toBeHidden({ timeout: 90_000 })
  await expect(sentence(page)).toHaveText(QUORATE, CATCHES_UP)
  expect(await leaderOf(page)).toBe('n3')
})

test('a member that will not come back is replaced in one step, and the cluster tolerates a failure again', async ({ quorate }) => {
  test.setTimeout(240_000)
  const { page, transport } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  const lost = (await leaderOf(page)) === 'n3' ? 'n2' : 'n3'
  await goTo(page, 'Lab')
  await page.getByRole('group', { name: `Actions on ${lost}` }).getByRole('button', { name: 'Kill' }).click()
  await expect(sentence(page)).toHaveText(/^At risk\. /)
  await page.getByRole('button', { name: `Membership of ${lost}` }).click()
  await page.getByRole('menuitem', { name: 'Replace…' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('row', { name: 'Failures tolerated 0 1' })).toBeVisible()
  await inBothThemes(page, `members-replace-${transport}`)
  await dialog.getByRole('button', { name: 'Replace it' }).click()
  await expect(dialog).toBeHidden({ timeout: 30_000 })
  await expect(sentence(page)).toHaveText(QUORATE, CATCHES_UP)
  await expect(page.getByRole('group', { name: 'Actions on n4' })).toBeVisible()
  await expect(page.getByRole('group', { name: `Actions on ${lost}` })).toBeHidden(CATCHES_UP)
  await inBothThemes(page, `members-replaced-${transport}`)
  await goTo(page, 'Events')
  await page.getByPlaceholder('Filter by text').fill(lost)
  await expect(page.getByText(new RegExp(`n4.*${lost}|${lost}.*n4`)).first()).toBeVisible()
  await inBothThemes(page, `members-replaced-events-${transport}`)
})

test('without a leader nobody is asked to hand leadership on', async ({ quorate }) => {
  const { page, transport } = quorate
  await startLocalCluster(page)
  await expect(sentence(page)).toHaveText(QUORATE)
  const leader = await leaderOf(page)
  await goTo(page, 'Lab')
  const handOn = page.getByRole('button', { name: 'Hand leadership on…' })
  await expect(handOn).toBeEnabled()
  const others = ['n1', 'n2', 'n3'].filter((name) => name !== leader)
  for (const name of others) await page.getByRole('group', { name: `Actions on ${name}` }).getByRole('button', { name: 'Kill' }).click()
  await expect(sentence(page)).toHaveText(/^No quorum\. /, { timeout: 30_000 })
  await expect(handOn).toBeDisabled({ timeout: 30_000 })
  const base = page.url()
  await chooseLanguage(page, 'zh-CN')
  await page.goto(base)
  await inBothThemes(page, `members-leaderless-chinese-${transport}`)
})
