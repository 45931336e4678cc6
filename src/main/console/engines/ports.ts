/** What the engines domain needs, and what it offers to service.ts. */
import type { ClusterInfo } from '../../../contract/clusters'
import type { CallName, CodeOf, InputOf, OutputOf } from '../../../contract/define'
import type { enginesContract, EtcdTarget } from '../../../contract/engines'
import type { Result } from '../../../core/base'
import type { ClusterMoment, ExpectedMember, NodeObservation } from '../../../core/observation'
import type { Membership } from './etcd/membership'

/** The system's secret store. null: it keeps no secret here; hold it in memory only. */
export interface SecretStore {
  seal(text: string): Promise<string | null>
  unseal(sealed: string): Promise<string | null>
}

/** How one secret of a target is held: not needed, sealed, or in memory only. */
export type HeldSecret = { readonly kind: 'none' } | { readonly kind: 'sealed'; readonly sealed: string } | { readonly kind: 'memory' }

/** An attached cluster as it is kept on disk. Holds no secret in clear. */
export interface EngineRecord {
  readonly clusterId: string
  readonly name: string
  readonly createdAtMs: number
  /** "etcd 3.4.23" as last heard. */
  readonly engine: string
  /** Without its secrets: the password is '', a key that was given as text is null. */
  readonly target: EtcdTarget
  readonly password: HeldSecret
  readonly key: HeldSecret
  /** Which members there are, and where: engines forget the dead. */
  readonly membership: Membership
}

export interface EngineStore {
  list(): readonly EngineRecord[]
  /** On failure what was kept before stays. */
  save(record: EngineRecord): Result<null>
  remove(clusterId: string): Result<null>
}

export interface EnginesPorts {
  readonly secrets: SecretStore
  readonly store: EngineStore
  /** Console clock, milliseconds since 1970. */
  readonly nowMs: () => number
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void }
  /** True where a cluster of any kind has this name. */
  readonly nameTaken: (name: string) => boolean
  /** One member's word, as soon as it is there. */
  readonly onObservation: (observation: NodeObservation) => void
  /** The members the cluster is expected to have changed: also the id of a member may have become known. */
  readonly onExpected: (clusterId: string, expected: readonly ExpectedMember[]) => void
  readonly onAttached: (info: ClusterInfo) => void
  readonly onDetached: (clusterId: string) => void
}

export interface CallContext {
  readonly signal?: AbortSignal
}

type C = typeof enginesContract
export type EnginesHandlers = {
  readonly [Name in CallName<C>]: (input: InputOf<C[Name]>, context?: CallContext) => Promise<Result<OutputOf<C[Name]>, CodeOf<C[Name]>>>
}

export interface Engines {
  readonly handlers: EnginesHandlers
  /** Takes up every cluster in the store. Call once, before polling. */
  resume(): Promise<void>
  /** What is attached; `critical`, `group` and `paused` are the service's to overlay. */
  list(): readonly ClusterInfo[]
  has(clusterId: string): boolean
  rename(clusterId: string, name: string): void
  /**
   * Asks every member once, each at its own endpoint. A member still being asked is not asked again, so this may be called on
   * every tick without waiting for the last one; observations arrive through `onObservation` one by one.
   */
  observeAll(clusterId: string): Promise<readonly NodeObservation[]>
  /** Calls observeAll for every cluster each `intervalMs`, at once and until changed. Null stops. */
  poll(intervalMs: number | null): void
  expected(clusterId: string): readonly ExpectedMember[]
  /** The latest word of each expected member. */
  moment(clusterId: string): ClusterMoment | null
  close(): void
}
