import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { LOOPBACK_PROTOCOL, loopbackProtocols } from '../../contract/loopback'
import { createGuard, newToken, sameToken } from './guard'

const TOKEN = newToken()
const request = (headers: Record<string, string>, again: readonly string[] = []): IncomingMessage => {
  const rawHeaders = [...Object.entries(headers).flat(), ...again]
  return { headers, rawHeaders } as unknown as IncomingMessage
}

describe('the guard', () => {
  const guard = createGuard('127.0.0.1', 8080, TOKEN)
  const six = createGuard('::1', 8080, TOKEN)

  it('makes tokens of 256 bits, each its own', () => {
    expect(Buffer.from(TOKEN, 'base64url')).toHaveLength(32)
    expect(newToken()).not.toBe(TOKEN)
    expect(sameToken(TOKEN, TOKEN)).toBe(true)
    for (const wrong of ['', TOKEN.slice(1), `${TOKEN}A`, TOKEN.toLowerCase()]) expect(sameToken(wrong, TOKEN)).toBe(false)
  })

  it('answers to its own names only', () => {
    for (const host of ['127.0.0.1:8080', 'localhost:8080', 'LOCALHOST:8080']) expect(guard.request(request({ host })).status).toBe(200)
    for (const host of ['[::1]:8080', 'localhost:8080']) expect(six.request(request({ host })).status).toBe(200)
    const foreign = ['', '127.0.0.1', 'localhost', '127.0.0.1:80', '127.0.0.1:8080.evil.example', 'evil.example:8080', '127.1:8080', '0.0.0.0:8080', '[::1]:8080', 'user@127.0.0.1:8080', '127.0.0.1:8080/', '2130706433:8080']
    for (const host of foreign) expect(guard.request(request({ host })).status, host).toBe(403)
    expect(guard.request(request({})).status).toBe(403)
    expect(guard.request(request({ host: '127.0.0.1:8080' }, ['Host', 'evil.example'])).status).toBe(403)
  })

  it('lets a WebSocket in with the token, from no other origin', () => {
    const upgrade = (protocols: readonly string[], more: Record<string, string> = {}) =>
      guard.upgrade(request({ host: '127.0.0.1:8080', 'sec-websocket-protocol': protocols.join(', '), ...more })).status
    expect(upgrade(loopbackProtocols(TOKEN))).toBe(200)
    expect(upgrade(loopbackProtocols(TOKEN), { origin: 'http://127.0.0.1:8080' })).toBe(200)
    expect(upgrade(loopbackProtocols(TOKEN), { origin: 'http://127.0.0.1:8081' })).toBe(403)
    expect(upgrade(loopbackProtocols(TOKEN), { origin: 'null' })).toBe(403)
    expect(upgrade(loopbackProtocols(newToken()))).toBe(401)
    expect(upgrade([LOOPBACK_PROTOCOL])).toBe(401)
    expect(upgrade([])).toBe(401)
  })
})
