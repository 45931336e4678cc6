/** The one origin that pages of the app have. */
export const APP_SCHEME = 'app'
export const APP_HOST = 'quorate'
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`
export const APP_PAGE = `${APP_ORIGIN}/index.html`

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Compared part by part: the origin of a URL of an own scheme is 'null' in Node, and a prefix proves nothing. */
export function isAppUrl(text: string): boolean {
  const url = parse(text)
  return url !== null && url.protocol === `${APP_SCHEME}:` && url.host === APP_HOST && url.username === '' && url.password === ''
}

/** Whether a navigation stays on the very page that is shown: a reload, or another fragment of it. */
export function isSamePage(target: string, current: string): boolean {
  const to = parse(target)
  const from = parse(current)
  return to !== null && from !== null && isAppUrl(target) && to.pathname === from.pathname && to.search === from.search
}
