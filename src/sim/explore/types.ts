/** What is explored, and what was found. */
import type { Protocol, ProtocolMachine } from '../../core/machine'
import type { Audit } from './node-states'

export interface ExploreScope {
  /** Members, n1 to n<nodes>. */
  readonly nodes: number
  /** Terms, ballot rounds or views above this are not entered; the first one counts as 1. */
  readonly termsMax: number
  readonly proposalsMax: number
  readonly crashesMax: number
  /** How often leaders may let a heartbeat interval pass, all together. */
  readonly beatsMax: number
  /** Members that may ever stand for election; all where it is left out. */
  readonly candidates?: readonly string[]
  /** Members that hear each other; all do where it is left out. The second half of a twin is called n1', n2', ... */
  readonly links?: readonly (readonly [string, string])[]
  /**
   * Members that run twice under one name and key: such a member says one thing to some and another to others, as a liar would, while both
   * of its halves are correct machines (Bano and others, "Twins", 2020). They are left out of the invariants.
   */
  readonly twins?: readonly string[]
  /** The search stops here and says that it is not complete. */
  readonly statesMax: number
}

/** One message under way, or an answer that a machine is given. */
export interface Spoken {
  readonly from: string
  readonly bytes: Uint8Array
}

export interface Spent {
  /** In a later term, ballot round or view than this (from 1 on) it means nothing. */
  readonly epoch: number
  /** In this one it means nothing either but to a candidate. */
  readonly isForCandidates: boolean
  /** In a later one it changes nothing, but is answered, by what depends on the later one alone. */
  readonly isAnswered: boolean
}

/** What a member said, of which it may never say anything else. */
export interface Claim {
  readonly about: string
  readonly value: string
  /** The term, ballot round or view (from 1 on) that it is of. */
  readonly epoch: number
}

/** What may still happen to a member. */
export interface Ahead {
  readonly crash: boolean
  /** Leaders' clocks go on. */
  readonly beats: boolean
}

/** What makes a search small, to be left away: one that finds the same without it says that nothing is lost. See docs/exhaustive.md. */
export type Reduction = 'symmetry' | 'spent' | 'covering'

/** A machine, and what else makes it take part in a search. */
export interface Subject<Machine extends ProtocolMachine = ProtocolMachine> {
  readonly protocol: (nodeId: string) => Protocol<Machine>
  /** All that decides a machine's behaviour in what is ahead but its timers, with every member named through `rename`. */
  readonly fingerprint: (machine: Machine, rename: (id: string) => string, ahead: Ahead) => string
  /** Members are equal but for their names, and messages carry none: states that differ in names only are one. */
  readonly isSymmetric: boolean
  readonly electionTicks: number
  /** Kinds of message that are always lost. */
  readonly lost: readonly string[]
  /** What is said to a member before each tick of its time-out, so that it stands. */
  readonly encourage?: (ids: readonly string[], nodeId: string) => readonly Spoken[]
  /** Whoever stands is answered this at once by everyone, before anything else is heard. */
  readonly answer?: (kind: string, bytes: Uint8Array) => Uint8Array | null
  /** A tick of a member that does not lead does nothing before it stands. */
  readonly isQuietUntilTimeout: boolean
  /** Still helps no one to depose the leader that it heard of: time passes until that is over. */
  readonly isTrusting: (machine: Machine) => boolean
  /** The term, ballot round or view (from 1 on) that a status speaks of. */
  readonly epochOf: (term: number) => number
  /** When a member ignores the message for ever; null where it never does. */
  readonly spent: (kind: string, bytes: Uint8Array) => Spent | null
  readonly claims: (kind: string, to: string, bytes: Uint8Array) => readonly Claim[]
  /** Whoever leads holds everything that others know as committed at the time of its election. */
  readonly leaderIsComplete: boolean
  /** Logs that have one entry in common have all before it in common. */
  readonly logsMatch: boolean
}

export interface Explored {
  /** States of the cluster that were looked at, of which none covered another when it was met. */
  readonly states: number
  /** Steps that led somewhere else than where they began. */
  readonly transitions: number
  /** Distinct states of one node. */
  readonly nodeStates: number
  /** Steps of one node: so often a machine was really run. */
  readonly nodeSteps: number
  readonly messages: number
  /** Every state within so many steps of the start was looked at; 0 where a search by progress ended before its end. */
  readonly depth: number
  readonly isComplete: boolean
  readonly renamings: number
  /** States in which some leader had been elected, something was committed, somebody had crashed: a search that met none proves little. */
  readonly met: { readonly elected: number; readonly committed: number; readonly crashed: number; readonly secondTerm: number }
  readonly violation: ExploredViolation | null
  readonly audit: Audit | null
}

export interface ExploredViolation {
  readonly invariant: string
  readonly message: string
  /** The shortest way there, as actions in words. */
  readonly path: readonly string[]
}

export interface ExploreOptions<Machine extends ProtocolMachine> {
  readonly subject: Subject<Machine>
  readonly scope: ExploreScope
  /** Looks in the end whether fingerprints hold all that matters, over all steps that were taken. */
  readonly isAudited?: boolean
  readonly without?: readonly Reduction[]
  /** Breadth first where it is left out: what is found then is the shortest. By progress fewer states are looked at. */
  readonly order?: 'breadth' | 'progress'
  /** Hears of the nodes of every state, in full and by all names. */
  readonly onNodes?: (names: readonly string[]) => void
  /** Called now and then; true ends the search. */
  readonly onProgress?: (states: number, depth: number) => boolean
}
