/** The content security policy of every page, the same from the desktop's own scheme and from the loopback server. */

/** The page's <meta> whose content is the nonce of this load, for the few style elements that components insert. */
export const NONCE_META_NAME = 'csp-nonce'
/** What index.html carries in the place of the nonce; replaced with a fresh one each time the page is served. */
export const NONCE_PLACEHOLDER = '%CSP_NONCE%'

/**
 * The header's value for one load of the page.
 * @param nonce fresh random base64 for each load
 * @param connect sources beside 'self' that the page may connect to, e.g. a loopback WebSocket
 */
export function contentSecurityPolicy(nonce: string, connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    ['connect-src', "'self'", ...connect].join(' '),
    // The simulator computes beside the page.
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue quorate-simulator',
  ].join('; ')
}

/** Headers that go with every response beside the policy. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** Fills the nonce into the served index.html; a page without a place for it gets one. */
export function pageWithNonce(html: string, nonce: string): string {
  if (html.includes(NONCE_PLACEHOLDER)) return html.replaceAll(NONCE_PLACEHOLDER, nonce)
  return html.replace(/<head>/i, `<head><meta name="${NONCE_META_NAME}" content="${nonce}">`)
}

/** Types of the files a build of the window consists of; others are not served. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
}
