/** What pages may do: nothing but show themselves. Applies to every session and every page there will ever be. */
import { app } from 'electron'
import type { Session, WebContents } from 'electron'
import { openLink } from './external'
import type { ErrorLog } from './error-log'
import { isAppUrl, isSamePage } from './origin'

/** Copying text on a click. Everything else is refused. */
const PERMISSIONS_GRANTED: readonly string[] = ['clipboard-sanitized-write']
const SCHEMES_LOADED: readonly string[] = ['app:', 'data:', 'devtools:']

function hardenSession(session: Session, log: ErrorLog): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const granted = PERMISSIONS_GRANTED.includes(permission) && details.isMainFrame && isAppUrl(contents.getURL())
    if (!granted) log.write('permission refused', permission)
    answer(granted)
  })
  session.setPermissionCheckHandler((contents, permission) => PERMISSIONS_GRANTED.includes(permission) && contents !== null && isAppUrl(contents.getURL()))
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.webRequest.onBeforeRequest((details, answer) => {
    const allowed = SCHEMES_LOADED.some((scheme) => details.url.startsWith(scheme))
    if (!allowed) log.write('request refused', details.url.slice(0, 200))
    answer({ cancel: !allowed })
  })
  session.on('will-download', (event) => event.preventDefault())
}

function hardenContents(contents: WebContents, log: ErrorLog): void {
  const refuse = (event: { preventDefault(): void }, what: string, url: string): void => {
    event.preventDefault()
    log.write(`${what} refused`, url.slice(0, 200))
  }
  contents.on('will-navigate', (event) => {
    if (!isSamePage(event.url, contents.getURL())) refuse(event, 'navigation', event.url)
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) refuse(event, 'frame navigation', event.url)
  })
  contents.on('will-redirect', (event) => refuse(event, 'redirect', event.url))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    // A link with a target: https goes to the person's browser, everything else nowhere.
    void openLink(url, log)
    return { action: 'deny' }
  })
}

/** Before `ready`, so that nothing is ever made without it. */
export function hardenEverything(log: ErrorLog): void {
  // Started by root with Chromium's sandbox switched off, children with it would not start at all. Pages then still have
  // sandboxed preload scripts, but not the operating system's walls; the start script says so.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  app.on('session-created', (session) => hardenSession(session, log))
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, log))
}
