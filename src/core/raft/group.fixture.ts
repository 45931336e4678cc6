/**
 * A group of Raft machines for tests: disks, network and state in memory, nothing moves unless the test moves it. The state is the list of
 * commands, so that a test sees what was applied. Snapshots are taken when the test says so.
 */
import { present, seededRandom, utf8Decode, utf8Encode, type Random } from '../base'
import type { Control, ControlOutcome, Effects, Frame, LogRecord, MachineEvent, Persist, ProposalRefusal, RecoveredRecord, SnapshotHead } from '../machine'
import type { MemberClaim } from '../observation'
import { decodeMessage, raftProtocol, type Message, type RaftMachine, type RaftOptions } from './index'

const LIMITS = {
  commandBytesMax: 1000, readsWaitingMax: 100, appendBytesMax: 200, inflightMessagesMax: 4, inflightBytesMax: 2000, uncommittedBytesMax: 4000,
  logWindowBytesMax: 200, applyBytesMax: 1000, trailingEntriesMax: 2, snapshotChunkBytes: 8, snapshotBytesMax: 10_000,
}

export interface Packet {
  readonly from: string
  readonly frame: Frame
}

type Stored = { readonly snapshot: { readonly head: SnapshotHead; readonly chunks: readonly Uint8Array[] } } | LogRecord

export class GroupNode {
  readonly id: string
  readonly group: Group
  readonly members: readonly MemberClaim[]
  options: Partial<RaftOptions>
  machine!: RaftMachine
  isUp = true
  applied: string[] = []
  readonly outcomes = new Map<number, 'applied' | ProposalRefusal>()
  readonly readAnswers = new Map<number, string>()
  readonly controls = new Map<number, ControlOutcome>()
  readonly events: MachineEvent[] = []
  /** Storage: records and snapshots in the order written; those from `durable` on are lost in a crash. */
  #stored: Stored[] = []
  #durable = 0
  #pending: Persist[] = []
  #snapshot: { readonly head: SnapshotHead; readonly chunks: readonly Uint8Array[] } | null = null
  #safe: { index: number; tokens: readonly number[] }[] = []
  isDiskHeld = false
  snapshotsInstalled = 0

  constructor(group: Group, id: string, members: readonly MemberClaim[], options: Partial<RaftOptions>) {
    this.group = group
    this.id = id
    this.members = members
    this.options = options
    this.open()
  }

  open(): void {
    const recovery = raftProtocol(this.options).recover({
      groupId: 'g', nodeId: this.id, members: this.members, timing: { tickMs: 10, electionTicks: 10, heartbeatTicks: 2 }, random: this.group.random,
      limits: LIMITS, storage: { read: (location) => this.#stored[location] as LogRecord },
      snapshots: {
        latest: () => this.#snapshot?.head ?? null,
        read: (head, chunk) => (head.index === this.#snapshot?.head.index ? this.#snapshot.chunks[chunk] ?? null : null),
      },
    })
    this.applied = []
    this.#snapshot = null
    for (const [location, each] of this.#stored.entries()) {
      if ('snapshot' in each) {
        this.#snapshot = each.snapshot
        recovery.snapshot(each.snapshot.head)
      } else {
        const read = recovery.record({ ...each, location } satisfies RecoveredRecord)
        if (!read.ok) throw new Error(read.error.message)
      }
    }
    if (this.#snapshot) this.#restore(this.#snapshot.chunks)
    const finished = recovery.finish()
    if (!finished.ok) throw new Error(finished.error.message)
    this.machine = finished.value
    this.isUp = true
  }

  crash(): void {
    this.isUp = false
    this.#stored.length = this.#durable
    this.#pending = []
    this.#safe = []
  }

  get storedKinds(): string[] {
    return this.#stored.map((each) => ('snapshot' in each ? `snapshot ${each.snapshot.head.index}` : `record ${each.type}`))
  }

  #restore(chunks: readonly Uint8Array[]): void {
    const text = chunks.map((chunk) => present(utf8Decode(chunk), 'text')).join('')
    this.applied = text === '' ? [] : text.split(',')
  }

  sync(): void {
    if (!this.isUp) return
    this.#durable = this.#stored.length
    for (const persist of this.#pending.splice(0)) {
      this.group.post(this.id, persist.thenSend)
      this.machine.persisted(persist.completion)
    }
  }

  flush(): void {
    if (!this.isUp || !this.machine.hasEffects) return
    const effects = this.machine.drain()
    if (effects.persist) {
      const first = this.#stored.length
      this.#stored.push(...effects.persist.records.map(({ type, payload }) => ({ type, payload: payload.slice() })))
      this.machine.located(effects.persist.completion, effects.persist.records.map((_, i) => first + i))
      this.#pending.push(effects.persist)
      if (!this.isDiskHeld) this.sync()
    }
    this.group.post(this.id, effects.send)
    this.#install(effects)
    for (const { index, command, token } of effects.apply) {
      if (command !== null) this.applied.push(present(utf8Decode(command), 'a command of these tests is text'))
      if (token !== 0) this.outcomes.set(token, 'applied')
      this.machine.applied(index)
    }
    for (const { token, refusal } of effects.refused) this.outcomes.set(token, refusal)
    for (const token of effects.droppedReads) this.readAnswers.set(token, 'dropped')
    for (const { token, outcome } of effects.controls) this.controls.set(token, outcome)
    this.events.push(...effects.events)
    this.#safe.push(...effects.safeReads)
    const applied = this.machine.status().appliedIndex
    for (const { tokens } of this.#safe.filter(({ index }) => index <= applied)) {
      for (const token of tokens) this.readAnswers.set(token, this.applied.join(','))
    }
    this.#safe = this.#safe.filter(({ index }) => index > applied)
  }

  #install({ install }: Effects): void {
    if (!install) return
    this.#stored.push({ snapshot: install }, ...this.machine.hardRecords())
    this.#durable = this.#stored.length
    this.#snapshot = install
    this.#restore(install.chunks)
    this.snapshotsInstalled++
    this.machine.installed(install.head)
  }

  /** Takes a snapshot of what is applied; the log is compacted behind it. */
  takeSnapshot(): void {
    const index = this.machine.status().appliedIndex
    const state = utf8Encode(this.applied.join(','))
    const chunks: Uint8Array[] = []
    for (let at = 0; at === 0 || at < state.length; at += LIMITS.snapshotChunkBytes) chunks.push(state.subarray(at, at + LIMITS.snapshotChunkBytes))
    const head = { index, meta: this.machine.snapshotMeta(index), stateBytes: state.length, stateHash: this.applied.join(','), chunks: chunks.length }
    this.sync()
    this.#snapshot = { head, chunks }
    this.#stored.push({ snapshot: this.#snapshot }, ...this.machine.hardRecords())
    this.#durable = this.#stored.length
    this.machine.snapshotDurable(head)
  }
}

export class Group {
  readonly random: Random
  readonly nodes = new Map<string, GroupNode>()
  packets: Packet[] = []
  readonly cut = new Set<string>()
  /** Returns true for a message that is to be lost. */
  loses: (from: string, to: string, message: Message) => boolean = () => false
  /** Returns true for a message that comes twice. */
  doubles: (from: string, to: string, message: Message) => boolean = () => false
  readonly delivered: string[] = []
  #token = 0

