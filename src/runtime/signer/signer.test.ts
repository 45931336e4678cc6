import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8Encode, type Result } from '../../core/base'
import { formatKeys, generateGroupKeys, openSigner, parseKeys, publicKeyOfSeed, signerOf } from './index'

function value<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

describe('the signer', () => {
  it('agrees with RFC 8032, section 7.1, test 2', () => {
    const seed = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
    const publicKey = publicKeyOfSeed(seed)
    expect(toHex(publicKey)).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
    const signer = value(openSigner('a', seed, new Map([['a', publicKey]])))
    expect(toHex(signer.sign(Uint8Array.of(0x72)))).toBe('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00')
    expect(toHex(signer.digest(utf8Encode('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('verifies what the named member signed, and nothing else', () => {
    const keys = generateGroupKeys(['a', 'b', 'c'])
    const [a, b] = [...keys.values()].map((each) => value(signerOf(each)))
    const bytes = utf8Encode('view 3')
    const signature = a?.sign(bytes) ?? new Uint8Array(0)
    expect(b?.verify('a', bytes, signature)).toBe(true)
    expect(b?.verify('b', bytes, signature)).toBe(false)
    expect(b?.verify('stranger', bytes, signature)).toBe(false)
    expect(b?.verify('a', utf8Encode('view 4'), signature)).toBe(false)
    fc.assert(fc.property(fc.nat(63), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const altered = signature.slice()
      altered[at] = (altered[at] ?? 0) ^ change
      return b?.verify('a', bytes, altered) === false
    }))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => b?.verify('a', bytes, noise) === false))
  })

  it('refuses a secret that is not the one of the public key', () => {
    const keys = generateGroupKeys(['a', 'b'])
    const a = keys.get('a')
    const b = keys.get('b')
    if (!a || !b) throw new Error('keys')
    expect(openSigner('a', b.seed, a.publicKeys).ok).toBe(false)
    expect(openSigner('a', a.seed.subarray(1), a.publicKeys).ok).toBe(false)
    expect(openSigner('a', a.seed, new Map([['a', a.seed.subarray(1)]])).ok).toBe(false)
  })
})

describe('stored keys', () => {
  it('come back as they were', () => {
    const keys = generateGroupKeys(['n1', 'n2', 'n3', 'n4'])
    for (const each of keys.values()) expect(value(parseKeys(formatKeys(each)))).toEqual(each)
  })

  it('take any text without throwing', () => {
    const text = formatKeys(generateGroupKeys(['n1', 'n2']).get('n1') ?? { nodeId: '', seed: new Uint8Array(0), publicKeys: new Map() })
    fc.assert(fc.property(fc.nat(text.length), fc.string(), (at, noise) => {
      const found = parseKeys(text.slice(0, at) + noise + text.slice(at + noise.length))
      if (found.ok) expect(found.value.seed.length).toBe(32)
    }))
    fc.assert(fc.property(fc.json(), (json) => !parseKeys(json).ok))
    for (const bad of ['', '[]', 'null', '{}', '{"format":"quorate-keys","version":1,"nodeId":"n1","seed":"zz","publicKeys":{}}']) {
      expect(parseKeys(bad).ok).toBe(false)
    }
  })

  it('are refused where secret and public key do not belong together, and the secret is not told', () => {
    const keys = generateGroupKeys(['n1', 'n2'])
    const n1 = keys.get('n1')
    const n2 = keys.get('n2')
    if (!n1 || !n2) throw new Error('keys')
    const found = parseKeys(formatKeys({ ...n1, seed: n2.seed }))
    expect(found.ok).toBe(false)
    if (!found.ok) expect(`${found.error.message}${found.error.hint}`).not.toContain(toHex(n2.seed))
  })
})
