/**
 * Carries out the effects of the Raft machine, in this order: PERSIST, THEN SEND, THEN APPLY.
 *
 * 1. Persist: the write is started first. Messages that speak of it (votes, acknowledgements) leave in its completion, never
 *    before. A failed write stops the node for good: what the disk holds is no longer known.
 * 2. Send: messages that need no write, among them a leader's entries, which travel while its own disk works.
 * 3. Apply: committed entries, whose replies go to their clients; then reads that are safe.
 *
 * Synchronous, without clock, timer or randomness of its own: the same driver runs in a process and in a simulator.
 */
import { assert, ok, type Failure, type Result } from '../../core/base'
import type { GroupObservation } from '../../core/observation'
import {
  decodeMessage, encodeMessage, Raft,
  type AppendRequest, type Effects, type Entry, type Outgoing, type PersistEffect, type RaftEvent, type RecoveredLog,
} from '../../core/raft'
import type { StorageFailureCode } from '../ports'
import { EntryLocations } from './entry-locations'
import { DRIVER_LIMITS, type DriverLimits } from './limits'
import { Proposals } from './proposals'
import { Reads } from './reads'
import { toRecords } from './records'
import { recover } from './recovery'
import { Traffic } from './traffic'
import type { DriverOptions, DriverStatistics, DriverStatus, NodeDriver, ProposalOutcome, ReadOutcome } from './types'

/** A write that is not yet durable. One without records rides on those before it. */
interface PendingWrite {
  readonly effect: PersistEffect
  readonly hasRecords: boolean
}

export class Driver implements NodeDriver {
  readonly #options: DriverOptions
  readonly #limits: DriverLimits
  readonly #raft: Raft
  readonly #locations: EntryLocations
  readonly #proposals = new Proposals()
  readonly #reads = new Reads()
  readonly #traffic = new Map<string, Traffic>()
  readonly #writes: PendingWrite[] = []
  #isFlushRequested = false
  #entriesApplied = 0
  #appends = 0
  #strangers = 0
  #isStopped = false
  #failure: Failure<StorageFailureCode> | null = null
  #lastAppend: { readonly message: AppendRequest; readonly frame: Uint8Array } | null = null

  /** Reads the recovered records. Fails where they are not what a node of this version writes. */
  static open(options: DriverOptions): Result<Driver, 'corrupt'> {
    const locations = new EntryLocations(options.storage)
    const recovered = recover(options.recovered, locations)
    return recovered.ok ? ok(new Driver(options, locations, recovered.value)) : recovered
  }

