/**
 * A Byzantine replica: a correct machine whose words are twisted on their way out. It signs with its own key only, so that what it cannot
 * do in theory it cannot do here. The simulator and a sandbox node use the same one; `behave` changes it while it runs.
 */
import { toHex, type Random } from '../base'
import type {
  Control, Effects, Frame, LogEntryView, LogRecord, MachineStatus, ProtocolMachine, ReadAnswer, RecordLocation, Signer, SnapshotHead,
} from '../machine'
import type { GroupObservation, MemberClaim } from '../observation'
import { decodeFrame } from './codec'
import { Group } from './group'
import { doubleVotes, equivocate } from './liar-equivocation'
import { forge } from './liar-forgery'

/**
 * equivocate: different batches, digests and votes to different replicas, all properly signed. forge: other replicas' names, altered
 * certificates, states and batches. silent: says nothing. withhold: drops some kinds to some replicas. replay: old frames again.
 * garbage: bytes that mean nothing, or nearly something.
 */
export type Behaviour = 'honest' | 'equivocate' | 'forge' | 'silent' | 'withhold' | 'replay' | 'garbage'

export interface LiarOptions {
  readonly groupId: string
  readonly nodeId: string
  readonly members: readonly MemberClaim[]
  /** Of this node, like the correct machine's. */
  readonly signer: Signer
  readonly random: Random
  /** It makes up commands of clients as well: only where clients sign theirs (`authenticate`) can the others tell. */
  readonly inventsCommands?: boolean
}

/** What the kinds of lies work with. */
export interface LiarTools {
  readonly group: Group
  readonly random: Random
  readonly inventsCommands: boolean
  /** How often a pre-prepare was told, by receiver, view and sequence number. */
  readonly told: Map<string, number>
}

const REMEMBERED_FRAMES = 128
const GARBAGE_BYTES_MAX = 200
/** How often a frame is twisted rather than sent as it is, where the behaviour leaves a choice. */
const OFTEN = 0.5
const SELDOM = 0.2

export class LiarMachine implements ProtocolMachine {
  readonly #inner: ProtocolMachine
  readonly #tools: LiarTools
  readonly #remembered: Frame[] = []
  #behaviour: Behaviour = 'honest'
  #extra: Frame[] = []
  #withheld = new Set<string>()
  readonly #answered = new Set<string>()

  constructor(inner: ProtocolMachine, options: LiarOptions) {
    this.#inner = inner
    const voters = options.members.filter((member) => member.voter).map((member) => member.id)
    const { inventsCommands = false } = options
    this.#tools = { group: new Group(options.groupId, options.nodeId, voters, options.signer), random: options.random, inventsCommands, told: new Map() }
  }

  get behaviour(): Behaviour {
    return this.#behaviour
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour
    this.#extra = []
    const { group, random } = this.#tools
    const others = group.replicas.filter((_, i) => i !== group.me)
    this.#withheld = new Set(others.filter(() => random.next() < OFTEN))
    for (const kind of ['pre-prepare', 'prepare', 'commit', 'view-change', 'new-view', 'checkpoint', 'batch', 'entries']) {
      if (random.next() < OFTEN) this.#withheld.add(kind)
    }
  }