  constructor(ids: readonly string[], options: Partial<RaftOptions> = {}, seed = 1, witnesses: readonly string[] = []) {
    this.random = seededRandom(seed)
    const members = ids.map((id): MemberClaim => ({ ...claim(id, true), ...(witnesses.includes(id) ? { witness: true } : {}) }))
    for (const id of ids) this.nodes.set(id, new GroupNode(this, id, members, options))
  }

  /** A node that is to be added: it knows some members, and itself as no voter. */
  join(id: string, known: readonly string[], options: Partial<RaftOptions> = {}): GroupNode {
    const node = new GroupNode(this, id, [...known.map((each) => claim(each, true)), claim(id, false)], options)
    this.nodes.set(id, node)
    return node
  }

  node(id: string): GroupNode {
    return present(this.nodes.get(id), `there is a node ${id}`)
  }

  post(from: string, frames: readonly Frame[]): void {
    for (const frame of frames) this.packets.push({ from, frame })
  }

  isolate(id: string): void {
    this.cut.add(id)
  }

  heal(): void {
    this.cut.clear()
  }

  /** Delivers and flushes until nothing moves. */
  settle(): void {
    for (let round = 0; round < 500; round++) {
      for (const node of this.nodes.values()) node.flush()
      const packets = this.packets.splice(0)
      if (packets.length === 0 && ![...this.nodes.values()].some((node) => node.isUp && node.machine.hasEffects)) return
      for (const { from, frame } of packets) this.#deliver(from, frame)
    }
    throw new Error('the group does not come to rest')
  }

  #deliver(from: string, frame: Frame): void {
    const node = this.nodes.get(frame.to)
    if (!node?.isUp || this.cut.has(from) || this.cut.has(frame.to)) return
    const message = present(decodeMessage(frame.bytes), 'a node sends what decodes')
    if (this.loses(from, frame.to, message)) return
    for (let times = this.doubles(from, frame.to, message) ? 2 : 1; times > 0; times--) {
      this.delivered.push(`${from}->${frame.to} ${frame.kind}`)
      node.machine.receive(from, frame.bytes.slice())
    }
  }

  tick(times = 1, only?: string): void {
    for (let i = 0; i < times; i++) {
      for (const node of this.nodes.values()) if (node.isUp && (only === undefined || node.id === only)) node.machine.tick()
      this.settle()
    }
  }

  /** Lets time pass on one node until it leads; the others hear of it. */
  elect(id: string): void {
    // The others must not trust an old leader any more.
    for (let i = 0; i < 100 && !this.node(id).machine.status().isLeader; i++) this.tick(1, id)
    this.settle()
  }

  get leader(): GroupNode {
    const leading = [...this.nodes.values()].filter((node) => node.isUp && node.machine.status().isLeader)
    return present(leading.sort((one, other) => other.machine.status().term - one.machine.status().term)[0], 'someone leads')
  }

  propose(id: string, ...commands: string[]): number[] {
    const tokens = commands.map(() => ++this.#token)
    this.node(id).machine.propose(commands.map(utf8Encode), tokens)
    this.settle()
    return tokens
  }

  read(id: string): number {
    const token = ++this.#token
    const answer = this.node(id).machine.read(token)
    if (answer.kind !== 'waiting') this.node(id).readAnswers.set(token, answer.kind)
    return token
  }

  control(id: string, control: Control): number {
    const token = ++this.#token
    this.node(id).machine.control(token, control)
    this.settle()
    return token
  }

  voters(id: string): string[] {
    return this.node(id).machine.members.filter((member) => member.voter).map((member) => member.id)
  }
}

const claim = (id: string, voter: boolean): MemberClaim => ({ id, name: id, address: `test:${id}`, voter })
