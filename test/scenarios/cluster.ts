/** Drivers on in-memory ports: nothing moves unless the test moves it. */
import { seededRandom, type Random } from '../../src/core/base'
import type { MachineEvent } from '../../src/core/machine'
import { decodeEntries, decodeLogBase, decodeMessage, raftProtocol, RECORD_TYPES, type Message, type RaftMachine, type RaftOptions } from '../../src/core/raft'
import { ReplicatedMachine, type SessionLimits } from '../../src/core/statemachine'
import { Driver, type DriverLimits } from '../../src/runtime/driver'
import type { LogRecord, RecoveredRecord } from '../../src/runtime/ports'
import { MemoryDisk } from './memory-disk'

export interface Packet {
  readonly from: string
  readonly to: string
  readonly frame: Uint8Array
}

export interface ClusterOptions {
  readonly ids: readonly string[]
  readonly seed: number
  readonly electionTicks?: number
  readonly heartbeatTicks?: number
  readonly limits?: Partial<DriverLimits>
  readonly raft?: Partial<RaftOptions>
  readonly sessionLimits?: Partial<SessionLimits>
  readonly onSend?: (packet: Packet) => void
  readonly onEvent?: (id: string, event: MachineEvent) => void
  readonly onStopped?: (id: string, code: string) => void
  /** Called with every command that a node applies, in order. */
  /** The state of a node was replaced by that of a snapshot. */
  readonly onRestored?: (id: string, index: number) => void
  /** Disks give space back in pieces of so many records. */
  readonly recordsPerSegment?: number
  readonly onApply?: (id: string, index: number, command: Uint8Array, reply: Uint8Array) => void
}

export interface ClusterNode {
  readonly id: string
  readonly disk: MemoryDisk
  driver: Driver<RaftMachine>
  isUp: boolean
  isFlushDue: boolean
  /** The term of every entry that this node has written, durable or not, by index; absent before its newest snapshot. */
  terms: number[]
}

function noteTerms(terms: number[], records: readonly LogRecord[]): void {
  for (const record of records) {
    const base = record.type === RECORD_TYPES.base ? decodeLogBase(record.payload) : null
    if (base) {
      terms.length = 0
      terms[base.index] = base.term
    }
    const entries = record.type === RECORD_TYPES.entries ? decodeEntries(record.payload) ?? [] : []
    if (entries[0]) terms.length = entries[0].index
    for (const entry of entries) terms[entry.index] = entry.term
  }
}

export class Cluster {
  readonly options: ClusterOptions
  readonly random: Random
  readonly nodes = new Map<string, ClusterNode>()
  /** Messages under way, oldest first. */
  packets: Packet[] = []

  constructor(options: ClusterOptions) {
    this.options = options
    this.random = seededRandom(options.seed)
    for (const id of options.ids) this.start(id)
  }

  /** A node with an empty disk: a founder, or one that is to be added, which knows itself as no voter. */
  start(id: string): void {
    const disk = new MemoryDisk(this.options.recordsPerSegment)
    const node: ClusterNode = { id, disk, driver: undefined as unknown as Driver<RaftMachine>, isUp: true, isFlushDue: false, terms: [0] }
    this.nodes.set(id, node)
    node.driver = this.#open(node, [])
  }

  #open(node: ClusterNode, recovered: RecoveredRecord[]): Driver<RaftMachine> {
    const { ids, electionTicks = 10, heartbeatTicks = 3, limits, sessionLimits, onSend, onEvent, onStopped, onApply, onRestored } = this.options
    const opened = Driver.open({
      protocol: raftProtocol(this.options.raft), groupId: 'group', nodeId: node.id,
      members: [...new Set([...ids, node.id])].map((id) => ({ id, name: id, address: `memory:${id}`, voter: ids.includes(id) })),
      timing: { tickMs: 10, electionTicks, heartbeatTicks },
      random: this.random,
      storage: {
        append: (records, done) => {
          noteTerms(node.terms, records)
          return node.disk.append(records, done)
        },
        read: (location) => node.disk.read(location),
        release: (location) => { node.disk.release(location) },
        bytesUsed: () => node.disk.bytesUsed(),
      },
      transport: {
        send: (to, frame) => {
          const packet = { from: node.id, to, frame }
          this.packets.push(packet)
          onSend?.(packet)
        },
        statistics: () => [],
      },
      stateMachine: new ReplicatedMachine(sessionLimits),
      onRestored: (index) => onRestored?.(node.id, index),
      onApply: (index, command, reply) => onApply?.(node.id, index, command, reply),
      recovered,
      requestFlush: () => { node.isFlushDue = true },
      onEvent: (event) => onEvent?.(node.id, event),
      onStopped: (failure) => {
        node.isUp = false
        onStopped?.(node.id, failure.code)
      },
      ...(limits ? { limits } : {}),
    })
    if (!opened.ok) throw new Error(opened.error.message)
    return opened.value
  }

  node(id: string): ClusterNode {
    const node = this.nodes.get(id)
    if (!node) throw new Error(`no node ${id}`)
    return node
  }

  get up(): ClusterNode[] {
    return [...this.nodes.values()].filter((node) => node.isUp)
  }

  leader(): ClusterNode | undefined {
    const leaders = this.up.filter((node) => node.driver.machine.status().isLeader)
    return leaders.sort((one, other) => other.driver.machine.status().term - one.driver.machine.status().term)[0]
  }

  /** Ends the turn of one node, or of all without a name. */
  flush(id?: string): void {
    for (const node of this.nodes.values()) {
      if (!node.isFlushDue || (id !== undefined && node.id !== id)) continue
      node.isFlushDue = false
      if (node.isUp) node.driver.flush()
    }
  }

  deliver(packet: Packet): void {
    const node = this.node(packet.to)
    // Like a network: the receiver's memory is its own.
    if (node.isUp) node.driver.receive(packet.from, packet.frame.slice())
  }

  crash(id: string, keptRecords = 0): void {
    const node = this.node(id)
    if (!node.isUp) return
    node.isUp = false
    node.isFlushDue = false
    const records = node.disk.crash(Math.min(keptRecords, node.disk.unsyncedRecords))
    // Whatever the dead process still says goes nowhere; its clients hear that the outcome is unknown.
    node.driver.stop()
    this.#recovered.set(id, records)
    node.terms = [0]
    noteTerms(node.terms, records)
  }

  readonly #recovered = new Map<string, RecoveredRecord[]>()

  restart(id: string): void {
    const node = this.node(id)
    if (node.isUp) return
    node.driver = this.#open(node, this.#recovered.get(id) ?? [])
    node.isUp = true
  }
}

export function messageOf(packet: Packet): Message {
  const message = decodeMessage(packet.frame)
  if (!message) throw new Error('a node sent a frame that does not decode')
  return message
}
