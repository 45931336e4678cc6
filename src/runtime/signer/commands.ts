/**
 * Commands in a group that tolerates liars (Castro and Liskov, section 4.1: clients sign their requests). Each is signed with the key that the
 * clients of the group share, so that no replica can make one up or alter one. What a replica proposes by itself is not signed; which of those are
 * taken the group decides.
 */
import { createHash, sign, verify, type KeyObject } from 'node:crypto'
import { utf8Encode } from '../../core/base'
import { SIGNATURE_BYTES } from './signer'

export type SignCommand = (command: Uint8Array) => Uint8Array

const OWN = 0
const SIGNED = 1
const SIGNED_HEAD_BYTES = 1 + SIGNATURE_BYTES
/** So that a signature under a command is one under nothing else. */
const DOMAIN = utf8Encode('quorate command\n')
/** Commands that were found to be signed; each comes from its client, from whoever passes it on, and in a batch. */
const REMEMBERED_MAX = 8_192
const NOTHING = new Uint8Array(0)

const signed = (command: Uint8Array): Uint8Array => Buffer.concat([DOMAIN, command])

/** Equal commands have equal signatures (RFC 8032): sent again, it is the same request. */
export function commandSigner(key: KeyObject): SignCommand {
  return (command) => Uint8Array.from(Buffer.concat([Uint8Array.of(SIGNED), sign(null, signed(command), key), command]))
}

/** What a replica proposes by itself. */
export const ownCommand: SignCommand = (command) => Uint8Array.from(Buffer.concat([Uint8Array.of(OWN), command]))

/** The command itself; nothing where the bytes hold none. */
export function commandIn(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === OWN) return bytes.subarray(1)
  return bytes[0] === SIGNED && bytes.length >= SIGNED_HEAD_BYTES ? bytes.subarray(SIGNED_HEAD_BYTES) : NOTHING
}

export class CommandCheck {
  readonly #key: KeyObject
  readonly #isAllowedUnsigned: (command: Uint8Array) => boolean
  readonly #known = new Set<string>()

  constructor(clientKey: KeyObject, isAllowedUnsigned: (command: Uint8Array) => boolean) {
    this.#key = clientKey
    this.#isAllowedUnsigned = isAllowedUnsigned
  }

  /** A client made it. */
  isSigned(bytes: Uint8Array): boolean {
    if (bytes[0] !== SIGNED || bytes.length < SIGNED_HEAD_BYTES) return false
    const name = createHash('sha256').update(bytes).digest('base64')
    if (this.#known.has(name)) return true
    if (!verify(null, signed(commandIn(bytes)), this.#key, bytes.subarray(1, SIGNED_HEAD_BYTES))) return false
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear()
    this.#known.add(name)
    return true
  }

  /** A client made it, or a replica may. */
  isValid(bytes: Uint8Array): boolean {
    return bytes[0] === OWN ? this.#isAllowedUnsigned(commandIn(bytes)) : this.isSigned(bytes)
  }
}
