import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loopbackConnector, takeToken } from './loopback'

const TOKEN = 'A'.repeat(43)

describe('the token of a loopback page', () => {
  beforeEach(() => sessionStorage.clear())
  afterEach(() => history.replaceState(null, '', '/'))

  it('is taken out of the address and kept for this tab', () => {
    history.replaceState(null, '', `/?x=1#token=${TOKEN}`)
    expect(takeToken()).toBe(TOKEN)
    expect(location.href).not.toContain(TOKEN)
    expect(location.hash).toBe('#/')
    expect(takeToken()).toBe(TOKEN)
  })
  it('of a new run replaces the one kept', () => {
    sessionStorage.setItem('quorate.token', 'B'.repeat(43))
    history.replaceState(null, '', `/#token=${TOKEN}`)
    expect(takeToken()).toBe(TOKEN)
  })
  it('is missed in words where there is none', async () => {
    expect(takeToken()).toBeNull()
    expect(await loopbackConnector(null)(new AbortController().signal)).toMatchObject({ ok: false, error: { code: 'no-token' } })
  })
})
