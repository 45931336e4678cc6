/** Ed25519 signatures (RFC 8032) and SHA-256 digests of the platform's library, behind the core's Signer port. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { fail, ok, type Result } from '../../core/base'
import type { Signer } from '../../core/machine'

export const PUBLIC_KEY_BYTES = 32
export const SEED_BYTES = 32
export const SIGNATURE_BYTES = 64
/** What stands before the raw key in its DER form (RFC 8410), so that the platform takes raw keys. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A node's own key. The seed is the secret. */
export interface KeyPair {
  readonly seed: Uint8Array
  readonly publicKey: Uint8Array
}

/** A fresh pair from the system's randomness. */
export function generateKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  return { seed: Uint8Array.from(pkcs8.subarray(-SEED_BYTES)), publicKey: rawPublicKey(publicKey) }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ format: 'der', type: 'spki' }).subarray(-PUBLIC_KEY_BYTES))
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
}

function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' })
}

/** The public key that belongs to a seed of SEED_BYTES. */
export const publicKeyOfSeed = (seed: Uint8Array): Uint8Array => rawPublicKey(createPublicKey(privateKeyOf(seed)))

/**
 * Signs with `seed` and verifies with the members' public keys. Fails where a key has the wrong length, or where `nodeId`'s public key is not
 * the seed's: a node that signs what the others cannot verify would only look silent.
 */
export function openSigner(nodeId: string, seed: Uint8Array, publicKeys: ReadonlyMap<string, Uint8Array>): Result<Signer, 'bad-key'> {
  if (seed.length !== SEED_BYTES) return fail('bad-key', `The key of ${nodeId} has ${seed.length} bytes, not ${SEED_BYTES}.`)
  const members = new Map<string, KeyObject>()
  for (const [id, raw] of publicKeys) {
    if (raw.length !== PUBLIC_KEY_BYTES) return fail('bad-key', `The public key of ${id} has ${raw.length} bytes, not ${PUBLIC_KEY_BYTES}.`)
    members.set(id, publicKeyOf(raw))
  }
  const own = publicKeys.get(nodeId)
  if (own === undefined || !Buffer.from(publicKeyOfSeed(seed)).equals(own)) {
    return fail('bad-key', `The public key that the group has for ${nodeId} is not the one of its secret key.`, 'Give the node the key file that was made for it.')
  }
  return ok(new Ed25519Signer(privateKeyOf(seed), members))
}

class Ed25519Signer implements Signer {
  readonly #privateKey: KeyObject
  readonly #members: ReadonlyMap<string, KeyObject>

  constructor(privateKey: KeyObject, members: ReadonlyMap<string, KeyObject>) {
    this.#privateKey = privateKey
    this.#members = members
  }

  sign(bytes: Uint8Array): Uint8Array {
    return Uint8Array.from(sign(null, bytes, this.#privateKey))
  }

  verify(nodeId: string, bytes: Uint8Array, signature: Uint8Array): boolean {
    const key = this.#members.get(nodeId)
    return key !== undefined && signature.length === SIGNATURE_BYTES && verify(null, bytes, key, signature)
  }

  digest(bytes: Uint8Array): Uint8Array {
    return Uint8Array.from(createHash('sha256').update(bytes).digest())
  }
}
