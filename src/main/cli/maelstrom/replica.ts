/** Our core and driver as they are, with the workbench for a network and memory for a disk. */
import { randomInt } from 'node:crypto'
import { assert, seededRandom } from '../../../core/base'
import type { Protocol } from '../../../core/machine'
import { paxosProtocol } from '../../../core/paxos'
import { raftProtocol } from '../../../core/raft'
import { ReplicatedMachine } from '../../../core/statemachine'
import { Driver, type NodeDriver } from '../../../runtime/driver'
import { MemoryLog } from './memory-log'
import type { Body } from './message'
import type { Host } from './workload'

export const CONSENSUS_PROTOCOLS = ['raft', 'paxos'] as const
export type ConsensusProtocol = (typeof CONSENSUS_PROTOCOLS)[number]

const ELECTION_TICKS = 10
const HEARTBEAT_TICKS = 2
const FRAME = 'frame'

export interface ReplicaOptions {
  readonly protocol: ConsensusProtocol
  /** Silence of the leader after which another is elected, at the least; at most twice as long. */
  readonly electionMs: number
}

/** Any node may be asked: it sends on to the leader what only a leader can do. */
const protocolOf = (name: ConsensusProtocol): Protocol =>
  (name === 'raft' ? raftProtocol({ forwardProposals: true, followerReads: true }) : paxosProtocol({ forwarding: true }))

export class Replica {
  readonly driver: NodeDriver

  constructor(host: Host, { protocol, electionMs }: ReplicaOptions) {
    const tickMs = Math.max(1, Math.round(electionMs / ELECTION_TICKS))
    const opened = Driver.open({
      protocol: protocolOf(protocol), groupId: 'maelstrom', nodeId: host.nodeId,
      members: host.nodeIds.map((id) => ({ id, name: id, address: id, voter: true })),
      timing: { tickMs, electionTicks: ELECTION_TICKS, heartbeatTicks: HEARTBEAT_TICKS },
      random: seededRandom(randomInt(2 ** 32)), storage: new MemoryLog(), stateMachine: new ReplicatedMachine(), recovered: [],
      transport: {
        send: (to, frame, kind) => { host.send(to, { type: FRAME, kind: kind ?? '', data: Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString('base64') }) },
        statistics: () => [],
      },
      requestFlush: () => { setImmediate(() => { this.driver.flush() }) },
      onEvent: (event) => {
        if (event.kind === 'role-changed') host.log(`${host.nodeId} is ${event.role} in ${event.term}: ${event.why}`)
      },
    })
    assert(opened.ok, 'a new node finds nothing that could be damaged')
    this.driver = opened.value
    host.every(tickMs, () => { this.driver.tick() })
  }

  hear(from: string, { type, data }: Body): void {
    if (type === FRAME && typeof data === 'string') this.driver.receive(from, Buffer.from(data, 'base64'))
  }
}
