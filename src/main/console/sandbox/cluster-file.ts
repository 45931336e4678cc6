/** What is remembered of a local cluster: `<sandboxes>/<id>/cluster.json`, replaced as a whole. */
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import { clusterId, clusterName } from '../../../contract/fields'
import { MEMBER_KINDS, PROTOCOLS, sandboxNodeId, sandboxOptionsSchema } from '../../../contract/sandbox'
import { SANDBOX_LIMITS } from './limits'

const node = v.object({
  nodeId: sandboxNodeId,
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
})
const member = v.object({ ...node.entries, member: v.picklist(MEMBER_KINDS) })
const NODES_MAX = 64
const members = v.pipe(v.array(member), v.minLength(1), v.maxLength(NODES_MAX))
const common = {
  clusterId,
  /** As it was created; the console's list holds its name of today. */
  name: clusterName,
  createdAtMs: v.number(),
  /** It ran when this was written: it is started again with the console. */
  running: v.boolean(),
}
const schema = v.object({
  ...common,
  version: v.literal(2),
  protocol: v.picklist(PROTOCOLS),
  /** What its nodes run with; absent where it was created with none. */
  options: v.exactOptional(sandboxOptionsSchema),
  /** The members that it was created with: what a log begins with. */
  founders: members,
  nodes: v.pipe(
    v.array(v.object({
      ...member.entries,
      /** The members there were when it joined, itself included; absent of a founder. */
      among: v.exactOptional(members),
    })),
    v.minLength(1), v.maxLength(NODES_MAX),
  ),
  /** The number of the next node: a node that was removed does not come back under its name, for what the group has of it (a witness has no data) would be untrue. */
  nextNode: v.pipe(v.number(), v.integer(), v.minValue(2)),
  /** PBFT: every member's public key. */
  publicKeys: v.exactOptional(v.pipe(v.array(v.object({ nodeId: node.entries.nodeId, key: v.pipe(v.string(), v.maxLength(256)) })), v.maxLength(NODES_MAX))),
  /** PBFT: the public key of its clients; absent of a cluster that was created before they signed. */
  clientKey: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
})
export type ClusterFile = v.InferOutput<typeof schema>
export type ClusterFileMember = v.InferOutput<typeof member>

/** Before there was a choice of protocols, every cluster was one of Raft, and its members were for good. */
const firstVersion = v.pipe(
  v.object({ ...common, version: v.literal(1), nodes: v.pipe(v.array(node), v.minLength(1), v.maxLength(NODES_MAX)) }),
  v.transform(({ nodes, ...rest }): ClusterFile => {
    const voters = nodes.map((each) => ({ ...each, member: 'voter' as const }))
    return { ...rest, version: 2, protocol: 'raft', founders: voters, nodes: voters, nextNode: nodes.length + 1 }
  }),
)
const anyVersion = v.union([schema, firstVersion])

const FILE = 'cluster.json'

export type WriteFailureCode = 'no-space' | 'start-failed'

export function clusterDirectory(sandboxes: string, id: string): string {
  return path.join(sandboxes, id)
}

export function nodeDirectory(sandboxes: string, id: string, nodeId: string): string {
  return path.join(sandboxes, id, nodeId)
}

/** Durable before it returns; a crash leaves the old file or the new one. */
export async function writeClusterFile(sandboxes: string, file: ClusterFile): Promise<Result<null, WriteFailureCode>> {
  const directory = clusterDirectory(sandboxes, file.clusterId)
  const temporary = path.join(directory, `${FILE}.new`)
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path.join(directory, FILE))
    return ok(null)
  } catch (error) {
    return writeFailure(error, directory)
  }
}

/** Why something below `directory` could not be written. */
export function writeFailure(error: unknown, directory: string): { readonly ok: false; readonly error: Failure<WriteFailureCode> } {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  if (code === 'ENOSPC' || code === 'EDQUOT') return fail('no-space', `The disk with ${directory} is full.`, 'Free some space and try again.')
  return fail('start-failed', `${directory} could not be written (${code}).`, 'Check that the folder belongs to you and is not read-only.')
}

export interface FoundClusters {
  readonly files: readonly ClusterFile[]
  /** Folders whose cluster.json cannot be used, and why; or the folder of them all. They are left as they are. */
  readonly unreadable: readonly { readonly directory: string; readonly reason: string }[]
}

export async function readClusterFiles(sandboxes: string): Promise<FoundClusters> {
  const files: ClusterFile[] = []
  const unreadable: { directory: string; reason: string }[] = []
  const entries = await readdir(sandboxes, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // A folder that is out of reach is not an empty one.
    if (error.code !== 'ENOENT') unreadable.push({ directory: sandboxes, reason: `The folder could not be read: ${error.code ?? error.message}.` })
    return []
  })
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const directory = path.join(sandboxes, entry.name)
    const read = await readClusterFile(directory)
    if (!read.ok) unreadable.push({ directory, reason: read.error.message })
    else if (read.value.clusterId !== entry.name) unreadable.push({ directory, reason: `It says that it is cluster ${read.value.clusterId}.` })
    else files.push(read.value)
  }
  return { files: files.sort((a, b) => a.createdAtMs - b.createdAtMs), unreadable }
}

async function readClusterFile(directory: string): Promise<Result<ClusterFile, 'unreadable'>> {
  try {
    const file = path.join(directory, FILE)
    if ((await stat(file)).size > SANDBOX_LIMITS.clusterFileBytesMax) return fail('unreadable', `${FILE} is too large.`)
    const parsed = v.safeParse(anyVersion, JSON.parse(await readFile(file, 'utf8')))
    return parsed.success ? ok(parsed.output) : fail('unreadable', `${FILE} does not hold what is expected.`)
  } catch (error) {
    return fail('unreadable', `${FILE} could not be read: ${error instanceof SyntaxError ? 'it is not JSON' : String((error as NodeJS.ErrnoException).code)}.`)
  }
}

export function removeClusterDirectory(sandboxes: string, id: string): Promise<Result<null, 'start-failed'>> {
  return removeDirectory(clusterDirectory(sandboxes, id), 'then delete the cluster again')
}

export function removeNodeDirectory(sandboxes: string, id: string, nodeId: string): Promise<Result<null, 'start-failed'>> {
  return removeDirectory(nodeDirectory(sandboxes, id, nodeId), 'then remove the folder by hand')
}

async function removeDirectory(directory: string, then: string): Promise<Result<null, 'start-failed'>> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 })
    return ok(null)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return fail('start-failed', `${directory} could not be removed (${code}).`, `Check that nothing else uses the folder and that it belongs to you, ${then}.`)
  }
}
