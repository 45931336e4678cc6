/**
 * A node's keys as they are stored: its own secret and the public keys of all members, as JSON. Parsing is total. Whoever writes the file
 * makes it readable by its owner only.
 */
import { fail, fromJson, ok, toHex, type Result } from '../../core/base'
import type { Signer } from '../../core/machine'
import { generateKeyPair, openSigner, PUBLIC_KEY_BYTES, publicKeyOfSeed, SEED_BYTES } from './signer'

const FORMAT = 'quorate-keys'
const VERSION = 1
export const KEY_FILE_BYTES_MAX = 64 * 1024
const MEMBERS_MAX = 255
const NODE_ID_CHARACTERS_MAX = 128

export interface NodeKeys {
  readonly nodeId: string
  readonly seed: Uint8Array
  readonly publicKeys: ReadonlyMap<string, Uint8Array>
}

/** Fresh keys for all nodes of a new group. */
export function generateGroupKeys(nodeIds: readonly string[]): Map<string, NodeKeys> {
  const pairs = new Map(nodeIds.map((id) => [id, generateKeyPair()]))
  const publicKeys = new Map([...pairs].map(([id, pair]) => [id, pair.publicKey]))
  return new Map([...pairs].map(([nodeId, { seed }]) => [nodeId, { nodeId, seed, publicKeys }]))
}

export function formatKeys({ nodeId, seed, publicKeys }: NodeKeys): string {
  const members = Object.fromEntries([...publicKeys].map(([id, key]) => [id, toHex(key)]))
  return `${JSON.stringify({ format: FORMAT, version: VERSION, nodeId, seed: toHex(seed), publicKeys: members }, null, 2)}\n`
}

const bad = (message: string): Result<never, 'bad-key'> => fail('bad-key', message, 'Restore the key file of this node from where the group was made.')

/** The keys, or why the text holds none. Never says any of the secret. */
export function parseKeys(text: string): Result<NodeKeys, 'bad-key'> {
  if (text.length > KEY_FILE_BYTES_MAX) return bad('The key file is too long.')
  let value: unknown
  try {
    value = fromJson(text)
  } catch {
    return bad('The key file is not JSON.')
  }
  if (!isRecord(value) || value['format'] !== FORMAT || value['version'] !== VERSION) return bad('The file is no key file of this version.')
  const { nodeId } = value
  if (!isNodeId(nodeId)) return bad('The key file does not say whose it is.')
  const seed = fromHex(value['seed'], SEED_BYTES)
  if (seed === null) return bad('The secret key in the key file is not 32 bytes in hexadecimal digits.')
  const members = value['publicKeys']
  if (!isRecord(members)) return bad('The key file holds no public keys.')
  const publicKeys = new Map<string, Uint8Array>()
  for (const [id, hex] of Object.entries(members)) {
    const key = fromHex(hex, PUBLIC_KEY_BYTES)
    if (!isNodeId(id) || key === null || publicKeys.size >= MEMBERS_MAX) return bad('A public key in the key file is not 32 bytes in hexadecimal digits.')
    publicKeys.set(id, key)
  }
  const own = publicKeys.get(nodeId)
  if (own === undefined || toHex(own) !== toHex(publicKeyOfSeed(seed))) return bad('The secret key and the public key of this node do not belong together.')
  return ok({ nodeId, seed, publicKeys })
}

export function signerOf({ nodeId, seed, publicKeys }: NodeKeys): Result<Signer, 'bad-key'> {
  return openSigner(nodeId, seed, publicKeys)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

function isNodeId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= NODE_ID_CHARACTERS_MAX
}

function fromHex(value: unknown, length: number): Uint8Array | null {
  if (typeof value !== 'string' || value.length !== length * 2 || !/^[0-9a-f]*$/.test(value)) return null
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(value.slice(i * 2, i * 2 + 2), 16))
}