  private constructor(options: DriverOptions, locations: EntryLocations, recovered: RecoveredLog) {
    this.#options = options
    this.#limits = { ...DRIVER_LIMITS, ...options.limits }
    this.#locations = locations
    const { groupId, nodeId, members, random, timing } = options
    this.#raft = new Raft({ groupId, nodeId, members, random, reader: locations, limits: this.#limits, ...timing }, recovered)
    for (const member of members) if (member.id !== nodeId) this.#traffic.set(member.id, new Traffic())
    if (this.#raft.hasEffects) this.#requestFlush()
  }

  tick(): void {
    if (this.#isStopped) return
    this.#raft.step({ kind: 'tick' })
    this.#requestFlush()
  }

  receive(from: string, frame: Uint8Array): void {
    if (this.#isStopped) return
    const traffic = this.#traffic.get(from)
    if (!traffic) {
      this.#strangers++
      return
    }
    traffic.bytesReceived += frame.length
    const message = decodeMessage(frame)
    if (!message) {
      traffic.malformed++
      return
    }
    traffic.received[message.kind]++
    this.#raft.step({ kind: 'message', from, message })
    this.#requestFlush()
  }

  propose(command: Uint8Array, done: (outcome: ProposalOutcome) => void): void {
    const { commandBytesMax, proposalsWaitingMax, turnBytesMax } = this.#limits
    const proposals = this.#proposals
    if (this.#isStopped) return proposals.refuse(done, { kind: 'not-leader', leaderId: null })
    if (command.length > commandBytesMax) return proposals.refuse(done, { kind: 'too-large' })
    if (this.#raft.role !== 'leader') return proposals.refuse(done, { kind: 'not-leader', leaderId: this.#raft.leaderId })
    if (proposals.waiting >= proposalsWaitingMax || proposals.collectedBytes + command.length > turnBytesMax) {
      return proposals.refuse(done, { kind: 'busy' })
    }
    proposals.collect(command, done)
    this.#requestFlush()
  }

  read(query: Uint8Array, done: (outcome: ReadOutcome) => void): void {
    const reads = this.#reads
    if (this.#isStopped) return reads.refuse(done, { kind: 'dropped', why: 'stopped' })
    if (this.#raft.role !== 'leader') return reads.refuse(done, { kind: 'not-leader', leaderId: this.#raft.leaderId })
    if (reads.waiting >= this.#limits.readsWaitingMax) return reads.refuse(done, { kind: 'busy' })
    const answer = this.#raft.read(reads.add(query, done))
    assert(answer.kind === 'waiting', 'the machine waits with every read that the driver holds')
    this.#requestFlush()
  }

  flush(): void {
    this.#isFlushRequested = false
    if (this.#isStopped) return
    if (this.#proposals.hasCollected) this.#proposals.submit((commands) => this.#raft.propose(commands))
    const effects = this.#raft.drain()
    if (effects.persist) this.#persist(effects.persist)
    // Storage may fail at once.
    if (this.#hasStopped()) return
    this.#send(effects.send)
    this.#apply(effects.apply)
    this.#serveReads(effects)
    for (const event of effects.events) this.#observe(event)
    // Entries to apply come in chunks, so that messages are looked at in between.
    if (!this.#hasStopped() && this.#raft.hasEffects) this.#requestFlush()
  }

  describe(): GroupObservation {
    return this.#raft.describe()
  }

  status(): DriverStatus {
    const { log, role } = this.#raft
    return {
      role: role === 'pre-candidate' ? 'candidate' : role,
      term: this.#raft.term,
      leaderId: this.#raft.leaderId,
      lastIndex: log.lastIndex,
      persistedIndex: log.persisted,
      committedIndex: log.committed,
      appliedIndex: log.applied,
      stateHash: this.#options.stateMachine.hash(),
    }
  }

  statistics(): DriverStatistics {
    const { applied, refused, unknown, waiting } = this.#proposals
    const reads = this.#reads
    return {
      proposals: { applied, refused, unknown, waiting },
      reads: { answered: reads.answered, refused: reads.refused, waiting: reads.waiting },
      entriesApplied: this.#entriesApplied,
      appends: this.#appends,
      peers: Object.fromEntries([...this.#traffic].map(([id, traffic]) => [id, traffic.snapshot()])),
      strangers: this.#strangers,
      stopped: this.#failure,
    }
  }

  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#writes.length = 0
    this.#proposals.refuseCollected({ kind: 'not-leader', leaderId: null })
    this.#proposals.abandon('stopped')
    this.#reads.dropAll('stopped')
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

  #persist(effect: PersistEffect): void {
    const { records, firstIndexes } = toRecords(effect, this.#limits.appendBytesMax)
    const write: PendingWrite = { effect, hasRecords: records.length > 0 }
    if (records.length === 0 && this.#writes.length === 0) return this.#durable(effect)
    this.#writes.push(write)
    if (records.length === 0) return
    this.#appends++
    const locations = this.#options.storage.append(records, (result) => {
      if (this.#isStopped) return
      if (result.ok) this.#completed(write)
      else this.#fail(result.error)
    })
    for (const [i, firstIndex] of firstIndexes.entries()) {
      if (firstIndex !== null) this.#locations.note(firstIndex, locations[i] as number)
    }
  }

  #completed(write: PendingWrite): void {
    assert(this.#writes[0] === write, 'writes become durable in the order given')
    const next = this.#writes.findIndex((each, i) => i > 0 && each.hasRecords)
    const done = this.#writes.splice(0, next < 0 ? this.#writes.length : next)
    for (const each of done) this.#durable(each.effect)
    this.#requestFlush()
  }

  #durable(effect: PersistEffect): void {
    this.#send(effect.thenSend)
    this.#raft.step({ kind: 'persisted', completion: effect.completion })
  }

  #fail(failure: Failure<StorageFailureCode>): void {
    this.#failure = failure
    this.stop()
    this.#options.onStopped?.(failure)
  }

  #send(outgoing: readonly Outgoing[]): void {
    for (const { to, message } of outgoing) {
      const frame = message.kind === 'append-request' ? this.#frameOfAppend(message) : encodeMessage(message)
      const traffic = this.#traffic.get(to)
      if (traffic) {
        traffic.sent[message.kind]++
        traffic.bytesSent += frame.length
      }
      this.#options.transport.send(to, frame)
    }
    this.#lastAppend = null
  }

  /** Followers that keep up get the very same message: it is encoded once. */
  #frameOfAppend(message: AppendRequest): Uint8Array {
    if (this.#lastAppend && isSameAppend(this.#lastAppend.message, message)) return this.#lastAppend.frame
    const frame = encodeMessage(message)
    this.#lastAppend = { message, frame }
    return frame
  }

  #apply(entries: readonly Entry[]): void {
    if (entries.length === 0) return
    const { stateMachine } = this.#options
    for (const entry of entries) {
      if (entry.kind === 'command') this.#proposals.settle(entry.index, entry.term, stateMachine.apply(entry.data))
    }
    this.#entriesApplied += entries.length
    this.#raft.step({ kind: 'applied', index: (entries.at(-1) as Entry).index })
  }

  #serveReads(effects: Effects): void {
    const { stateMachine } = this.#options
    this.#reads.drop(effects.droppedReads, 'leadership-lost')
    this.#reads.becameSafe(effects.safeReads)
    this.#reads.answer(this.#raft.log.applied, (query) => stateMachine.query(query))
  }

  #observe(event: RaftEvent): void {
    if (event.kind === 'role-changed' && event.role !== 'leader') this.#proposals.abandon('leadership-lost')
    this.#options.onEvent?.(event)
  }
}

function isSameAppend(one: AppendRequest, other: AppendRequest): boolean {
  return one.prevIndex === other.prevIndex && one.term === other.term && one.commit === other.commit &&
    one.entries.length === other.entries.length && one.entries.at(-1) === other.entries.at(-1)
}
