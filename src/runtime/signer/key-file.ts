/** A private key of Ed25519 as it is stored: PKCS #8 in PEM. Whoever writes the file makes it readable by its owner only. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import fs from 'node:fs'
import { fail, ok, type Result } from '../../core/base'

const KEY_FILE_BYTES_MAX = 4096

/** Why there is none never holds the error's own text, for that may hold a part of the key. */
export function readPrivateKey(file: string): Result<KeyObject, 'bad-key'> {
  try {
    if (fs.statSync(file).size > KEY_FILE_BYTES_MAX) return fail('bad-key', 'its key file is too large.')
    const key = createPrivateKey(fs.readFileSync(file))
    return key.asymmetricKeyType === 'ed25519' ? ok(key) : fail('bad-key', 'its key is not of Ed25519.')
  } catch (error) {
    return fail('bad-key', (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'its key file is missing.' : 'its key file cannot be read.')
  }
}

/** From SPKI (RFC 8410) in base64. */
export function readPublicKey(base64: string): Result<KeyObject, 'bad-key'> {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' ? ok(key) : fail('bad-key', 'a public key is not of Ed25519.')
  } catch {
    return fail('bad-key', 'a public key cannot be read.')
  }
}
