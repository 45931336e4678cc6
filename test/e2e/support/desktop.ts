import { _electron } from '@playwright/test'
import type { ElectronApplication, Page } from '@playwright/test'
import { root, temporaryFolder } from './places'

export interface DesktopOptions {
  /** Default: a fresh, empty folder. */
  readonly dataDirectory?: string
  /** Start a local cluster on the first run. Default: no. */
  readonly firstCluster?: boolean
  readonly arguments?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export interface DesktopRun {
  readonly app: ElectronApplication
  readonly page: Page
  readonly dataDirectory: string
  readonly pid: number
  /** As a person does it: the window is closed, the app ends by itself. */
  close(): Promise<void>
}

const withoutUndefined = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** Starts the built app as it is in out/. ELECTRON_OVERRIDE_DIST_PATH names the Electron, as set-up chose it. */
export async function launchDesktop(options: DesktopOptions = {}): Promise<DesktopRun> {
  const dataDirectory = options.dataDirectory ?? temporaryFolder('data')
  const isRoot = process.getuid?.() === 0
  const app = await _electron.launch({
    cwd: root,
    // Playwright switches it off by default; root has none.
    chromiumSandbox: !isRoot,
    args: [root, '--data', dataDirectory, ...(options.firstCluster === true ? [] : ['--no-sandbox-cluster']), ...(options.arguments ?? [])],
    env: { ...withoutUndefined(process.env), ...options.environment },
  })
  const page = await app.firstWindow()
  await page.waitForLoadState('load')
  return { app, page, dataDirectory, pid: app.process().pid ?? 0, close: () => app.close() }
}
