/** Machines on disks and a network in memory, for tests: nothing moves unless the test moves it. */
import { assert, present, seededRandom, utf8Decode, utf8Encode, type Random } from '../base'
import type {
  Control, ControlOutcome, MachineLimits, ProposalRefusal, Timing, Committed, MachineEvent, Persist,
} from '../machine'
import type { MemberClaim } from '../observation'
import { TestDisk, type Snapshot } from './disk.fixture'
import type { PaxosMachine } from './paxos'
import { paxosProtocol } from './protocol'
import type { PaxosOptions } from './types'

export const TEST_LIMITS: MachineLimits = {
  commandBytesMax: 4096, readsWaitingMax: 1000, appendBytesMax: 400, inflightMessagesMax: 4, inflightBytesMax: 2000, uncommittedBytesMax: 20_000,
  logWindowBytesMax: 800, applyBytesMax: 600, trailingEntriesMax: 5, snapshotChunkBytes: 16, snapshotBytesMax: 1_000_000,
}
export const TEST_TIMING: Timing = { tickMs: 10, electionTicks: 10, heartbeatTicks: 3 }

/** A state machine that keeps the last command of each key, `key=value`. */
export class TestState {
  keys = new Map<string, string>()
  count = 0

  apply(command: string): void {
    const at = command.indexOf('=')
    this.keys.set(command.slice(0, at), command.slice(at + 1))
    this.count++
  }

  bytes(): Uint8Array {
    return utf8Encode([String(this.count), ...[...this.keys].sort().map(([key, value]) => `${key}=${value}`)].join('\n'))
  }

  restore(bytes: Uint8Array): void {
    const [count, ...pairs] = (utf8Decode(bytes) ?? '').split('\n')
    this.count = Number(count)
    this.keys = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
  }
}

export interface Packet {
  readonly from: string
  readonly to: string
  readonly kind: string
  readonly bytes: Uint8Array
}

export type Outcome =
  | { readonly kind: 'applied'; readonly index: number; readonly command: string }
  | { readonly kind: 'refused'; readonly refusal: ProposalRefusal }
  | { readonly kind: 'read'; readonly index: number }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'control'; readonly outcome: ControlOutcome }

export interface ClusterOptions {
  readonly ids: readonly string[]
  readonly learners?: readonly string[]
  readonly seed?: number
  readonly options?: Partial<PaxosOptions>
  readonly limits?: Partial<MachineLimits>
  readonly timing?: Timing
  readonly onApplied?: (node: TestNode, committed: Committed) => void
  /** After every turn. */
  readonly onTurn?: (node: TestNode) => void
  readonly onRestart?: (node: TestNode) => void
}

/** Carries out the effects of one machine, in the order of the contract. */
export class TestNode {
  readonly id: string
  readonly disk = new TestDisk()
  readonly cluster: TestCluster
  machine: PaxosMachine
  state = new TestState()
  isUp = true
  incarnation = 0
  events: MachineEvent[] = []
  installs = 0
  #latest: Snapshot | null = null
  #waitingReads: { readonly index: number; readonly token: number }[] = []

  constructor(cluster: TestCluster, id: string) {
    this.cluster = cluster
    this.id = id
    this.machine = this.#open()
  }

