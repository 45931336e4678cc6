/**
 * Who may speak to the loopback server. A page of any web site can make a browser send requests to 127.0.0.1, by DNS
 * rebinding even with a readable answer: so the Host must be one of our own names, the Origin our own, and the WebSocket
 * needs the token of this run.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { tokenOffered } from '../../contract/loopback'

const TOKEN_BYTES = 32

export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** Compares in a time that does not tell how much of it was right. */
export function sameToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

export type Verdict = { readonly status: 200 } | { readonly status: 401 | 403; readonly reason: string }

export interface Guard {
  /** For every request: its Host, and its Origin where it has one. */
  request(request: IncomingMessage): Verdict
  /** For a WebSocket: an Origin of our own if any, and the token. */
  upgrade(request: IncomingMessage): Verdict
}

/** `host`: the address listened on, 127.0.0.1 or ::1. */
export function createGuard(host: string, port: number, token: string): Guard {
  const names = host === '::1' ? ['[::1]', 'localhost'] : ['127.0.0.1', 'localhost']
  const hosts = new Set(names.map((name) => `${name}:${port}`))
  const origins = new Set([...hosts].map((each) => `http://${each}`))

  const request = ({ headers, rawHeaders }: IncomingMessage): Verdict => {
    if (countOf(rawHeaders, 'host') !== 1 || !headers.host || !hosts.has(headers.host.toLowerCase())) return { status: 403, reason: 'This server answers to its own loopback name only.' }
    if (headers.origin !== undefined && !origins.has(headers.origin)) return { status: 403, reason: 'Other sites may not use this server.' }
    const site = headers['sec-fetch-site']
    if (site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') return { status: 403, reason: 'Other sites may not use this server.' }
    return { status: 200 }
  }
  return {
    request,
    upgrade: (incoming) => {
      const verdict = request(incoming)
      if (verdict.status !== 200) return verdict
      const offered = (incoming.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
      const given = tokenOffered(offered)
      if (given === null || !sameToken(given, token)) return { status: 401, reason: 'The token is missing or not of this run.' }
      return { status: 200 }
    },
  }
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) count += 1
  return count
}
