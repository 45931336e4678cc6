/** Multi-Paxos under the driver, on in-memory ports: nothing moves unless the test moves it. */
import { present, seededRandom } from '../../../src/core/base'
import type { Control, ControlOutcome } from '../../../src/core/machine'
import { paxosProtocol, type PaxosMachine, type PaxosOptions } from '../../../src/core/paxos'
import { decodeReply, encodeCommand, encodeQuery, ReplicatedMachine } from '../../../src/core/statemachine'
import { Driver, type DriverLimits, type ProposalOutcome, type ReadOutcome } from '../../../src/runtime/driver'
import type { RecoveredRecord } from '../../../src/runtime/ports'
import { MemoryDisk } from '../memory-disk'

const utf8 = new TextEncoder()
const text = new TextDecoder()
const CLIENT = '00000000000000c1'

interface DrivenNode {
  readonly id: string
  readonly disk: MemoryDisk
  driver: Driver<PaxosMachine>
  isUp: boolean
  isFlushDue: boolean
}

export class DrivenCluster {
  readonly nodes = new Map<string, DrivenNode>()
  readonly #founders: readonly string[]
  readonly #random = seededRandom(7)
  readonly #options: Partial<PaxosOptions>
  readonly #limits: Partial<DriverLimits>
  #packets: { readonly from: string; readonly to: string; readonly frame: Uint8Array }[] = []
  readonly cut = new Set<string>()
  #sequence = 0

  constructor(founders: readonly string[], options: Partial<PaxosOptions> = {}, limits: Partial<DriverLimits> = {}) {
    this.#founders = founders
    this.#options = options
    this.#limits = limits
    for (const id of founders) this.add(id)
  }

  add(id: string): void {
    const node: DrivenNode = { id, disk: new MemoryDisk(4), driver: undefined as unknown as Driver<PaxosMachine>, isUp: true, isFlushDue: false }
    this.nodes.set(id, node)
    node.driver = this.#open(node, [])
  }

  #open(node: DrivenNode, recovered: readonly RecoveredRecord[]): Driver<PaxosMachine> {
    const opened = Driver.open({
      protocol: paxosProtocol({ alpha: 16, ...this.#options }), groupId: 'group', nodeId: node.id,
      members: this.#founders.map((id) => ({ id, name: id, address: `memory:${id}`, voter: true })),
      timing: { tickMs: 10, electionTicks: 10, heartbeatTicks: 3 }, random: this.#random, storage: node.disk,
      transport: { send: (to, frame) => { this.#packets.push({ from: node.id, to, frame }) }, statistics: () => [] },
      stateMachine: new ReplicatedMachine(), recovered, limits: this.#limits,
      requestFlush: () => { node.isFlushDue = true },
      onStopped: (failure) => { throw new Error(failure.message) },
    })
    if (!opened.ok) throw new Error(opened.error.message)
    return opened.value
  }

  node(id: string): DrivenNode {
    return present(this.nodes.get(id), `there is a node ${id}`)
  }

  /** Delivers, syncs and flushes until nothing moves. */
  settle(): void {
    for (let isMoving = true; isMoving; ) {
      const packets = this.#packets
      this.#packets = []
      isMoving = packets.length > 0
      for (const { from, to, frame } of packets) {
        const node = this.nodes.get(to)
        if (node?.isUp && !this.cut.has(from) && !this.cut.has(to)) node.driver.receive(from, frame.slice())
      }
      for (const node of this.nodes.values()) {
        if (!node.isUp) continue
        if (node.isFlushDue) {
          node.isFlushDue = false
          node.driver.flush()
          isMoving = true
        }
        if (node.disk.pendingWrites > 0) {
          node.disk.sync()
          isMoving = true
        }
      }
    }
  }

  run(ticks: number): void {
    for (let i = 0; i < ticks; i++) {
      for (const node of this.nodes.values()) if (node.isUp) node.driver.tick()
      this.settle()
    }
  }

  elect(): string {
    for (let i = 0; i < 200; i++) {
      this.run(1)
      const leaders = [...this.nodes.values()].filter(({ isUp, driver }) => isUp && driver.status().isLeader)
      if (leaders.length === 1) return (leaders[0] as DrivenNode).id
    }
    throw new Error('no leader was elected')
  }

  crash(id: string, kept = 0): void {
    const node = this.node(id)
    node.isUp = false
    node.isFlushDue = false
    node.driver.stop()
    this.#found.set(id, node.disk.crash(kept))
  }

  readonly #found = new Map<string, readonly RecoveredRecord[]>()

  restart(id: string): void {
    const node = this.node(id)
    node.driver = this.#open(node, this.#found.get(id) ?? [])
    node.isUp = true
  }

  put(id: string, key: string, value: string): ProposalOutcome[] {
    const outcomes: ProposalOutcome[] = []
    if (this.#sequence === 0) this.node(id).driver.propose(encodeCommand({ kind: 'open-session', clientId: CLIENT }), () => undefined)
    const sequence = ++this.#sequence
    const operation = { kind: 'put' as const, key, value: utf8.encode(value) }
    const command = encodeCommand({ kind: 'operate', clientId: CLIENT, sequence, lowestOutstanding: Math.max(1, sequence - 8), operation })
    this.node(id).driver.propose(command, (outcome) => outcomes.push(outcome))
    return outcomes
  }

  get(id: string, key: string): { readonly outcomes: ReadOutcome[]; readonly values: string[] } {
    const outcomes: ReadOutcome[] = []
    const values: string[] = []
    this.node(id).driver.read(encodeQuery({ kind: 'get', key }), (outcome) => {
      outcomes.push(outcome)
      const reply = outcome.kind === 'answered' ? decodeReply(outcome.reply) : null
      if (reply?.kind === 'value') values.push(text.decode(reply.value))
    })
    return { outcomes, values }
  }

  control(id: string, request: Control): ControlOutcome[] {
    const outcomes: ControlOutcome[] = []
    this.node(id).driver.control(request, (outcome) => outcomes.push(outcome))
    return outcomes
  }

  hashes(): Set<string> {
    return new Set([...this.nodes.values()].filter(({ isUp }) => isUp).map(({ driver }) => driver.status().stateHash))
  }
}
