/** The protocols that can be simulated. */
import type { ProtocolName } from '../../core/machine'
import type { Adapter } from './adapter'
import { paxosAdapter } from './paxos'
import { pbftAdapter } from './pbft'
import { raftAdapter } from './raft'

export { raftAdapter }
export type { AdaptedProtocol, Adapter, ReplyCount } from './adapter'

const ADAPTERS: Readonly<Record<ProtocolName, Adapter>> = { raft: raftAdapter, paxos: paxosAdapter, pbft: pbftAdapter }

export const PROTOCOLS = Object.keys(ADAPTERS) as readonly ProtocolName[]

export const adapterOf = (name: ProtocolName): Adapter => ADAPTERS[name]
