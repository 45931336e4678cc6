/** A real etcd beside the local clusters: attached by its endpoints, its leader killed, the change seen and alerted. */
import { EtcdTestCluster, etcdInstalled } from '../integration/support/etcd-cluster'
import { expect, screenshotPath, test } from './support'
import { goTo, leaderOf, sentence, termOf } from './support/story'

const INSTALLED = etcdInstalled()

test('etcd is attached, loses its leader, and says so itself', async ({ quorate }) => {
  test.skip(!INSTALLED, 'There is no etcd on this machine. Install it with: apt-get install etcd-server etcd-client openssl')
  const { page, transport } = quorate
  const etcd = await EtcdTestCluster.start()
  try {
    await page.getByRole('main').getByRole('button', { name: 'Attach a cluster' }).click()
    await page.getByLabel(/^Name/).fill('orders-etcd')
    await page.getByLabel(/^Endpoints/).fill(etcd.endpoints[0] ?? '')
    await page.getByRole('button', { name: 'Test connection' }).click()
    await expect(page.getByText(/Members found: 3/)).toBeVisible()
    await page.screenshot({ path: screenshotPath(`attach-${transport}`) })
    await page.getByRole('button', { name: 'Attach', exact: true }).click()
    await expect(sentence(page)).toHaveText(/^Quorate\. 3 of 3 voters agree on n\d in term \d+\. Can lose 1 more\.$/)
    await page.screenshot({ path: screenshotPath(`etcd-topology-${transport}`) })
    const leader = await leaderOf(page)
    const term = await termOf(page)

    await etcd.kill(leader)
    await expect(sentence(page)).toHaveText(/^At risk\. /, { timeout: 20_000 })
    await goTo(page, 'Events')
    await expect.poll(async () => page.getByText(/was elected leader in term/).allInnerTexts().then((all) => all.some((text) => Number(/term (\d+)/.exec(text)?.[1]) > term))).toBe(true)
    await goTo(page, 'Alerts')
    await expect(page.getByText(new RegExp(`${leader} does not answer`)).first()).toBeVisible()
    await goTo(page, 'Consensus')
    await page.screenshot({ path: screenshotPath(`etcd-consensus-${transport}`) })
  } finally {
    await etcd.close()
  }
})

test('a wrong endpoint is told step by step, with what to do', async ({ quorate }) => {
  const { page, transport } = quorate
  await page.getByRole('main').getByRole('button', { name: 'Attach a cluster' }).click()
  await page.getByLabel(/^Name/).fill('nowhere')
  await page.getByLabel(/^Endpoints/).fill('127.0.0.1:1')
  await page.getByRole('button', { name: 'Attach', exact: true }).click()
  await expect(page.getByText(/refuse/i).first()).toBeVisible()
  await page.screenshot({ path: screenshotPath(`attach-refused-${transport}`) })
})
