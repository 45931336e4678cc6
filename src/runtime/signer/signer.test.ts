import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8Encode, type Result } from '../../core/base'
import { CommandCheck, commandIn, commandSigner, ownCommand } from './index'
import { generateGroupKeys, signerOf } from './keys.fixture'
import { openSigner, publicKeyOfSeed } from './signer'

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

describe('commands of clients', () => {
  const clients = generateKeyPairSync('ed25519')
  const sign = commandSigner(clients.privateKey)
  const check = (): CommandCheck => new CommandCheck(clients.publicKey, (command) => command[0] === 7)
  const some = fc.uint8Array({ maxLength: 60 })

  it('come out as they went in, and equal ones are equal requests', () => {
    fc.assert(fc.property(some, (command) => {
      expect(commandIn(sign(command))).toEqual(command)
      expect(commandIn(ownCommand(command))).toEqual(command)
      expect(sign(command)).toEqual(sign(command))
    }))
  })

  it('are taken only as a client signed them, whatever was taken before', () => {
    const checked = check()
    fc.assert(fc.property(some, fc.nat(), fc.integer({ min: 1, max: 255 }), (command, place, change) => {
      const whole = sign(command)
      expect([checked.isSigned(whole), checked.isValid(whole)]).toEqual([true, true])
      const altered = whole.slice()
      const at = place % altered.length
      altered[at] = (altered[at] ?? 0) ^ change
      expect(checked.isSigned(altered)).toBe(false)
    }))
  })

  it('signed by somebody else, cut short or made up are not taken, and hold nothing', () => {
    const stranger = commandSigner(generateKeyPairSync('ed25519').privateKey)
    expect(check().isValid(stranger(Uint8Array.of(1)))).toBe(false)
    expect(check().isValid(sign(Uint8Array.of(1)).subarray(0, 50))).toBe(false)
    expect(commandIn(sign(Uint8Array.of(1)).subarray(0, 50))).toHaveLength(0)
    fc.assert(fc.property(some, (noise) => !check().isSigned(noise)))
  })

  it('that a replica proposes by itself are no client\'s, and are taken where the group says so', () => {
    const checked = check()
    expect([checked.isSigned(ownCommand(Uint8Array.of(7))), checked.isValid(ownCommand(Uint8Array.of(7))), checked.isValid(ownCommand(Uint8Array.of(8)))]).toEqual([false, true, false])
  })
})
