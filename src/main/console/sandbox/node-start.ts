/** What a node of a local cluster is started with. Pure. */
import { SANDBOX_TIMING, type NodeStart, type PeerAddress } from '../../../contract/agent'
import { nodeDirectory, type ClusterFile, type ClusterFileMember } from './cluster-file'
import { keyFile } from './keys'
import { LOOPBACK } from './limits'
import { protocolOptions } from './protocol-options'

export const addressOf = ({ nodeId, port }: ClusterFileMember): PeerAddress => ({ nodeId, host: LOOPBACK, port })

/** `directory`: that of all local clusters. */
export function nodeStart(file: ClusterFile, { nodeId, port, among }: ClusterFile['nodes'][number], directory: string): NodeStart {
  const { clusterId, protocol, options, founders, publicKeys, clientKey } = file
  return {
    kind: 'start-node', clusterId, nodeId, directory: nodeDirectory(directory, clusterId, nodeId), listen: { host: LOOPBACK, port },
    members: (among ?? founders).map((each) => ({ ...addressOf(each), member: each.member })),
    protocol, options: protocolOptions(options), forced: null, timing: SANDBOX_TIMING,
    keys: publicKeys === undefined ? null : { privateKeyFile: keyFile(directory, clusterId, nodeId), publicKeys, ...(clientKey === undefined ? {} : { clientKey }) },
  }
}
