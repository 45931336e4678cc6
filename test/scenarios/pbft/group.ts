/** PBFT replicas under the real driver on memory disks: nothing moves unless the test moves it, and every invariant is asked at every step. */
import { seededRandom, utf8Encode, type Random } from '../../../src/core/base'
import type { Control, ControlOutcome, MachineEvent, Protocol, ProtocolMachine, Signer } from '../../../src/core/machine'
import { decodeFrame, liarProtocol, pbftProtocol, type Behaviour, type LiarMachine, type PbftMachine, type PbftOptions, type SignedMessage } from '../../../src/core/pbft'
import { Revocable } from '../../../src/core/statemachine'
import { Driver, type DriverLimits, type ProposalOutcome, type ReadOutcome } from '../../../src/runtime/driver'
import type { RecoveredRecord } from '../../../src/runtime/ports'
import type { InvariantCheck, NodeView } from '../../../src/sim/invariant'
import { PBFT_INVARIANTS } from '../../../src/sim/invariants/pbft'
import { SimulatedKeys } from '../../../src/sim/signer'
import { MemoryDisk } from '../memory-disk'
import { ListMachine } from './list-machine'

export interface Packet {
  readonly from: string
  readonly to: string
  readonly kind: string
  readonly bytes: Uint8Array
}

export interface GroupOptions {
  readonly replicas: number
  readonly seed: number
  /** Ids of those that may lie. */
  readonly liars?: readonly string[]
  readonly options?: Partial<PbftOptions>
  /** Instead of the simulated keys. */
  readonly signers?: ReadonlyMap<string, Signer>
  readonly limits?: Partial<DriverLimits>
  /** Ids of those whose state machine cannot take commands back. */
  readonly plain?: readonly string[]
}

export class GroupNode implements NodeView<PbftMachine> {
  readonly id: string
  readonly isByzantine: boolean
  disk = new MemoryDisk()
  incarnation = 0
  isUp = true
  isFlushDue = false
  driver: Driver | null = null
  list = new ListMachine()
  liar: LiarMachine | null = null
  recovered: RecoveredRecord[] = []
  readonly events: MachineEvent[] = []

  constructor(id: string, isByzantine: boolean) {
    this.id = id
    this.isByzantine = isByzantine
  }

  get machine(): PbftMachine {
    return this.driver?.machine as unknown as PbftMachine
  }
}

const ELECTION_TICKS = 10
const HEARTBEAT_TICKS = 3
export const SMALL = { checkpointInterval: 4, windowSize: 8, pipelineMax: 3 }

export class PbftGroup {
  readonly options: GroupOptions
  readonly random: Random
  readonly keys: SimulatedKeys
  readonly nodes: GroupNode[]
  readonly proposed = new Set<string>()
  /** A broken invariant, in words. */
  violation: { readonly invariant: string; readonly sentence: string } | null = null
  packets: Packet[] = []
  readonly #checks: { readonly name: string; readonly check: InvariantCheck<PbftMachine> }[]

  constructor(options: GroupOptions) {
    this.options = options
    this.random = seededRandom(options.seed)
    this.keys = new SimulatedKeys(options.seed)
    const ids = Array.from({ length: options.replicas }, (_, i) => `n${i}`)
    this.nodes = ids.map((id) => new GroupNode(id, options.liars?.includes(id) === true))
    const world = { nodes: this.nodes, nowMs: 0, wasProposed: (command: Uint8Array) => this.proposed.has(Buffer.from(command).toString()) }
    this.#checks = PBFT_INVARIANTS.map((invariant) => ({ name: invariant.name, check: invariant.begin(world) }))
    for (const node of this.nodes) this.#open(node, [])
  }

