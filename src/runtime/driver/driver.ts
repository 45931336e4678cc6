/**
 * Carries out the effects of a protocol machine, in this order: PERSIST, THEN SEND, THEN APPLY.
 *
 * 1. Persist: the write is started first. Messages that speak of it (votes, acknowledgements) leave in its completion, never
 *    before. A failed write stops the node for good: what the disk holds is no longer known.
 * 2. Send: messages that need no write, among them a leader's entries, which travel while its own disk works.
 * 3. Apply: decided commands, whose replies go to their clients; then reads that are safe. Snapshots stand in the same order: one that
 *    comes from another member replaces the state before what is decided behind it is applied, and nothing is applied until it is
 *    durable here; one that is taken is of the state behind the last command applied.
 * 4. Execute ahead, where the machine allows it: what may be undone comes behind all that speaks of the state, and is decided or
 *    undone before anything else happens to it.
 *
 * Synchronous, without clock, timer or randomness of its own: the same driver runs in a process and in a simulator, and knows
 * no protocol.
 */
import { assert, isPlanted, ok, present, type Failure, type Result } from '../../core/base'
import type {
  Committed, Control, ControlOutcome, Effects, Frame, LogRecord, Persist, ProtocolMachine, RecordLocation, SnapshotHead, Tentative,
} from '../../core/machine'
import type { GroupObservation } from '../../core/observation'
import type { StorageFailureCode } from '../ports'
import { Ahead } from './ahead'
import { Controls } from './controls'
import { DRIVER_LIMITS, type DriverLimits } from './limits'
import { Proposals } from './proposals'
import { Reads } from './reads'
import { recover } from './recovery'
import type { SnapshotStore } from './snapshot-store'
import { Snapshots } from './snapshots'
import { Traffic } from './traffic'
import type { DriverOptions, DriverStatistics, DriverStatus, NodeDriver, OnTentative, ProposalOutcome, ReadOutcome } from './types'

/** What an entry weighs in the log beside its command, so that one that holds none counts too. */
const ENTRY_OVERHEAD_BYTES = 24

/** A write that is not yet durable. One without records rides on those before it. */
interface PendingWrite {
  readonly persist: Persist
  readonly hasRecords: boolean
}

/** What a turn gave for the state, where a snapshot has to be installed first. */
type StateStep = Pick<Effects, 'install' | 'apply' | 'checkpoint'>

export class Driver<Machine extends ProtocolMachine = ProtocolMachine> implements NodeDriver<Machine> {
  readonly machine: Machine
  readonly #options: DriverOptions<Machine>
  readonly #limits: DriverLimits
  readonly #proposals = new Proposals()
  readonly #reads = new Reads()
  readonly #controls = new Controls()
  readonly #traffic = new Map<string, Traffic>()
  readonly #writes: PendingWrite[] = []
  readonly #ahead: Ahead
  readonly #snapshots: Snapshots
  /** Wait for the snapshot that is being installed. */
  readonly #held: StateStep[] = []
  #isFlushRequested = false
  #token = 0
  #appliedIndex: number
  #entriesApplied = 0
  #appends = 0
  #strangers = 0
  #isStopped = false
  #failure: Failure<StorageFailureCode> | null = null

  /** Reads the recovered records and restores the state of the newest snapshot. Fails where they are not what a node of this version writes. */
  static open<Machine extends ProtocolMachine>(options: DriverOptions<Machine>): Result<Driver<Machine>, 'corrupt'> {
    const limits = { ...DRIVER_LIMITS, ...options.limits }
    const recovered = recover(options, limits)
    return recovered.ok ? ok(new Driver(options, limits, recovered.value.machine, recovered.value.store)) : recovered
  }

