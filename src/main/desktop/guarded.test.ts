import type { WebContents } from 'electron'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ok } from '../../core/base'
import { desktopContract } from '../../contract/desktop'
import type { DesktopContract } from '../../contract/desktop'
import { guarded } from './guarded'
import type { CallEvent, CallHandler } from './guarded'

const NAMES = Object.keys(desktopContract) as (keyof DesktopContract)[]
const page = {} as WebContents
const own: CallEvent = { sender: page, senderFrame: { url: 'app://quorate/index.html', parent: null } }
const foreign: CallEvent = { sender: page, senderFrame: { url: 'https://example.com/', parent: null } }

function setUp(name: keyof DesktopContract, handler: CallHandler = async () => ok(null)) {
  const logged: string[] = []
  const heard: unknown[] = []
  const call = guarded(name, (input, sender) => (heard.push(input), handler(input, sender)), { write: (what) => void logged.push(what) })
  return { call, logged, heard }
}

describe('a call from a page', () => {
  it('reaches its handler with parsed input only', async () => {
    const { call, heard } = setUp('desktop.openExternal')
    expect(await call(own, { url: 'https://example.com/', extra: 1 })).toEqual(ok(null))
    expect(heard).toEqual([{ url: 'https://example.com/' }])
  })

  it('is refused and written down when it comes from elsewhere', async () => {
    for (const event of [foreign, { ...own, senderFrame: null }, { ...own, senderFrame: { url: '', parent: null } }]) {
      const { call, heard, logged } = setUp('desktop.openExternal')
      expect(await call(event, { url: 'https://example.com/' })).toMatchObject({ ok: false })
      expect(heard).toEqual([])
      expect(logged).toEqual(['call refused: desktop.openExternal'])
    }
  })

  it('is refused with more or fewer arguments than one', async () => {
    const { call, heard } = setUp('desktop.openExternal')
    for (const sent of [[], [{ url: 'https://example.com/' }, 1]]) expect(await call(own, ...sent)).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
    expect(heard).toEqual([])
  })

  it('turns a handler that throws into an error without its inner words', async () => {
    const { call, logged } = setUp('desktop.openTextFile', () => Promise.reject(new Error('inner words')))
    const answer = await call(own, { title: 'x' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(answer)).not.toContain('inner words')
    expect(logged).toEqual(['call failed: desktop.openTextFile'])
  })

  it.each(NAMES)('survives anything: %s', async (name) => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const hostile = fc.oneof(fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true, withTypedArray: true, withNullPrototype: true }), fc.constant(cyclic), fc.constant(JSON.parse('{"__proto__":{"url":"x"}}')))
    await fc.assert(fc.asyncProperty(hostile, async (value) => {
      const { call } = setUp(name)
      expect(await call(own, value)).toHaveProperty('ok')
    }), { numRuns: 1000 })
  })

  it('does not take more than a file may hold', async () => {
    const { call } = setUp('desktop.saveFile')
    expect(await call(own, { suggestedName: 'a', content: new Uint8Array(64 * 1024 * 1024 + 1) })).toMatchObject({ ok: false })
    expect(await call(own, { suggestedName: 'a', content: new Uint8Array(16) })).toEqual(ok(null))
  })
})
