/** What the page asks of the worker that simulates, and what it is told. Plain data both ways. */
import type { ClusterMoment } from '../../../../core/observation'
import type { EpochTimeline } from '../../../../core/observe/types'
import type { Explanation, FaultEvent, LinearizabilityVerdict, LogRow, NodeSummary, SimulationCounts, SimulationPlan, TraceEvent, Violation } from '../../../../sim'

export type ToSimulator =
  | { readonly kind: 'open'; readonly plan: SimulationPlan; readonly originMs: number }
  /** Earlier than now: runs again from the start. */
  | { readonly kind: 'go-to'; readonly atMs: number }
  /** Goes no further than what is shown. */
  | { readonly kind: 'stay' }
  /** To the next event that people look at, beginning with the one after now. */
  | { readonly kind: 'step' }
  /** Adds a fault now: what was simulated beyond is forgotten. */
  | { readonly kind: 'inject'; readonly fault: FaultEvent }
  /** Looks for the shortest run that breaks the same invariant. May take long; end the worker to give up. */
  | { readonly kind: 'explain' }

export interface MessageUnderWay {
  readonly id: number
  readonly from: string
  readonly to: string
  readonly message: string
  readonly sentMs: number
  readonly arrivesMs: number
  readonly lost: boolean
}

export interface NodeLog {
  readonly nodeId: string
  readonly firstIndex: number
  readonly rows: readonly LogRow[]
}

/** A fault that was seen to begin, by its place in the plan's schedule. */
export interface FaultSeen {
  readonly at: number
  /** With the members that it struck. */
  readonly what: FaultEvent
  readonly fromMs: number
  /** Null while its end was not seen; of one that is over at once, its beginning. */
  readonly untilMs: number | null
  readonly isInForce: boolean
}

export interface SimulatorFrame {
  readonly nowMs: number
  readonly endMs: number
  readonly isDone: boolean
  /** False while the simulation is on its way: members and logs are of the last sample before this moment, or more of the way is to come. */
  readonly isSettled: boolean
  /** How far this plan was simulated; scrubbing up to here shows what was seen. */
  readonly seenToMs: number
  readonly plan: SimulationPlan
  /** Known from when it was first seen, wherever one scrubs to since then. */
  readonly violation: Violation | null
  /** What the histories of the clients were found to be; null until the end was seen, and where an invariant was broken before. */
  readonly verdict: LinearizabilityVerdict | null
  /** Times are `originMs` later than the simulation's, so that clocks show the time since its start. */
  readonly moment: ClusterMoment
  readonly timeline: EpochTimeline
  readonly nodes: readonly NodeSummary[]
  readonly messages: readonly MessageUnderWay[]
  /** The same stretch of every node's log. */
  readonly logs: readonly NodeLog[]
  /** The latest up to now, without single messages; the newest last. */
  readonly events: readonly TraceEvent[]
  readonly faults: readonly FaultSeen[]
  readonly counts: SimulationCounts
}

export interface ShortestRun {
  readonly plan: SimulationPlan
  readonly explanation: Explanation
  /** What was taken away to get there. */
  readonly steps: readonly string[]
  readonly runs: number
}

export type FromSimulator =
  /** An answer to a request, or how it goes on after one. */
  | { readonly kind: 'frame'; readonly isAnswer: boolean; readonly frame: SimulatorFrame }
  | { readonly kind: 'explained'; readonly shortest: ShortestRun }
  /** The simulator itself broke; its text is for a report. */
  | { readonly kind: 'failed'; readonly message: string }