  #open(): PaxosMachine {
    const { options } = this.cluster
    const members = this.cluster.claims
    const recovery = paxosProtocol({ alpha: 8, ...options.options }).recover({
      groupId: 'group', nodeId: this.id, members, timing: options.timing ?? TEST_TIMING, random: this.cluster.random, storage: this.disk,
      snapshots: {
        latest: () => this.#latest?.head ?? null,
        read: (head, chunk) => (this.#latest?.head.index === head.index ? this.#latest.chunks[chunk] ?? null : null),
      },
      limits: { ...TEST_LIMITS, ...options.limits },
    })
    this.#latest = null
    this.state = new TestState()
    for (const { item, location } of this.disk.found()) {
      const fed = 'snapshot' in item ? recovery.snapshot(item.snapshot.head) : recovery.record({ ...item, location })
      if (!fed.ok) throw new Error(fed.error.message)
      if ('snapshot' in item && item.snapshot.head.index >= (this.#latest?.head.index ?? 0)) this.#latest = item.snapshot
    }
    if (this.#latest) this.state.restore(joined(this.#latest.chunks))
    const machine = recovery.finish()
    if (!machine.ok) throw new Error(machine.error.message)
    return machine.value
  }

  flush(): void {
    if (!this.isUp) return
    const { machine } = this
    const effects = machine.drain()
    if (effects.persist) this.#persist(effects.persist)
    for (const frame of effects.send) this.cluster.send(this.id, frame.to, frame.kind, frame.bytes)
    const { install } = effects
    if (install) {
      const incarnation = this.incarnation
      this.disk.append([{ snapshot: install }, ...machine.hardRecords()], () => {
        if (incarnation !== this.incarnation) return
        this.#latest = install
        this.installs++
        this.state.restore(joined(install.chunks))
        machine.installed(install.head)
        this.#release()
      })
    }
    for (const committed of effects.apply) this.#apply(committed)
    const last = effects.apply.at(-1)
    if (last) machine.applied(last.index)
    for (const { index, tokens } of effects.safeReads) for (const token of tokens) this.#waitingReads.push({ index, token })
    this.#answerReads()
    for (const { token, refusal } of effects.refused) this.cluster.settle(token, { kind: 'refused', refusal })
    for (const token of effects.droppedReads) this.cluster.settle(token, { kind: 'dropped' })
    for (const { token, outcome } of effects.controls) this.cluster.settle(token, { kind: 'control', outcome })
    this.events.push(...effects.events)
    this.cluster.options.onTurn?.(this)
  }

  #answerReads(): void {
    const { appliedIndex } = this.machine.status()
    this.#waitingReads = this.#waitingReads.filter(({ index, token }) => {
      if (index > appliedIndex) return true
      this.cluster.settle(token, { kind: 'read', index: appliedIndex })
      return false
    })
  }

