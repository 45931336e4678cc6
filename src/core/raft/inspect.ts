/** What the checks of invariants may see of a member. Getters over the living state: nothing is copied. */
import type { Configuration } from './configuration'
import type { PlacedConfiguration } from './configurations'
import { fingerprintOf, trustsLeader, type Ahead } from './fingerprint'
import type { Flow } from './progress'
import { hasLease } from './reads'
import type { RaftState, ServedReads } from './state'
import type { Entry, LogBase, RaftRole } from './types'

export interface PeerView {
  readonly id: string
  readonly match: number
  readonly next: number
  readonly flow: Flow
}

export interface RaftInspector {
  readonly id: string
  readonly term: number
  readonly vote: string | null
  /** Term and vote as of the newest completed write: they survive a crash. */
  readonly durable: { readonly term: number; readonly vote: string | null }
  readonly role: RaftRole
  /** Stands for election because the leader before said so. */
  readonly isTransferCandidate: boolean
  /** The newest term for which this node has won a pre-vote. */
  readonly preVotedTerm: number
  readonly leaderId: string | null
  readonly firstIndex: number
  readonly lastIndex: number
  readonly persisted: number
  readonly committed: number
  readonly applied: number
  /** The configuration in force, and the entry that made it. */
  readonly placed: PlacedConfiguration
  readonly configuration: Configuration
  /** In force is the oldest configuration that the log has: `placed.index` may be that of a snapshot, not of an entry. */
  readonly isConfigurationOldest: boolean
  /** Rises whenever entries are replaced or the log begins anew: what was looked at before may have changed. */
  readonly logVersion: number
  /** From where on entries were replaced at the last change of `logVersion`. */
  readonly replacedFrom: number
  /** Behind this place the log begins anew as soon as the state there, which a leader has sent whole, is on disk and in force. */
  readonly installing: LogBase | null
  /** Keeps no data: its log has holes where others have commands. */
  readonly isWitness: boolean
  readonly peers: Iterable<PeerView>
  /** Leads, and would answer reads by itself now. */
  readonly holdsLease: boolean
  /** Reads asked of this node since its start. */
  readonly readsAsked: number
  /** Those that became safe in the last turn. */
  readonly servedReads: readonly ServedReads[]
  /** The term of an entry of the log, of the place before it too; undefined elsewhere. */
  termOf(index: number): number | undefined
  /** Undefined where it has left memory. */
  entryInMemory(index: number): Entry | undefined
  /** See fingerprint.ts. */
  fingerprint(rename: (id: string) => string, ahead: Ahead): string
  readonly trustsLeader: boolean
}

export class Inspector implements RaftInspector {
  readonly #state: RaftState

  constructor(state: RaftState) {
    this.#state = state
  }

  get id(): string { return this.#state.id }
  get term(): number { return this.#state.term }
  get vote(): string | null { return this.#state.vote }
  get durable(): { readonly term: number; readonly vote: string | null } { return this.#state.durable }
  get isTransferCandidate(): boolean { return this.#state.isTransferCandidate }
  get preVotedTerm(): number { return this.#state.preVotedTerm }
  get role(): RaftRole { return this.#state.role }
  get leaderId(): string | null { return this.#state.leaderId }
  get firstIndex(): number { return this.#state.log.firstIndex }
  get lastIndex(): number { return this.#state.log.lastIndex }
  get persisted(): number { return this.#state.log.persisted }
  get committed(): number { return this.#state.log.committed }
  get applied(): number { return this.#state.log.applied }
  get placed(): PlacedConfiguration { return this.#state.placed }
  get configuration(): Configuration { return this.#state.placed.configuration }
  get isConfigurationOldest(): boolean { return this.#state.log.configurations.isOldest }
  get logVersion(): number { return this.#state.log.version }
  get replacedFrom(): number { return this.#state.log.replacedFrom }
  get installing(): LogBase | null { return this.#state.installing }
  get isWitness(): boolean { return this.#state.self?.kind === 'witness' }
  get peers(): Iterable<PeerView> { return this.#state.peers.values() }

  get holdsLease(): boolean { return this.#state.role === 'leader' && hasLease(this.#state) }
  get readsAsked(): number { return this.#state.readsAsked }
  get servedReads(): readonly ServedReads[] { return this.#state.served }

  termOf(index: number): number | undefined {
    return this.#state.log.term(index)
  }

  entryInMemory(index: number): Entry | undefined {
    return this.#state.log.inMemory(index)
  }

  fingerprint(rename: (id: string) => string, ahead: Ahead): string {
    return fingerprintOf(this.#state, rename, ahead)
  }

  get trustsLeader(): boolean {
    return trustsLeader(this.#state)
  }
}
