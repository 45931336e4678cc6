/**
 * Raft behind the contract of all protocols: a thin adapter around `Raft`, which speaks in entries and messages. Here they become
 * bytes, places in storage and tokens.
 */
import { assert, isPlanted, ok, type Result } from '../base'
import type {
  Committed, Control, Effects, Frame, LogEntryView, LogRecord, MachineConfig, MachineRecovery, MachineStatus, Persist,
  ProposalRefusal, Protocol, ProtocolMachine, ReadAnswer, RecordLocation, RefusedProposal, SnapshotHead,
} from '../machine'
import type { GroupObservation, MemberClaim } from '../observation'
import { decodeMessage, encodeMessage } from './codec'
import { publicRole } from './describe'
import type { RaftInspector } from './inspect'
import { mayForce } from './force-members'
import { EntryLocations } from './entry-locations'
import { ProposalTokens } from './proposal-tokens'
import { Raft } from './raft'
import { toRecords } from './records'
import { LogRecovery } from './recovery'
import type { AppendRequest } from './messages'
import { RAFT_OPTIONS, type RaftOptions } from './options'
import type { RecordMark } from './records'
import { encodeHardState, RECORD_TYPES } from './record-codec'
import type { Entry, Outgoing, PersistEffect, PlacedProposal, RecoveredLog, WriteCompletion } from './types'

const NO_FRAMES: readonly Frame[] = []
const NO_COMMITTED: readonly Committed[] = []
const LEADERSHIP_LOST: ProposalRefusal = { kind: 'unknown', why: 'leadership-lost' }
const BUSY: ProposalRefusal = { kind: 'busy' }

interface Completion {
  readonly write: WriteCompletion
  readonly marks: readonly RecordMark[]
}

export const raftProtocol = (options: Partial<RaftOptions> = {}): Protocol<RaftMachine> => ({
  name: 'raft',
  recover: (config): MachineRecovery<RaftMachine> => {
    const locations = new EntryLocations(config.storage)
    const recovery = new LogRecovery(locations)
    return {
      record: (record) => recovery.record(record),
      snapshot: (head) => recovery.snapshot(head),
      finish: (): Result<RaftMachine, 'corrupt'> => {
        const log = recovery.finish()
        const { forcedMembers } = options
        const allowed = log.ok && forcedMembers ? mayForce(config.nodeId, config.members, log.value, forcedMembers) : ok()
        if (!allowed.ok) return allowed
        return log.ok ? ok(new RaftMachine(config, { ...RAFT_OPTIONS, ...options }, locations, log.value)) : log
      },
    }
  },
})

export class RaftMachine implements ProtocolMachine {
  readonly #config: MachineConfig
  readonly #raft: Raft
  readonly #locations: EntryLocations
  readonly #tokens = new ProposalTokens()
  #refused: RefusedProposal[] = []
  /** What was applied so far left no state: it was a witness. It stays one, or gets a snapshot with state, or stops. */
  #isStateless = false
  #lastAppend: { readonly message: AppendRequest; readonly frame: Uint8Array } | null = null

  constructor(config: MachineConfig, options: RaftOptions, locations: EntryLocations, recovered: RecoveredLog) {
    const { groupId, nodeId, members, random, snapshots, limits, timing } = config
    this.#config = config
    this.#locations = locations
    this.#isStateless = snapshots.latest()?.chunks === 0
    this.#raft = new Raft({ groupId, nodeId, members, random, reader: locations, snapshots, limits, options, ...timing }, recovered)
  }

  /** What checks of invariants look at. */
  get inspect(): RaftInspector {
    return this.#raft.inspect
  }

  tick(): void {
    this.#raft.step({ kind: 'tick' })
  }

  receive(from: string, bytes: Uint8Array): string | null {
    const message = decodeMessage(bytes)
    if (message === null) return null
    this.#raft.step({ kind: 'message', from, message })
    return message.kind
  }

  propose(commands: readonly Uint8Array[], tokens: readonly number[]): void {
    const { leaderId } = this.#raft
    const answer = this.isStateless ? { kind: 'not-leader', leaderId } as const : this.#raft.propose(commands, tokens)
    if (answer.kind === 'forwarded') return
    let accepted = 0
    if (answer.kind === 'appended' && answer.accepted > 0) {
      accepted = answer.accepted
      this.#tokens.appended(answer.firstIndex, answer.term, tokens, accepted)
    }
    const refusal: ProposalRefusal = answer.kind === 'appended' ? BUSY : answer
    for (let i = accepted; i < tokens.length; i++) this.#refused.push({ token: tokens[i] as number, refusal })
  }