  #persist(persist: Persist): void {
    const { incarnation, machine } = this
    const locations = this.disk.append(persist.records, () => {
      if (incarnation !== this.incarnation) return
      for (const frame of persist.thenSend) this.cluster.send(this.id, frame.to, frame.kind, frame.bytes)
      machine.persisted(persist.completion)
    })
    machine.located(persist.completion, locations)
  }

  #apply(committed: Committed): void {
    this.cluster.options.onApplied?.(this, committed)
    if (committed.command === null) return
    const command = utf8Decode(committed.command) ?? ''
    this.state.apply(command)
    if (committed.token > 0) this.cluster.settle(committed.token, { kind: 'applied', index: committed.index, command })
  }

  /** Takes a snapshot of the state as applied, as a driver's policy would. */
  snapshot(): void {
    const { machine, incarnation } = this
    const index = machine.status().appliedIndex
    if (index <= (this.#latest?.head.index ?? 0)) return
    const state = this.state.bytes()
    const size = { ...TEST_LIMITS, ...this.cluster.options.limits }.snapshotChunkBytes
    const chunks: Uint8Array[] = []
    for (let at = 0; at < state.length; at += size) chunks.push(state.slice(at, at + size))
    const head = { index, meta: machine.snapshotMeta(index, state), stateBytes: state.length, stateHash: String(this.state.count), chunks: chunks.length }
    const snapshot = { head, chunks }
    this.disk.append([{ snapshot }, ...machine.hardRecords()], () => {
      if (incarnation !== this.incarnation || index <= (this.#latest?.head.index ?? 0)) return
      this.#latest = snapshot
      machine.snapshotDurable(head)
      this.#release()
    })
  }

  #release(): void {
    let snapshotAt = 0
    for (const { item, location } of this.disk.found()) if ('snapshot' in item && item.snapshot === this.#latest) snapshotAt = location
    this.disk.release(Math.min(snapshotAt, this.machine.oldestNeeded() ?? snapshotAt))
  }

  tick(): void {
    if (this.isUp) this.machine.tick()
  }

  crash(kept = 0): void {
    if (!this.isUp) return
    this.isUp = false
    this.incarnation++
    this.disk.crash(Math.min(kept, this.disk.unsynced))
    this.#waitingReads = []
  }

  restart(): void {
    if (this.isUp) return
    this.isUp = true
    this.machine = this.#open()
    this.events = []
    this.cluster.options.onRestart?.(this)
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

export class TestCluster {
  readonly options: ClusterOptions
  readonly random: Random
  readonly claims: readonly MemberClaim[]
  readonly nodes = new Map<string, TestNode>()
  packets: Packet[] = []
  readonly outcomes = new Map<number, Outcome>()
  onSettled: ((token: number, outcome: Outcome) => void) | null = null
  /** Pairs `from>to` that lose everything. */
  readonly cut = new Set<string>()
  #nextToken = 1

  constructor(options: ClusterOptions) {
    this.options = options
    this.random = seededRandom(options.seed ?? 1)
    const claim = (voter: boolean) => (id: string): MemberClaim => ({ id, name: id, address: `memory:${id}`, voter })
    this.claims = [...options.ids.map(claim(true)), ...(options.learners ?? []).map(claim(false))]
    for (const { id } of this.claims) this.nodes.set(id, new TestNode(this, id))
  }

  /** A node that is not a member yet. */
  join(id: string): TestNode {
    const node = new TestNode(this, id)
    this.nodes.set(id, node)
    return node
  }

  node(id: string): TestNode {
    return present(this.nodes.get(id), `there is a node ${id}`)
  }

  token(): number {
    return this.#nextToken++
  }

  settle(token: number, outcome: Outcome): void {
    assert(!this.outcomes.has(token), 'a token comes back once')
    this.outcomes.set(token, outcome)
    this.onSettled?.(token, outcome)
  }

  send(from: string, to: string, kind: string, bytes: Uint8Array): void {
    if (!this.cut.has(`${from}>${to}`)) this.packets.push({ from, to, kind, bytes: bytes.slice() })
  }

  deliver({ from, to, bytes }: Packet): void {
    const node = this.nodes.get(to)
    if (node?.isUp && !this.cut.has(`${from}>${to}`)) node.machine.receive(from, bytes.slice())
  }

  /** Cuts both ways between every member of one group and those of the others. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.heal()
    for (const one of groups) for (const other of groups) if (one !== other) for (const a of one) for (const b of other) this.cut.add(`${a}>${b}`)
  }

  cutLink(one: string, other: string): void {
    this.cut.add(`${one}>${other}`)
    this.cut.add(`${other}>${one}`)
  }

  heal(): void {
    this.cut.clear()
  }

  propose(id: string, ...commands: string[]): number[] {
    const tokens = commands.map(() => this.token())
    this.node(id).machine.propose(commands.map(utf8Encode), tokens)
    return tokens
  }

  /** The token, or null where the machine refuses the read. */
  read(id: string): number | null {
    const token = this.token()
    return this.node(id).machine.read(token).kind === 'waiting' ? token : null
  }

  control(id: string, control: Control): number {
    const token = this.token()
    this.node(id).machine.control(token, control)
    return token
  }

  /** Delivers, syncs and flushes until nothing moves. */
  settleDown(): void {
    for (let turns = 0; turns < 10_000; turns++) {
      const packets = this.packets
      this.packets = []
      for (const packet of packets) this.deliver(packet)
      let isMoving = packets.length > 0
      for (const node of this.nodes.values()) {
        if (!node.isUp) continue
        if (node.machine.hasEffects) {
          node.flush()
          isMoving = true
        }
        if (node.disk.pending > 0) {
          node.disk.sync()
          isMoving = true
        }
      }
      if (!isMoving) return
    }
    throw new Error('the cluster does not come to rest')
  }

  /** So many ticks at every node, each followed by rest. */
  run(ticks: number): void {
    for (let i = 0; i < ticks; i++) {
      for (const node of this.nodes.values()) node.tick()
      this.settleDown()
    }
  }

  leaders(): string[] {
    return [...this.nodes.values()].filter((node) => node.isUp && node.machine.status().isLeader).map((node) => node.id)
  }

  /** Runs until there is exactly one leader, and gives it. */
  elect(): string {
    for (let i = 0; i < 200; i++) {
      const [leader, ...others] = this.leaders()
      if (leader !== undefined && others.length === 0) return leader
      this.run(1)
    }
    throw new Error('no leader was elected')
  }
}
