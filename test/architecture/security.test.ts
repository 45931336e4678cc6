/** What can be said of the security policy by reading the sources. The rest is shown by test/e2e/security.spec.ts. */
import { describe, expect, it } from 'vitest'
import { DESKTOP_CHANNELS } from '../../src/contract/desktop-api'
import { desktopContract } from '../../src/contract/desktop'
import { read, under } from './project'

const sources = under('src', /\.(ts|vue|html)$/).filter(({ name }) => !name.endsWith('.test.ts'))
const naming = (pattern: RegExp): string[] => sources.filter(({ name }) => pattern.test(read(name))).map(({ name }) => name)

describe('the doors of the main process', () => {
  it('are opened in one file', () => {
    expect(naming(/\bipcMain\b/)).toEqual(['src/main/desktop/ipc.ts'])
    expect(naming(/\bipcRenderer\b/)).toEqual(['src/preload/index.ts'])
    expect(naming(/sendSync|ipcRenderer\.(sendTo|sendToHost)/)).toEqual([])
  })

  it('are these and no others', () => {
    expect(Object.values(DESKTOP_CHANNELS).sort()).toEqual(['desktop.connect', 'desktop.openExternal', 'desktop.openTextFile', 'desktop.port', 'desktop.saveFile', 'desktop.showCluster'])
    expect(Object.keys(desktopContract).sort()).toEqual(['desktop.openExternal', 'desktop.openTextFile', 'desktop.saveFile'])
  })

  it('lead outside in one file', () => {
    expect(naming(/\bshell\b.*from 'electron'/)).toEqual(['src/main/desktop/external.ts'])
    expect(naming(/openPath|showItemInFolder/)).toEqual([])
  })

  it('are given to the page by a script that can be read at a glance', () => {
    expect(read('src/preload/index.ts').split('\n').length).toBeLessThan(60)
  })
})

describe('pages', () => {
  it('come from the own scheme', () => expect(naming(/\.loadFile\(|['"`]file:\/\//)).toEqual([]))

  it('keep every wall', () => {
    expect(naming(/sandbox:\s*false|contextIsolation:\s*false|nodeIntegration\w*:\s*true|webSecurity:\s*false|webviewTag:\s*true|bypassCSP|allowServiceWorkers/)).toEqual([])
    expect(naming(/appendSwitch\(['"]no-sandbox/)).toEqual([])
  })

  it('never take text for markup', () => expect(naming(/v-html|\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write\b/)).toEqual([]))

  it('register one scheme, once', () => expect(naming(/registerSchemesAsPrivileged/)).toEqual(['src/main/desktop/scheme.ts']))
})