  /** What this replica tells a client in place of `reply`; null where it says nothing. */
  lies(reply: Uint8Array): Uint8Array | null {
    switch (this.#behaviour) {
      case 'honest':
      case 'replay': return reply
      case 'silent': return null
      case 'withhold': return this.#tools.random.next() < OFTEN ? null : reply
      case 'equivocate':
      case 'forge':
      case 'garbage': return reply.length === 0 ? Uint8Array.of(this.#tools.random.integer(0, 256)) : flipped(reply, this.#tools.random)
    }
  }

  drain(): Effects {
    const effects = this.#inner.drain()
    const send = effects.send.flatMap((frame) => this.#twist(frame))
    send.push(...this.#extra)
    this.#extra = []
    const persist = effects.persist && { ...effects.persist, thenSend: effects.persist.thenSend.flatMap((frame) => this.#twist(frame)) }
    return { ...effects, send, persist }
  }

  #twist(frame: Frame): Frame[] {
    const { random } = this.#tools
    this.#remembered.push(frame)
    if (this.#remembered.length > REMEMBERED_FRAMES) this.#remembered.shift()
    switch (this.#behaviour) {
      case 'honest': return [frame]
      case 'silent': return []
      case 'withhold': return this.#withheld.has(frame.kind) && this.#withheld.has(frame.to) ? [] : [frame]
      case 'replay': {
        const old = this.#remembered[random.integer(0, this.#remembered.length)]
        if (!old || random.next() >= OFTEN) return [frame]
        return random.next() < OFTEN ? [frame, old] : [frame, { ...old, to: frame.to }]
      }
      case 'garbage':
        if (random.next() < SELDOM) return [frame]
        return [{ ...frame, bytes: random.next() < OFTEN ? noise(random) : flipped(frame.bytes, random) }]
      case 'forge': return forge(this.#tools, frame)
      case 'equivocate': return equivocate(this.#tools, frame)
    }
  }

  /** Two liars would go on answering each other. */
  #isFirst(from: string, signed: Uint8Array): boolean {
    const key = `${from} ${toHex(signed)}`
    if (this.#answered.has(key)) return false
    if (this.#answered.size >= REMEMBERED_FRAMES) this.#answered.clear()
    this.#answered.add(key)
    return true
  }

  receive(from: string, bytes: Uint8Array): string | null {
    if (this.#behaviour === 'equivocate') {
      const found = decodeFrame(bytes)
      if (found && this.#isFirst(from, found.signed)) this.#extra.push(...doubleVotes(this.#tools, from, found))
    }
    if (this.#behaviour === 'replay' && this.#tools.random.next() < SELDOM) {
      this.#remembered.push({ to: this.#tools.group.idOf(this.#tools.random.integer(0, this.#tools.group.replicas.length)), kind: 'replayed', bytes })
    }
    return this.#inner.receive(from, bytes)
  }

  get hasEffects(): boolean {
    return this.#extra.length > 0 || this.#inner.hasEffects
  }

  tick(): void {
    this.#inner.tick()
  }

  propose(commands: readonly Uint8Array[], tokens: readonly number[]): void {
    this.#inner.propose(commands, tokens)
  }

  read(token: number): ReadAnswer {
    return this.#inner.read(token)
  }

  control(token: number, control: Control): void {
    this.#inner.control(token, control)
  }

  located(completion: unknown, locations: readonly RecordLocation[]): void {
    this.#inner.located(completion, locations)
  }

  persisted(completion: unknown): void {
    this.#inner.persisted(completion)
  }

  applied(index: number): void {
    this.#inner.applied(index)
  }

  snapshotMeta(index: number, state: Uint8Array): Uint8Array {
    return this.#inner.snapshotMeta(index, state)
  }

  snapshotDurable(head: SnapshotHead): void {
    this.#inner.snapshotDurable(head)
  }

  installed(head: SnapshotHead): void {
    this.#inner.installed(head)
  }

  installRefused(head: SnapshotHead): void {
    this.#inner.installRefused?.(head)
  }

  hardRecords(): readonly LogRecord[] {
    return this.#inner.hardRecords()
  }

  oldestNeeded(): RecordLocation | null {
    return this.#inner.oldestNeeded()
  }

  get members(): readonly MemberClaim[] {
    return this.#inner.members
  }

  status(): MachineStatus {
    return this.#inner.status()
  }

  describe(): GroupObservation {
    return this.#inner.describe()
  }

  entries(from: number, to: number): readonly LogEntryView[] {
    return this.#inner.entries(from, to)
  }
}

function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: random.integer(0, GARBAGE_BYTES_MAX) }, () => random.integer(0, 256))
}

/** A copy with one bit changed. */
export function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice()
  const at = random.integer(0, Math.max(1, copy.length))
  if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << random.integer(0, 8))
  return copy
}
