/**
 * The signing keys of a PBFT cluster, made as it is created. A private key is written to its node's own folder, for its owner
 * alone to read, and is in no list, log or message; the public ones are in `cluster.json`.
 */
import { generateKeyPair } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Result } from '../../../core/base'
import { ok } from '../../../core/base'
import { nodeDirectory, writeFailure, type WriteFailureCode } from './cluster-file'

const KEY_FILE = 'signing-key.pem'

export interface PublicKey {
  readonly nodeId: string
  /** SPKI (RFC 8410), base64. */
  readonly key: string
}

export function keyFile(sandboxes: string, clusterId: string, nodeId: string): string {
  return path.join(nodeDirectory(sandboxes, clusterId, nodeId), KEY_FILE)
}

/** Makes a key pair for each node, and gives the public halves. Private keys are durable before it returns. */
export async function makeKeys(sandboxes: string, clusterId: string, nodeIds: readonly string[]): Promise<Result<PublicKey[], WriteFailureCode>> {
  const made: PublicKey[] = []
  for (const nodeId of nodeIds) {
    const pair = await promisify(generateKeyPair)('ed25519', { publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
    const directory = nodeDirectory(sandboxes, clusterId, nodeId)
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const handle = await open(keyFile(sandboxes, clusterId, nodeId), 'wx', 0o600)
      try {
        await handle.writeFile(pair.privateKey)
        await handle.sync()
      } finally {
        await handle.close()
      }
    } catch (error) {
      return writeFailure(error, directory)
    }
    made.push({ nodeId, key: pair.publicKey.toString('base64') })
  }
  return ok(made)
}