  read(token: number): ReadAnswer {
    return this.isStateless ? { kind: 'not-leader', leaderId: this.#raft.leaderId } : this.#raft.read(token)
  }

  control(token: number, control: Control): void {
    this.#raft.step({ kind: 'control', token, control })
  }

  located(completion: unknown, locations: readonly RecordLocation[]): void {
    this.#locations.noteAll((completion as Completion).marks, locations)
  }

  persisted(completion: unknown): void {
    this.#raft.step({ kind: 'persisted', completion: (completion as Completion).write })
  }

  applied(index: number): void {
    this.#raft.step({ kind: 'applied', index })
  }

  snapshotMeta(index: number): Uint8Array {
    return this.#raft.snapshotMeta(index)
  }

  get isStateless(): boolean {
    return this.#isStateless && !(__PLANTED__ && isPlanted('raft/witness-answers-reads'))
  }

  snapshotDurable(head: SnapshotHead): void {
    this.#raft.step({ kind: 'snapshot-durable', index: head.index })
    this.#locations.hasSnapshot(head.index)
    this.#locations.forgetBefore(this.#raft.log.firstIndex)
  }

  installed(head: SnapshotHead): void {
    this.#raft.step({ kind: 'installed', head })
    this.#isStateless = head.chunks === 0
    this.#lose(this.#tokens.skipTo(head.index))
    this.#locations.clear()
  }

  installRefused(_head: SnapshotHead): void {
    this.#raft.step({ kind: 'install-refused' })
  }

  hardRecords(): readonly LogRecord[] {
    return [{ type: RECORD_TYPES.hardState, payload: encodeHardState(this.#raft.hardState) }]
  }

  oldestNeeded(): RecordLocation | null {
    if (__PLANTED__ && isPlanted('raft/compaction-beyond-snapshot')) return null
    return this.#locations.oldest()
  }

  get hasEffects(): boolean {
    return this.#raft.hasEffects || this.#refused.length > 0
  }

  drain(): Effects {
    const { persist, send, install, apply, safeReads, droppedReads, placed, refused: notForwarded, controls, events } = this.#raft.drain()
    for (const proposal of placed) this.#filePlaced(proposal, apply[0]?.index ?? null)
    const committed = this.#toCommitted(apply)
    if (!this.#tokens.isEmpty && events.some((event) => event.kind === 'role-changed' && event.role !== 'leader')) this.#lose(this.#tokens.takeAll())
    if (events.some((event) => event.kind === 'leader-changed' && event.leaderId !== null)) this.#lose(this.#tokens.leaderChanged(this.#raft.term))
    this.#refused.push(...notForwarded)
    const refused = this.#refused
    if (refused.length > 0) this.#refused = []
    return {
      persist: persist && this.#toPersist(persist), send: this.#toFrames(send), install, apply: committed, checkpoint: false,
      refused, safeReads, droppedReads, controls, events,
    }
  }

  get members(): readonly MemberClaim[] {
    return this.#raft.members
  }

  status(): MachineStatus {
    const { log, term, role, leaderId } = this.#raft
    return {
      role: publicRole(this.#raft), isLeader: role === 'leader', term, leaderId, firstIndex: log.firstIndex, lastIndex: log.lastIndex, lastTerm: log.lastTerm,
      persistedIndex: log.persisted, committedIndex: log.committed, appliedIndex: log.applied,
    }
  }

  describe(): GroupObservation {
    return this.#raft.describe()
  }

  entries(from: number, to: number): readonly LogEntryView[] {
    return this.#raft.entries(from, to).map(({ index, term, kind, data }) => ({ index, term, kind, command: kind === 'command' ? data : null }))
  }

  #toPersist(effect: PersistEffect): Persist {
    const { records, marks } = toRecords(effect, this.#config.limits.appendBytesMax)
    const completion: Completion = { write: effect.completion, marks }
    return { records, thenSend: this.#toFrames(effect.thenSend), completion }
  }

  #toFrames(outgoing: readonly Outgoing[]): readonly Frame[] {
    if (outgoing.length === 0) return NO_FRAMES
    const frames = outgoing.map(({ to, message }) => ({
      to, kind: message.kind, bytes: message.kind === 'append-request' ? this.#frameOfAppend(message) : encodeMessage(message),
    }))
    this.#lastAppend = null
    return frames
  }

  /** Followers that keep up get the very same message: it is encoded once. */
  #frameOfAppend(message: AppendRequest): Uint8Array {
    if (this.#lastAppend && isSameAppend(this.#lastAppend.message, message)) return this.#lastAppend.frame
    const frame = encodeMessage(message)
    this.#lastAppend = { message, frame }
    return frame
  }

  #toCommitted(entries: readonly Entry[]): readonly Committed[] {
    if (entries.length === 0) return NO_COMMITTED
    const lost: number[] = []
    for (const { kind } of entries) {
      if (kind === 'stripped') this.#isStateless = true
      assert(kind !== 'command' || !this.#isStateless, 'a member that was a witness keeps no state: let it join under a new name with an empty folder')
    }
    const committed = entries.map(({ index, term, kind, data }) => {
      const token = this.#tokens.take(index, term, lost)
      // Done, and what it did is not known here.
      if (kind === 'stripped' && token !== 0) lost.push(token)
      return { index, command: kind === 'command' ? data : null, token: kind === 'stripped' ? 0 : token }
    })
    this.#lose(lost)
    return committed
  }

  /** `firstToApply` is the first entry of this turn's `apply`. One before it was applied before the leader's answer came. */
  #filePlaced(proposal: PlacedProposal, firstToApply: number | null): void {
    if (proposal.index < (firstToApply ?? this.#raft.log.applied + 1)) this.#lose([proposal.token])
    else this.#tokens.placed(proposal)
  }

  #lose(tokens: readonly number[]): void {
    for (const token of tokens) this.#refused.push({ token, refusal: LEADERSHIP_LOST })
  }
}

/** Entry by entry: those for a witness have lost their data in some places and not in others. */
function isSameAppend(one: AppendRequest, other: AppendRequest): boolean {
  return one.prevIndex === other.prevIndex && one.term === other.term && one.commit === other.commit &&
    one.entries.length === other.entries.length && one.entries.every((entry, i) => entry === other.entries[i])
}
