/** What end-to-end tests start from: Quorate opened on an empty data folder, in its window or in a browser. */
export { test, expect } from './fixtures'
export type { Options, Quorate } from './fixtures'
export { launchDesktop } from './desktop'
export type { DesktopRun } from './desktop'
export { launchServe } from './serve'
export type { ServeRun } from './serve'
export { screenshotPath, processTree, temporaryFolder } from './places'
