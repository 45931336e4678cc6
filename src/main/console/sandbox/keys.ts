/**
 * The keys of a PBFT cluster, made as it is created: one of each node, and one that its clients share. A private key is written to its node's own
 * folder, that of the clients to the cluster's, for their owner alone to read, and is in no list, log or message; the public ones are in
 * `cluster.json`.
 */
import { generateKeyPair } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Result } from '../../../core/base'
import { ok } from '../../../core/base'
import { clusterDirectory, nodeDirectory, writeFailure, type WriteFailureCode } from './cluster-file'

const KEY_FILE = 'signing-key.pem'
const CLIENT_KEY_FILE = 'client-key.pem'

export interface PublicKeys {
  /** SPKI (RFC 8410), base64. */
  readonly publicKeys: { readonly nodeId: string; readonly key: string }[]
  readonly clientKey: string
}

export function keyFile(sandboxes: string, clusterId: string, nodeId: string): string {
  return path.join(nodeDirectory(sandboxes, clusterId, nodeId), KEY_FILE)
}

/** What clients sign with, where the cluster has a `clientKey`. */
export function clientKeyFile(sandboxes: string, clusterId: string): string {
  return path.join(clusterDirectory(sandboxes, clusterId), CLIENT_KEY_FILE)
}

/** Private keys are durable before it returns. */
export async function makeKeys(sandboxes: string, clusterId: string, nodeIds: readonly string[]): Promise<Result<PublicKeys, WriteFailureCode>> {
  const publicKeys: PublicKeys['publicKeys'] = []
  for (const nodeId of nodeIds) {
    const made = await makeKey(keyFile(sandboxes, clusterId, nodeId))
    if (!made.ok) return made
    publicKeys.push({ nodeId, key: made.value })
  }
  const clients = await makeKey(clientKeyFile(sandboxes, clusterId))
  return clients.ok ? ok({ publicKeys, clientKey: clients.value }) : clients
}

/** The private half goes to `file`, the public one comes back. */
async function makeKey(file: string): Promise<Result<string, WriteFailureCode>> {
  const directory = path.dirname(file)
  const pair = await promisify(generateKeyPair)('ed25519', { publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(pair.privateKey)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return ok(pair.publicKey.toString('base64'))
  } catch (error) {
    return writeFailure(error, directory)
  }
}
