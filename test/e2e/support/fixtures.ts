import { test as base, chromium } from '@playwright/test'
import type { ElectronApplication, Page } from '@playwright/test'
import { launchDesktop } from './desktop'
import { launchServe } from './serve'
import { temporaryFolder } from './places'

export interface Options {
  /** Set by the project: the real window, or Chromium against the loopback server. */
  readonly transport: 'desktop' | 'loopback'
  /** Whether a local cluster is started on the first run. */
  readonly firstCluster: boolean
}

export interface Quorate {
  readonly transport: Options['transport']
  /** The page that is open now; another one after `restart`. */
  readonly page: Page
  /** Null in a browser. */
  readonly app: ElectronApplication | null
  readonly dataDirectory: string
  /** Of the app or of the server. */
  readonly pid: number
  /** What the page reported as blocked by the content security policy, and errors nobody caught. */
  readonly complaints: readonly string[]
  /** Ends it as a person does, and opens it again on the same data. */
  restart(): Promise<Page>
}

interface Opened {
  readonly page: Page
  readonly app: ElectronApplication | null
  readonly pid: number
  close(): Promise<void>
}

const CHROMIUM = process.env['QUORATE_CHROMIUM'] ?? '/usr/bin/chromium'
const WINDOW = { width: 1360, height: 860 }

async function openInWindow(dataDirectory: string, firstCluster: boolean): Promise<Opened> {
  return launchDesktop({ dataDirectory, firstCluster })
}

async function openInBrowser(dataDirectory: string, firstCluster: boolean): Promise<Opened> {
  const server = await launchServe({ dataDirectory, firstCluster })
  const isRoot = process.getuid?.() === 0
  const browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: !isRoot })
  const context = await browser.newContext({ viewport: WINDOW })
  const page = await context.newPage()
  await page.goto(server.url)
  return {
    page, app: null, pid: server.pid,
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted(HTML|Script|ScriptURL)/.test(message.text())) complaints.push(message.text())
  })
}

export const test = base.extend<Options & { readonly quorate: Quorate }>({
  transport: ['desktop', { option: true }],
  firstCluster: [false, { option: true }],
  quorate: async ({ transport, firstCluster }, use) => {
    const dataDirectory = temporaryFolder('data')
    const complaints: string[] = []
    const open = async (): Promise<Opened> => {
      const next = await (transport === 'desktop' ? openInWindow : openInBrowser)(dataDirectory, firstCluster)
      listen(next.page, complaints)
      return next
    }
    let opened = await open()
    await use({
      transport, dataDirectory, complaints,
      get page() {
        return opened.page
      },
      get app() {
        return opened.app
      },
      get pid() {
        return opened.pid
      },
      restart: async () => {
        await opened.close()
        opened = await open()
        return opened.page
      },
    })
    await opened.close()
  },
})
export { expect } from '@playwright/test'
