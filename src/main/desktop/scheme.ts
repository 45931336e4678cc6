/** app://quorate/: the built window, with its security headers. The only place pages come from. */
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { protocol } from 'electron'
import type { Session } from 'electron'
import { PAGE_HEADERS, contentSecurityPolicy, pageWithNonce } from '../../contract/csp'
import { fileFor } from './files'
import { APP_SCHEME } from './origin'

const NONCE_BYTES = 16

/** Before `ready`. Nothing more than a page needs: no service workers, no bypass of the policy, no extensions. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, codeCache: true } },
  ])
}

async function respond(root: string, request: Request): Promise<Response> {
  const found = request.method === 'GET' || request.method === 'HEAD' ? fileFor(root, request.url) : undefined
  const nonce = randomBytes(NONCE_BYTES).toString('base64')
  const headers = { ...PAGE_HEADERS, 'Content-Security-Policy': contentSecurityPolicy(nonce) }
  if (found === undefined) return new Response('Not found', { status: 404, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' } })
  const isPage = found.file.endsWith('.html')
  const body = isPage ? pageWithNonce(await readFile(found.file, 'utf8'), nonce) : new Uint8Array(await readFile(found.file))
  return new Response(body, { headers: { ...headers, 'Content-Type': found.contentType, 'Cache-Control': isPage ? 'no-store' : 'max-age=31536000, immutable' } })
}

/** @param folder where the built window lies */
export function serveApp(session: Session, folder: string): void {
  const root = realpathSync(folder)
  session.protocol.handle(APP_SCHEME, (request) => respond(root, request))
}
