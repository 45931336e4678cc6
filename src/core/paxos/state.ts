/** The state of one member; acceptor.ts, proposer.ts, learner.ts, ballot-election.ts and the files beside them act on it. */
import { assert, isPlanted } from '../base'
import type { MachineConfig, MachineEvent, ReceivedSnapshot, SafeReads, ControlOutcome, Frame } from '../machine'
import { ordinalOf, type Ballot } from './ballot'
import type { ConfigurationHistory } from './configuration'
import { Election } from './election-state'
import { Forwards, type TakenNumbers } from './forwards'
import { LogAges } from './log-ages'
import { encodeMessage } from './message-codec'
import { Proposals } from './proposals'
import type { Reign } from './reign'
import type { SlotLog } from './slot-log'
import { SnapshotTransfer } from './snapshot-transfer'
import type { Accepted, HardState, Message, PaxosFact, PaxosOptions, PaxosRole } from './types'

interface Outgoing {
  readonly to: string
  readonly message: Message
}

export class PaxosState {
  readonly config: MachineConfig
  readonly options: PaxosOptions
  readonly id: string
  readonly log: SlotLog
  readonly history: ConfigurationHistory
  readonly election: Election
  readonly proposals = new Proposals()
  readonly forwards: Forwards
  readonly transfer = new SnapshotTransfer()
  readonly ages = new LogAges()
  /** The highest ballot promised, durable or not. */
  promised: Ballot
  /** The highest promise that is durable. */
  promisedDurable: Ballot
  /** No ballot above this one was ever seen. */
  highestSeen: Ballot
  role: PaxosRole = 'follower'
  /** While candidate or leader. */
  reign: Reign | null = null
  ticks = 0
  /** The largest chosen index that anyone told of, and who. */
  knownChosen = 0
  knownBy: string | null = null
  /** The tick at which `log.chosen` last moved, or something was last asked for. */
  learnTick = 0
  /** The tick of the last request for chosen values; -1 for none under way. */
  learnAskedTick = -1
  /** Lease granted by this acceptor: other ballots are refused until this tick. Ballot 0: to whom is not known. */
  lease: { ballot: Ballot; untilTick: number } = { ballot: 0, untilTick: 0 }
  /** A snapshot was handed out to be installed: nothing is applied until it is. */
  isInstalling = false
  isRemoved = false
  isChosenHintDue = false
  reignEndedTick = 0
  /** What became of the leadership is told to whoever asked to hand it over. */
  endedHandover: { readonly token: number; readonly to: string; readonly untilTick: number } | null = null
  /** Only where the bug is planted: until when a deposed leader still reads by its lease. */
  plantedLeaseUntil = 0
  /** The forwarded commands that the last reign took. */
  lastReign: { readonly ballot: Ballot; readonly taken: Map<string, TakenNumbers> } | null = null
  sendNow: Outgoing[] = []
  sendWhenDurable: Outgoing[] = []
  safeReads: SafeReads[] = []
  droppedReads: number[] = []
  controls: { readonly token: number; readonly outcome: ControlOutcome }[] = []
  events: MachineEvent[] = []
  install: ReceivedSnapshot | null = null
  facts: PaxosFact[] = []
  /** Accepted in this turn, for whoever checks the protocol: becomes a fact once it is durable. */
  acceptances: { readonly asked: Ballot; readonly entry: Accepted }[] = []
  #written: HardState

  constructor(config: MachineConfig, options: PaxosOptions, history: ConfigurationHistory, log: SlotLog, hardState: HardState) {
    this.config = config
    this.options = options
    this.id = config.nodeId
    this.history = history
    this.log = log
    this.promised = hardState.promised
    this.promisedDurable = hardState.promised
    this.highestSeen = hardState.promised
    this.#written = hardState
    this.forwards = new Forwards(config.random.integer(1, Number.MAX_SAFE_INTEGER))
    this.election = new Election(config.timing, config.random)
    // What this member granted before it stopped, and to whom, is not known: it waits for as long as any lease can last.
    if (options.reads === 'lease' && hardState.promised > 0) this.lease = { ballot: 0, untilTick: options.leaseTicks }
    if (!this.isVoter) this.role = 'learner'
  }

  /** Of this member, in the newest configuration that knows it. */
  get ordinal(): number | null {
    return this.history.newest.configuration.member(this.id)?.ordinal ?? this.history.at(this.log.chosen + 1).member(this.id)?.ordinal ?? null
  }

  /** In the configuration of the next slot. */
  get isVoter(): boolean {
    return this.history.at(this.log.chosen + 1).isVoter(this.id)
  }

  /** Every other member of the configurations that still matter, each once. */
  get peerIds(): readonly string[] {
    return this.election.peers(this.history, this.id, this.ticks)
  }

  ownerOf(ballot: Ballot): string | null {
    return ballot === 0 ? null : this.history.owner(ordinalOf(ballot))
  }

  send(to: string, message: Message): void {
    this.sendNow.push({ to, message })
  }

  sendDurable(to: string, message: Message): void {
    this.sendWhenDurable.push({ to, message })
  }

  /** Members that keep up get the very same message: it is encoded once. */
  frames(outgoing: readonly Outgoing[]): Frame[] {
    let last: Message | null = null
    let bytes = new Uint8Array(0) as Uint8Array
    return outgoing.map(({ to, message }) => {
      if (message !== last) bytes = encodeMessage(message)
      last = message
      return { to, kind: message.kind, bytes }
    })
  }

  fact(fact: PaxosFact): void {
    if (this.options.isWatched) this.facts.push(fact)
  }

  saw(ballot: Ballot): void {
    if (ballot > this.highestSeen) this.highestSeen = ballot
  }

  /** Nothing below `ballot` is accepted from now on. */
  promise(ballot: Ballot): void {
    assert(ballot >= this.promised, 'a promise never goes back')
    if (ballot === this.promised) return
    this.promised = ballot
    this.saw(ballot)
    this.events.push({ kind: 'term-changed', term: ballot })
  }

  /** The hard state to write, or null where the last one written still stands. */
  takeHardState(isWriting: boolean): HardState | null {
    const isChanged = this.isHardStateChanged
    // Only what is durable: a write that replaces values may be torn, and the hint must never speak for the old ones.
    const chosen = Math.min(this.log.chosen, this.log.durable)
    if (!isChanged && !(isWriting && this.isChosenHintDue && chosen > this.#written.chosen)) return null
    this.isChosenHintDue = false
    const promised = __PLANTED__ && isPlanted('paxos/promise-not-persisted') ? this.#written.promised : this.promised
    this.#written = { promised, chosen: Math.max(chosen, this.#written.chosen) }
    return this.#written
  }

  /** What is known for certain, for a record that stands behind a snapshot. */
  get hardState(): HardState {
    return { promised: this.promised, chosen: Math.min(this.log.chosen, this.log.durable) }
  }

  get isHardStateChanged(): boolean {
    if (__PLANTED__ && isPlanted('paxos/promise-not-persisted')) return false
    return this.promised !== this.#written.promised
  }

  setRole(role: PaxosRole, why: string): void {
    const next = role === 'follower' && !this.isVoter ? 'learner' : role
    if (this.role === next) return
    this.role = next
    this.events.push({ kind: 'role-changed', role: next, term: this.reign?.ballot ?? this.promised, why })
  }

  setLeader(id: string | null, ballot: Ballot): void {
    if (!this.election.setLeader(id, ballot, this.ticks)) return
    this.events.push({ kind: 'leader-changed', leaderId: id, term: ballot })
  }
}