  private constructor(options: DriverOptions<Machine>, limits: DriverLimits, machine: Machine, store: SnapshotStore) {
    const { nodeId, members, stateMachine, storage } = options
    this.#options = options
    this.#limits = limits
    this.#ahead = new Ahead(stateMachine)
    this.machine = machine
    this.#appliedIndex = store.latest()?.index ?? 0
    this.#snapshots = new Snapshots({
      machine, stateMachine, store, limits,
      append: (records, durable) => this.#append(records, durable),
      release: (location) => { storage.release(location) },
      installed: (head) => { this.#installed(head) },
    })
    for (const { id } of members) if (id !== nodeId) this.#traffic.set(id, new Traffic())
    if (machine.hasEffects) this.#requestFlush()
  }

  tick(): void {
    if (this.#isStopped) return
    this.machine.tick()
    this.#requestFlush()
  }

  receive(from: string, frame: Uint8Array): void {
    if (this.#isStopped) return
    const traffic = this.#trafficWith(from)
    if (traffic === null) this.#strangers++
    // A stranger too: the members that this node knows of may be out of date, and the machine knows what it may take from whom.
    const kind = this.machine.receive(from, frame)
    traffic?.received(kind, frame.length)
    if (kind !== null) this.#requestFlush()
  }

  propose(command: Uint8Array, done: (outcome: ProposalOutcome) => void, onTentative?: OnTentative): void {
    const { commandBytesMax, proposalsWaitingMax, turnBytesMax } = this.#limits
    const proposals = this.#proposals
    if (this.#isStopped) return proposals.refuseAtOnce(done, { kind: 'not-leader', leaderId: null })
    if (command.length > commandBytesMax) return proposals.refuseAtOnce(done, { kind: 'too-large' })
    if (proposals.waiting >= proposalsWaitingMax || proposals.collectedBytes + command.length > turnBytesMax) {
      return proposals.refuseAtOnce(done, { kind: 'busy' })
    }
    proposals.collect(++this.#token, command, done, this.#ahead.isPossible ? onTentative : undefined)
    this.#requestFlush()
  }

  read(query: Uint8Array, done: (outcome: ReadOutcome) => void): void {
    const reads = this.#reads
    if (this.#isStopped) return reads.refuse(done, { kind: 'dropped', why: 'stopped' })
    if (reads.waiting >= this.#limits.readsWaitingMax) return reads.refuse(done, { kind: 'busy' })
    const token = ++this.#token
    const answer = this.machine.read(token)
    if (answer.kind !== 'waiting') return reads.refuse(done, answer)
    reads.add(token, query, done)
    this.#requestFlush()
  }

  control(request: Control, done: (outcome: ControlOutcome) => void): void {
    if (this.#isStopped) return done({ kind: 'not-leader', leaderId: null })
    if (this.#controls.waiting >= this.#limits.controlsWaitingMax) {
      return done({ kind: 'refused', code: 'not-ready', message: 'Too many changes of this group wait for their outcome.' })
    }
    const token = ++this.#token
    this.#controls.add(token, done)
    this.machine.control(token, request)
    this.#requestFlush()
  }

  flush(): void {
    this.#isFlushRequested = false
    if (this.#isStopped) return
    if (this.#proposals.hasCollected) {
      const { commands, tokens } = this.#proposals.takeCollected()
      this.machine.propose(commands, tokens)
    }
    const effects = this.machine.drain()
    if (effects.persist) this.#persist(effects.persist)
    // Storage may fail at once.
    if (this.#hasStopped()) return
    this.#send(effects.send)
    if (effects.undoTentative === true) this.#ahead.undo()
    const isTooEarly = __PLANTED__ && isPlanted('pbft/checkpoint-of-tentative-state')
    this.#changeState(isTooEarly ? { ...effects, checkpoint: false } : effects)
    if (this.#hasStopped()) return
    this.#answer(effects)
    if (effects.tentative && !this.#hasStopped()) this.#executeAhead(effects.tentative)
    if (isTooEarly && effects.checkpoint) this.#snapshots.take(this.#appliedIndex)
    for (const event of effects.events) this.#options.onEvent?.(event)
    // Entries to apply come in chunks, so that messages are looked at in between.
    if (!this.#hasStopped() && this.machine.hasEffects) this.#requestFlush()
  }

  describe(): GroupObservation {
    return this.machine.describe()
  }

  status(): DriverStatus {
    const { machine } = this
    return {
      ...machine.status(), snapshotIndex: this.#snapshots.newest?.index ?? 0, members: machine.members, stateHash: this.#options.stateMachine.hash(),
    }
  }

  statistics(): DriverStatistics {
    const { applied, refused, unknown, waiting } = this.#proposals
    const reads = this.#reads
    return {
      proposals: { applied, refused, unknown, waiting },
      reads: { answered: reads.answered, refused: reads.refused, waiting: reads.waiting },
      entriesApplied: this.#entriesApplied,
      tentative: { confirmed: this.#ahead.confirmed, undone: this.#ahead.undone },
      appends: this.#appends,
      peers: Object.fromEntries([...this.#traffic].map(([id, traffic]) => [id, traffic.snapshot()])),
      strangers: this.#strangers,
      snapshots: this.#snapshots.statistics(),
      stopped: this.#failure,
    }
  }

  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#writes.length = 0
    this.#held.length = 0
    this.#snapshots.stop()
    this.#proposals.stop()
    this.#reads.dropAll('stopped')
    this.#controls.stop()
  }

  /** A call, so that the compiler does not take an earlier answer for granted. */
  #hasStopped(): boolean {
    return this.#isStopped
  }

  #requestFlush(): void {
    if (this.#isFlushRequested) return
    this.#isFlushRequested = true
    this.#options.requestFlush()
  }

  /** Null for one who is no member as far as this node knows. */
  #trafficWith(id: string): Traffic | null {
    const found = this.#traffic.get(id)
    if (found !== undefined) return found
    if (id === this.#options.nodeId || !this.machine.members.some((member) => member.id === id)) return null
    const traffic = new Traffic()
    this.#traffic.set(id, traffic)
    return traffic
  }

  #persist(persist: Persist): void {
    const hasRecords = persist.records.length > 0
    if (!hasRecords && this.#writes.length === 0) return this.#durable(persist)
    const write: PendingWrite = { persist, hasRecords }
    this.#writes.push(write)
    if (!hasRecords) return
    this.#appends++
    if (__PLANTED__ && isPlanted('driver/sends-before-durable')) this.#send(persist.thenSend)
    const locations = this.#append(persist.records, () => { this.#completed(write) })
    this.machine.located(persist.completion, locations)
  }

  #append(records: readonly LogRecord[], durable: () => void): readonly RecordLocation[] {
    return this.#options.storage.append(records, (result) => {
      if (this.#isStopped) return
      if (result.ok) durable()
      else this.#fail(result.error)
    })
  }

  #completed(write: PendingWrite): void {
    assert(this.#writes[0] === write, 'writes become durable in the order given')
    const next = this.#writes.findIndex((each, i) => i > 0 && each.hasRecords)
    const done = this.#writes.splice(0, next < 0 ? this.#writes.length : next)
    for (const each of done) this.#durable(each.persist)
    this.#requestFlush()
  }

  #durable(persist: Persist): void {
    this.#send(persist.thenSend)
    this.machine.persisted(persist.completion)
  }

  #fail(failure: Failure<StorageFailureCode>): void {
    this.#failure = failure
    this.stop()
    this.#options.onStopped?.(failure)
  }

  #send(frames: readonly Frame[]): void {
    for (const { to, kind, bytes } of frames) {
      this.#trafficWith(to)?.sent(kind, bytes.length)
      this.#options.transport.send(to, bytes, kind)
    }
  }

  #changeState(step: StateStep): void {
    if (this.#snapshots.isInstalling) {
      // Without a copy: they are entries that the machine holds until they are applied.
      this.#held.push(step)
      return
    }
    if (step.install !== null && !this.#install(step)) return
    this.#apply(step.apply)
    // Whoever heard of an outcome may have ended this node.
    if (this.#hasStopped()) return
    const isDue = this.#options.protocol.takesCheckpoints !== true && !this.#ahead.stands && this.#snapshots.isDue(this.#appliedIndex)
    if (step.checkpoint || isDue) this.#snapshots.take(this.#appliedIndex)
  }

  /** False where the rest of the step has to wait, or must not be. */
  #install(step: StateStep): boolean {
    const received = present(step.install, 'there is a snapshot to install')
    assert(received.head.index >= this.#appliedIndex, 'a snapshot that is installed is not older than the state')
    if (this.#snapshots.install(received)) {
      this.#held.push({ ...step, install: null })
      return false
    }
    this.machine.installRefused?.(received.head)
    if (step.apply.length === 0) return true
    this.#fail({ code: 'corrupt', message: 'Commands follow a snapshot from another member that is not the state it says.' })
    return false
  }

  #installed(head: SnapshotHead): void {
    this.#appliedIndex = head.index
    this.#options.onRestored?.(head.index)
    this.machine.installed(head)
    for (const step of this.#held.splice(0)) this.#changeState(step)
    this.#requestFlush()
  }

  #apply(committed: readonly Committed[]): void {
    const last = committed.at(-1)
    if (last === undefined) return
    const { stateMachine, onApply } = this.#options
    const replies = this.#ahead.confirm(committed)
    let commands = 0
    let bytes = 0
    for (const { index, command, token } of committed) {
      bytes += ENTRY_OVERHEAD_BYTES
      if (command === null) continue
      bytes += command.length
      const reply = replies[commands++] ?? stateMachine.apply(command)
      onApply?.(index, command, reply)
      if (token !== 0) this.#proposals.applyDone(token, reply)
    }
    this.#entriesApplied += committed.length
    this.#appliedIndex = last.index
    this.#snapshots.applied(bytes)
    this.machine.applied(last.index)
  }

  /** The answers tell clients that they rest on what is not decided yet; the machine's last word on a proposal comes with its decision. */
  #executeAhead(tentative: Tentative): void {
    const replies = this.#ahead.execute(tentative)
    if (replies === null) return
    for (const [i, { token }] of tentative.commands.entries()) {
      const reply = replies[i]
      if (token !== 0 && reply !== undefined) this.#proposals.tellTentatively(token, reply, tentative.term)
    }
  }

  #answer(effects: Effects): void {
    const { stateMachine } = this.#options
    this.#reads.drop(effects.droppedReads, 'leadership-lost')
    this.#reads.becameSafe(effects.safeReads)
    // It was asked before it knew that it keeps none.
    if (this.machine.isStateless === true) this.#reads.dropAll('leadership-lost')
    if (!this.#ahead.stands) this.#reads.answer(this.#appliedIndex, (query) => stateMachine.query(query))
    for (const { token, refusal } of effects.refused) this.#proposals.refuse(token, refusal)
    for (const { token, outcome } of effects.controls) this.#controls.settle(token, outcome)
  }
}
