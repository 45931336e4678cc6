/** What a workload is given, and what it must do. */
import type { Body } from './message'

export interface Host {
  readonly nodeId: string
  /** All nodes, this one included. */
  readonly nodeIds: readonly string[]
  /** To another node. It may be lost, delayed, or come after later ones. */
  send(to: string, body: Body): void
  /** For a person who looks on: standard error. */
  log(text: string): void
  /** Monotonic milliseconds. */
  nowMs(): number
  /** Until the node ends. */
  every(periodMs: number, run: () => void): void
}

export interface Workload {
  /**
   * A request of a client: `answer` is called at most once, now or later. False where this workload has no such request.
   */
  request(body: Body, answer: (reply: Body) => void): boolean
  /** A message of another node. */
  hear(from: string, body: Body): void
  stop(): void
}

export type OpenWorkload = (host: Host) => Workload
