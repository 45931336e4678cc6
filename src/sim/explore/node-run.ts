/** One node run from its first start through a history, with its disk. */
import { assert, present, utf8Encode, type Random } from '../../core/base'
import type { Frame, LogRecord, MachineConfig, MachineLimits, ProtocolMachine, RecoveredRecord, SnapshotSource } from '../../core/machine'
import type { Subject } from './types'

export type NodeInput =
  | { readonly kind: 'deliver'; readonly from: string; readonly bytes: Uint8Array }
  /** Nothing heard for an election timeout. */
  | { readonly kind: 'timeout' }
  /** A heartbeat interval passes at a leader. */
  | { readonly kind: 'beat' }
  | { readonly kind: 'propose'; readonly number: number }
  | { readonly kind: 'crash' }

export interface NodeStep {
  readonly input: NodeInput
  /** The process dies before what this input made it write is durable; what it said without a write has been said. */
  readonly isLost: boolean
}

/** Far more than a search fills: fingerprints do not say how near a limit is. */
const LIMITS: MachineLimits = {
  commandBytesMax: 1024, readsWaitingMax: 16, appendBytesMax: 1 << 16, inflightMessagesMax: 64, inflightBytesMax: 1 << 16, uncommittedBytesMax: 1 << 16,
  logWindowBytesMax: 1 << 20, applyBytesMax: 1 << 16, trailingEntriesMax: 64, snapshotChunkBytes: 1024, snapshotBytesMax: 4096,
}
/** Terms and proposals of a scope at most: no log fills a window then. */
export const PLACES_MAX = 16
const HEARTBEAT_TICKS = 1
/** A time-out that moves nothing within so many ticks is none. */
const TIMEOUT_TICKS_MAX = 64
/** Turns until a machine must have come to rest. */
const TURNS_MAX = 100
const NO_SNAPSHOTS: SnapshotSource = { latest: () => null, read: () => null }
/** Draws the largest number always: when a node stands for election is an action of the search, not chance. */
const LAST: Random = { next: () => 0, integer: (low, high) => Math.max(low, high - 1) }

export class NodeRun<Machine extends ProtocolMachine> {
  readonly #subject: Subject<Machine>
  readonly #config: MachineConfig
  readonly #ids: readonly string[]
  /** All that was ever durable; locations are places in it. */
  readonly #records: LogRecord[] = []
  machine: Machine
  /** Sent by the last step. */
  sent: Frame[] = []
  /** The last step asked for a write. */
  hasWritten = false
  #token = 0

  constructor(subject: Subject<Machine>, ids: readonly string[], nodeId: string) {
    this.#subject = subject
    this.#ids = ids
    this.#config = {
      groupId: 'g', nodeId, members: ids.map((id) => ({ id, name: id, address: id, voter: true })),
      timing: { tickMs: 1, electionTicks: subject.electionTicks, heartbeatTicks: HEARTBEAT_TICKS },
      random: LAST, storage: { read: (location) => present(this.#records[location], 'a location is of a record') }, snapshots: NO_SNAPSHOTS, limits: LIMITS,
    }
    this.machine = this.#open()
    this.#awake()
  }

  /** What a start would make of the disk as it is. */
  get restarted(): Machine {
    return this.#open()
  }

  #open(): Machine {
    const recovery = this.#subject.protocol(this.#config.nodeId).recover(this.#config)
    for (const [location, record] of this.#records.entries()) {
      const found: RecoveredRecord = { ...record, location }
      assert(recovery.record(found).ok, 'a record that was written can be read')
    }
    const finished = recovery.finish()
    if (!finished.ok) throw new Error(finished.error.message)
    return finished.value
  }

  take({ input, isLost }: NodeStep): void {
    this.sent = []
    this.hasWritten = false
    switch (input.kind) {
      case 'deliver': this.machine.receive(input.from, input.bytes); break
      case 'timeout': this.#timeOut(); break
      case 'beat': for (let i = 0; i < HEARTBEAT_TICKS; i++) this.machine.tick(); break
      case 'propose': this.machine.propose([utf8Encode(`c${input.number}`)], [++this.#token]); break
      case 'crash': break
    }
    this.#drain(isLost)
    if (isLost || input.kind === 'crash') {
      this.machine = this.#open()
      this.#awake()
    }
    this.#settle()
  }

  /** Ticks until the node has moved on to another term, or asks for one. */
  #timeOut(): void {
    const { answer, encourage, isQuietUntilTimeout } = this.#subject
    const { nodeId } = this.#config
    const before = this.machine.status()
    for (let ticks = 0; ticks < TIMEOUT_TICKS_MAX; ticks++) {
      for (const { from, bytes } of encourage?.(this.#ids, nodeId) ?? []) this.machine.receive(from, bytes)
      this.machine.tick()
      const { role, term } = this.machine.status()
      if (term !== before.term || (role !== before.role && role !== 'follower')) break
      if (isQuietUntilTimeout && this.machine.hasEffects) break
    }
    if (!answer) return
    const asked = this.machine.drain()
    assert(asked.persist === null, 'who asks first writes nothing')
    for (const { to, kind, bytes } of asked.send) {
      const reply = answer(kind, bytes)
      if (reply) this.machine.receive(to, reply)
    }
  }

  #settle(): void {
    const ticksMax = 2 * this.#config.timing.electionTicks
    for (let ticks = 0; this.machine.status().role === 'follower' && this.#subject.isTrusting(this.machine); ticks++) {
      assert(ticks < ticksMax, 'trust ends with an election timeout')
      this.machine.tick()
      this.#drain(false)
    }
  }

  /** What a machine that was just opened does, if anything. */
  #awake(): void {
    if (this.machine.hasEffects) this.#drain(false)
  }

  /**
   * As the driver does: takes effects once after every input and every write, and then until there are none. Where `isLost`, no write
   * becomes durable, and what waits for one is never said.
   */
  #drain(isLost: boolean): void {
    for (let turns = 0, isDue = true; isDue; turns++) {
      assert(turns < TURNS_MAX, 'a machine comes to rest')
      const { persist, send, apply, install } = this.machine.drain()
      assert(install === null, 'there are no snapshots in this scope')
      this.sent.push(...send)
      const last = apply.at(-1)
      if (last) this.machine.applied(last.index)
      isDue = persist !== null || this.machine.hasEffects
      if (!persist) continue
      this.hasWritten = true
      if (isLost) return
      const first = this.#records.length
      this.#records.push(...persist.records)
      if (persist.records.length > 0) this.machine.located(persist.completion, persist.records.map((_, i) => first + i))
      this.sent.push(...persist.thenSend)
      this.machine.persisted(persist.completion)
    }
  }
}
