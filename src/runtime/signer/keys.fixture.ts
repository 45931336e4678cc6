import type { Result } from '../../core/base'
import type { Signer } from '../../core/machine'
import { generateKeyPair, openSigner } from './signer'

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

export const signerOf = ({ nodeId, seed, publicKeys }: NodeKeys): Result<Signer, 'bad-key'> => openSigner(nodeId, seed, publicKeys)