  #open(node: GroupNode, recovered: readonly RecoveredRecord[]): void {
    const incarnation = ++node.incarnation
    node.list = new ListMachine()
    const options: PbftOptions = { signer: this.options.signers?.get(node.id) ?? this.keys.signerOf(node.id), ...SMALL, ...this.options.options }
    const begin = (liar: LiarMachine): void => {
      if (node.liar) liar.behave(node.liar.behaviour)
      node.liar = liar
    }
    const protocol: Protocol = node.isByzantine ? liarProtocol(options, { random: this.random, begin, inventsCommands: options.authenticate !== undefined }) : pbftProtocol(options)
    const opened = Driver.open<ProtocolMachine>({
      protocol, groupId: 'group', nodeId: node.id,
      members: this.nodes.map(({ id }) => ({ id, name: id, address: `memory:${id}`, voter: true })),
      timing: { tickMs: 10, electionTicks: ELECTION_TICKS, heartbeatTicks: HEARTBEAT_TICKS },
      random: this.random,
      storage: node.disk,
      transport: {
        send: (to, bytes, kind) => { if (node.incarnation === incarnation && node.isUp) this.packets.push({ from: node.id, to, kind: kind ?? '', bytes }) },
        statistics: () => [],
      },
      stateMachine: options.tentative === true && this.options.plain?.includes(node.id) !== true ? new Revocable(node.list) : node.list,
      recovered,
      requestFlush: () => { node.isFlushDue = true },
      onEvent: (event) => { node.events.push(event) },
      limits: { snapshotChunkBytes: 64, trailingEntriesMax: this.options.seed % 2 === 0 ? 0 : 4, snapshotExpansion: 0, ...this.options.limits },
    })
    if (!opened.ok) throw new Error(opened.error.message)
    node.driver = opened.value
    node.isUp = true
    this.check(node, true)
  }

  node(id: string): GroupNode {
    const node = this.nodes.find((each) => each.id === id)
    if (!node) throw new Error(`no node ${id}`)
    return node
  }

  get correct(): GroupNode[] {
    return this.nodes.filter((node) => !node.isByzantine)
  }

  behave(id: string, behaviour: Behaviour): void {
    this.node(id).liar?.behave(behaviour)
  }

  check(node: GroupNode, isRestart = false): void {
    if (this.violation) return
    for (const { name, check } of this.#checks) {
      const atRestart = isRestart ? check.afterRestart?.(node) : null
      const sentence = atRestart ?? check.afterStep(node)
      if (sentence !== null) {
        this.violation = { invariant: name, sentence }
        return
      }
    }
  }

  flush(node: GroupNode): void {
    if (!node.isFlushDue || !node.isUp) return
    node.isFlushDue = false
    node.driver?.flush()
    this.check(node)
  }

  sync(node: GroupNode, writes?: number): void {
    if (!node.isUp) return
    node.disk.sync(writes)
    this.check(node)
  }

  deliver(packet: Packet): void {
    const node = this.node(packet.to)
    if (!node.isUp) return
    node.driver?.receive(packet.from, packet.bytes.slice())
    this.check(node)
  }

  tick(node: GroupNode): void {
    if (node.isUp) node.driver?.tick()
  }

  propose(
    command: string, at: readonly string[], done?: (id: string, outcome: ProposalOutcome) => void, onTentative?: (id: string, reply: Uint8Array, view: number) => void,
  ): void {
    this.proposed.add(command)
    for (const id of at) {
      const node = this.node(id)
      if (node.isUp) node.driver?.propose(utf8Encode(command), (outcome) => done?.(id, outcome), (reply, view) => onTentative?.(id, reply, view))
    }
  }

  read(id: string, done: (outcome: ReadOutcome) => void): void {
    this.node(id).driver?.read(new Uint8Array(0), done)
  }

  control(id: string, control: Control, done: (outcome: ControlOutcome) => void): void {
    this.node(id).driver?.control(control, done)
  }

  crash(node: GroupNode, kept = 0): void {
    if (!node.isUp) return
    node.isUp = false
    node.isFlushDue = false
    node.recovered = node.disk.crash(Math.min(kept, node.disk.unsyncedRecords))
    node.driver?.stop()
  }

  restart(node: GroupNode): void {
    if (!node.isUp) this.#open(node, node.recovered)
  }

  /** Everything under way arrives, every disk writes, until nothing moves; `isLost` drops packets. */
  settle(isLost: (packet: Packet, message: SignedMessage | null) => boolean = () => false): void {
    for (let round = 0; round < 2000; round++) {
      for (const node of this.nodes) {
        this.flush(node)
        this.sync(node)
        this.flush(node)
      }
      if (this.packets.length === 0 && !this.nodes.some((node) => node.isUp && (node.isFlushDue || node.disk.pendingWrites > 0))) return
      const packets = this.packets
      this.packets = []
      for (const packet of packets) if (!isLost(packet, decodeFrame(packet.bytes))) this.deliver(packet)
    }
    throw new Error('the group does not come to rest')
  }

  /** Everything that is under way now arrives, and nothing that it leads to. */
  hop(): void {
    const packets = this.packets
    this.packets = []
    for (const packet of packets) this.deliver(packet)
    for (const node of this.nodes) {
      for (let round = 0; round < 4; round++) {
        this.flush(node)
        this.sync(node)
      }
      this.flush(node)
    }
  }

  /** Time passes for all, one tick after another, and everything arrives in between. */
  run(ticks: number, isLost?: (packet: Packet, message: SignedMessage | null) => boolean): void {
    for (let i = 0; i < ticks; i++) {
      for (const node of this.nodes) this.tick(node)
      this.settle(isLost)
    }
  }
}
