/** Drivers on in-memory ports: nothing moves unless the test moves it. */
import { seededRandom, type Random } from '../../src/core/base'
import { decodeEntries, decodeMessage, RECORD_TYPES, type Message, type RaftEvent } from '../../src/core/raft'
import { KeyValueMachine, type SessionLimits } from '../../src/core/statemachine'
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
  readonly sessionLimits?: SessionLimits
  readonly onSend?: (packet: Packet) => void
  readonly onEvent?: (id: string, event: RaftEvent) => void
  readonly onStopped?: (id: string, code: string) => void
  /** Called with every command that a node applies, in order. */
  readonly onApply?: (id: string, command: Uint8Array, reply: Uint8Array) => void
}

class ObservedMachine extends KeyValueMachine {
  readonly #onApply: (command: Uint8Array, reply: Uint8Array) => void

  constructor(limits: SessionLimits | undefined, onApply: (command: Uint8Array, reply: Uint8Array) => void) {
    super(limits)
    this.#onApply = onApply
  }

  override apply(command: Uint8Array): Uint8Array {
    const reply = super.apply(command)
    this.#onApply(command, reply)
    return reply
  }
}

export interface ClusterNode {
  readonly id: string
  readonly disk: MemoryDisk
  driver: Driver
  isUp: boolean
  isFlushDue: boolean
  /** The term of every entry that this node has written, durable or not, by index. */
  terms: number[]
}

function noteTerms(terms: number[], records: readonly LogRecord[]): void {
  for (const record of records) {
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
    for (const id of options.ids) {
      const disk = new MemoryDisk()
      const node: ClusterNode = { id, disk, driver: undefined as unknown as Driver, isUp: true, isFlushDue: false, terms: [0] }
      this.nodes.set(id, node)
      node.driver = this.#open(node, [])
    }
  }

  #open(node: ClusterNode, recovered: RecoveredRecord[]): Driver {
    const { ids, electionTicks = 10, heartbeatTicks = 3, limits, sessionLimits, onSend, onEvent, onStopped, onApply } = this.options
    const opened = Driver.open({
      groupId: 'group', nodeId: node.id,
      members: ids.map((id) => ({ id, name: id, address: `memory:${id}`, voter: true })),
      timing: { tickMs: 10, electionTicks, heartbeatTicks },
      random: this.random,
      storage: {
        append: (records, done) => {
          noteTerms(node.terms, records)
          return node.disk.append(records, done)
        },
        read: (location) => node.disk.read(location),
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
      stateMachine: new ObservedMachine(sessionLimits, (command, reply) => onApply?.(node.id, command, reply)),
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
    const leaders = this.up.filter((node) => node.driver.status().role === 'leader')
    return leaders.sort((one, other) => other.driver.status().term - one.driver.status().term)[0]
  }

  flush(): void {
    for (const node of this.nodes.values()) {
      if (!node.isFlushDue) continue
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
