/** What the simulator must know of a protocol beside the contract of machines. */
import type { Protocol, ProtocolMachine, ProtocolName } from '../../core/machine'
import type { Invariant } from '../invariant'
import type { LiarBehaviour, SimulationPlan } from '../plan'

/** The protocol within one simulation. */
export interface AdaptedProtocol {
  /** The protocol with the plan's options, as `nodeId` runs it; a liar's is a liar's. */
  open(nodeId: string, copy: number): Protocol
  /** A client made this command. */
  issued(command: Uint8Array): void
  /** What a liar does from now on; null: nothing that a correct node would not do. */
  behave(nodeId: string, behaviour: LiarBehaviour | null): void
  /** Where members answer before a decision: what a client makes of the replies to one command. */
  readonly countReplies?: (() => ReplyCount) | null
}

/** Gives the reply that is now decided, or null. */
export interface ReplyCount {
  add(nodeId: string, reply: Uint8Array): Uint8Array | null
  addTentative(nodeId: string, reply: Uint8Array, view: number): Uint8Array | null
  /** Nothing can be decided any more: ask again. */
  readonly isSplit: boolean
  /** False where what was decided rests on too few. */
  readonly isFounded: boolean
}

export interface Adapter {
  readonly name: ProtocolName
  begin(plan: SimulationPlan): AdaptedProtocol
  /** What its terms are called, and how one is written by a machine that knows the members. */
  readonly epochWord: 'term' | 'ballot' | 'view'
  epochText(machine: ProtocolMachine, term: number): string
  readonly invariants: readonly Invariant<ProtocolMachine>[]
  /** Rises whenever a machine has replaced entries of its log; 0 for protocols that never do. */
  replacements(machine: ProtocolMachine): number
  /** Of all that run, one knows of a change of members that is not committed or not yet in force. Reads no disk. */
  isChangingMembers(machines: readonly ProtocolMachine[]): boolean
  /** How many of so many members may be damaged, down or lying for good while the others go on. */
  faultsMax(members: number): number
  /** How many equal replies of different members a client needs. */
  repliesNeeded(members: number): number
  readonly supports: { readonly membership: boolean; readonly transfer: boolean; readonly byzantine: boolean; readonly readsAnywhere: boolean }
}
