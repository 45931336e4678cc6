import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeReply, decodeRequest, encodeReply, encodeRequest, type ClientReply, type ClientRequest } from './client-protocol'
import { decodeHello, decodeWelcome, encodeHello, encodeWelcome, type Hello, type Welcome } from './hello'

const id = fc.maxSafeNat()
const request: fc.Arbitrary<ClientRequest> = fc.record({ kind: fc.constantFrom('propose', 'read', 'who-leads'), id, payload: fc.uint8Array() })
const text = fc.string({ maxLength: 20, unit: 'grapheme' })
const reply: fc.Arbitrary<ClientReply> = fc.oneof(
  fc.record({ code: fc.constant('ok' as const), id, payload: fc.uint8Array() }),
  fc.record({ code: fc.constant('tentative' as const), id, view: id, payload: fc.uint8Array() }),
  fc.record({ code: fc.constant('leading' as const), id, term: id }),
  fc.record({ code: fc.constant('not-leader' as const), id, leaderId: text, host: text, port: fc.nat(65_535) }),
  fc.record({ code: fc.constantFrom('busy' as const, 'too-large' as const, 'stopped' as const, 'malformed' as const, 'unknown' as const), id }),
)
const hello: fc.Arbitrary<Hello> = fc.record({ kind: fc.constantFrom('peer', 'client'), version: fc.nat(255), clusterId: text, from: text, to: text, protocol: text })
const welcome: fc.Arbitrary<Welcome> = fc.record({
  version: fc.nat(255), refusal: fc.constantFrom(null, 'version', 'cluster', 'node', 'stranger', 'full', 'protocol'), clusterId: text, nodeId: text, protocol: text,
})

test('everything reads back as it was written', () => {
  fc.assert(fc.property(request, (each) => { expect(decodeRequest(encodeRequest(each))).toEqual(each) }))
  fc.assert(fc.property(reply, (each) => { expect(decodeReply(encodeReply(each))).toEqual(each) }))
  fc.assert(fc.property(hello, (each) => { expect(decodeHello(encodeHello(each))).toEqual(each) }))
  fc.assert(fc.property(welcome, (each) => { expect(decodeWelcome(encodeWelcome(each))).toEqual(each) }))
})

test('no bytes make a reader throw, and what is cut short is refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    for (const decode of [decodeRequest, decodeReply, decodeHello, decodeWelcome]) decode(bytes)
  }), { numRuns: 1000 })
  fc.assert(fc.property(hello, fc.nat(), (each, cut) => {
    const bytes = encodeHello(each)
    expect(decodeHello(bytes.subarray(0, cut % bytes.length))).toBeUndefined()
  }))
})
