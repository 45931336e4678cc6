/** The life of the window: crashes, a second start, the end, and what is remembered. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { expect, launchDesktop, processTree, test } from './support'
import { root } from './support/places'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const processesNamed = (app: ElectronApplication, name: string): Promise<number[]> =>
  app.evaluate(({ app: electron }, wanted) => electron.getAppMetrics().filter((each) => each.name?.startsWith(wanted)).map((each) => each.pid), name)

/** With the local cluster of the first run, all of its three nodes up. */
async function launchWithCluster() {
  const run = await launchDesktop({ firstCluster: true })
  await expect.poll(() => processesNamed(run.app, 'Quorate node').then((pids) => pids.length)).toBe(3)
  return run
}

test('the data folder is closed to others', async ({ quorate }) => {
  test.skip(process.platform === 'win32', 'Windows has no file modes.')
  expect(statSync(quorate.dataDirectory).mode & 0o777).toBe(0o700)
})

test('a window that crashed is loaded again', async ({ quorate }) => {
  const { app } = quorate
  await app!.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
  const log = path.join(quorate.dataDirectory, 'desktop.log')
  await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8')).toContain('the page ended')
  const address = () => app!.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return contents === undefined || contents.isCrashed() || contents.isLoading() ? 'not yet' : contents.getURL()
  })
  await expect.poll(address).toMatch(/^app:\/\/quorate\/index\.html/)
})

test('the service behind the window is started again when it dies', async ({ quorate }) => {
  const named = () => processesNamed(quorate.app!, 'Quorate console')
  const [first] = await named()
  process.kill(first ?? 0, 'SIGKILL')
  await expect.poll(async () => (await named()).filter((pid) => pid !== first).length).toBe(1)
})

test('size, place and zoom are found again', async ({ quorate }) => {
  await quorate.app!.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0]
    window?.setBounds({ x: 40, y: 50, width: 900, height: 640 })
    window?.webContents.setZoomLevel(1)
  })
  await quorate.restart()
  const now = await quorate.app!.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0]
    return { bounds: window?.getBounds(), zoom: window?.webContents.getZoomLevel() }
  })
  expect(now.bounds).toMatchObject({ width: 900, height: 640 })
  await expect.poll(() => quorate.app!.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomLevel())).toBe(1)
})

test('a second start on the same data ends and leaves the first alone', async ({ quorate }) => {
  // As a person starts it: a debugger's line to a program that ends at once breaks at any moment.
  const { spawnfile } = quorate.app!.process()
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const second = spawn(spawnfile, [...sandbox, root, '--data', quorate.dataDirectory, '--no-sandbox-cluster'], { stdio: 'ignore' })
  expect((await once(second, 'exit'))[0]).toBe(0)
  expect(await quorate.app!.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('closing leaves no process behind', async () => {
  test.skip(process.platform !== 'linux', 'Reads /proc.')
  const run = await launchWithCluster()
  const all = processTree(run.pid)
  await run.close()
  await expect.poll(() => all.filter(({ pid }) => isAlive(pid)), { timeout: 5_000 }).toEqual([])
})

test('even kill -9 leaves no process behind, and the next start works', async () => {
  test.skip(process.platform !== 'linux', 'Reads /proc.')
  const run = await launchWithCluster()
  const all = processTree(run.pid)
  process.kill(run.pid, 'SIGKILL')
  await expect.poll(() => all.filter(({ pid }) => isAlive(pid)), { timeout: 10_000 }).toEqual([])
  const again = await launchDesktop({ dataDirectory: run.dataDirectory })
  expect(await again.page.evaluate(() => location.origin)).toBe('app://quorate')
  await again.close()
})
