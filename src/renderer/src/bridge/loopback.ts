/** The console behind `quorate serve`: a WebSocket to where the page came from, with the token of this run. */
import { fail, ok } from '../../../core/base'
import { loopbackProtocols, loopbackSocketUrl, tokenInFragment } from '../../../contract/loopback'
import { webSocketChannel } from './channels/web-socket'
import type { Connector } from './client'

const TOKEN_KEY = 'quorate.token'

/** Takes the token out of the address, so that it is neither in a bookmark nor over a shoulder, and keeps it for this tab. */
export function takeToken(): string | null {
  const token = tokenInFragment(location.hash)
  if (token === null) return sessionStorage.getItem(TOKEN_KEY)
  sessionStorage.setItem(TOKEN_KEY, token)
  history.replaceState(null, '', `${location.pathname}${location.search}#/`)
  return token
}

export function loopbackConnector(token: string | null): Connector {
  return (signal) =>
    new Promise((resolve) => {
      if (token === null) return resolve(fail('no-token', 'This address carries no access token.', 'Open the address that “quorate serve” printed, with all that follows the #.'))
      const socket = new WebSocket(loopbackSocketUrl(location), [...loopbackProtocols(token)])
      const gone = fail('loopback-gone', 'The console service cannot be reached.', 'See whether “quorate serve” still runs. After a restart, open the new address that it prints.')
      signal.addEventListener('abort', () => socket.close(), { once: true })
      socket.addEventListener('open', () => resolve(ok(webSocketChannel(socket))), { once: true })
      socket.addEventListener('close', () => resolve(gone), { once: true })
    })
}
