/**
 * How a page finds and opens the console service behind `quorate serve`. The page's address carries the token of this run in
 * its fragment, `#token=…`, which no browser sends anywhere. The page opens `new WebSocket(loopbackSocketUrl(location), loopbackProtocols(token))`:
 * the token travels as a subprotocol offered beside the real one, so it is in no URL and no log. A wrong token, Host or
 * Origin is refused before the connection opens.
 */
export const LOOPBACK_SOCKET_PATH = '/console'
export const LOOPBACK_PROTOCOL = 'quorate.1'
const TOKEN_PROTOCOL_PREFIX = 'token.'
/** The name in the fragment. */
export const TOKEN_PARAMETER = 'token'

/** What to offer, the real protocol first. The token is base64url, whose characters a subprotocol may hold. */
export function loopbackProtocols(token: string): readonly [string, string] {
  return [LOOPBACK_PROTOCOL, `${TOKEN_PROTOCOL_PREFIX}${token}`]
}

/** The token among the subprotocols that were offered; null where there is none or the real protocol is missing. */
export function tokenOffered(protocols: readonly string[]): string | null {
  if (!protocols.includes(LOOPBACK_PROTOCOL)) return null
  return protocols.find((each) => each.startsWith(TOKEN_PROTOCOL_PREFIX))?.slice(TOKEN_PROTOCOL_PREFIX.length) ?? null
}

/** The token in a page's fragment, null where there is none. */
export function tokenInFragment(fragment: string): string | null {
  const match = /[#&]token=([A-Za-z0-9_-]{43})(?:&|$)/.exec(fragment)
  return match?.[1] ?? null
}

export function loopbackSocketUrl(page: { readonly host: string }): string {
  return `ws://${page.host}${LOOPBACK_SOCKET_PATH}`
}
