import { createConsoleClient, type ConsoleClient } from './client'
import { desktopApi, desktopConnector } from './desktop'
import { loopbackConnector, takeToken } from './loopback'

export { createConsoleClient, type CallOptions, type ConnectionState, type Connector, type ConsoleClient } from './client'
export { desktopApi, openExternal, openTextFile, saveFile } from './desktop'

/** In development builds `?fake` puts a console made up in the page in the place of the real one. */
const fakeScene = import.meta.env.DEV || import.meta.env.MODE === 'gallery' ? new URLSearchParams(location.search).get('fake') : null

/** Connects to whatever console stands behind this page. */
export async function connectConsole(): Promise<ConsoleClient> {
  if ((import.meta.env.DEV || import.meta.env.MODE === 'gallery') && fakeScene !== null) {
    const [{ createFakeConsole }, { sceneOf }] = await Promise.all([import('./fake/serve'), import('./fake/scenes')])
    const fake = createFakeConsole(sceneOf(fakeScene))
    Object.assign(window, { quorateFake: fake })
    return createConsoleClient(fake.connector)
  }
  const api = desktopApi()
  return createConsoleClient(api ? desktopConnector(api) : loopbackConnector(takeToken()))
}
