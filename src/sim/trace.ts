/** What happened: hashed always, counted always, told where somebody listens. */
import type { FaultKind, Phase } from './plan'
import { TraceHash } from './trace-hash'
import type { Coverage, Deed, SimulationCounts, TraceEvent } from './types'

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

export class Trace {
  readonly hash = new TraceHash()
  readonly counts: Mutable<SimulationCounts> = {
    steps: 0, messagesSent: 0, messagesDelivered: 0, messagesDropped: 0, messagesDuplicated: 0, messagesReordered: 0, crashes: 0, restarts: 0,
    flushes: 0, operationsOk: 0, operationsFailed: 0, operationsUnknown: 0, invariantEvaluations: 0,
  }
  readonly #cells = new Map<FaultKind, Map<Phase, number>>()
  readonly #deeds = new Map<Deed, number>()
  readonly #onEvent: ((event: TraceEvent) => void) | null

  constructor(onEvent: ((event: TraceEvent) => void) | null) {
    this.#onEvent = onEvent
  }

  /** Whether anybody listens: an event that is frequent is made only then. */
  get isTold(): boolean {
    return this.#onEvent !== null
  }

  tell(event: TraceEvent): void {
    this.#onEvent?.(event)
  }

  did(deed: Deed, times = 1): void {
    if (times > 0) this.#deeds.set(deed, (this.#deeds.get(deed) ?? 0) + times)
  }

  faultBegan(kind: FaultKind, phase: Phase): void {
    const row = this.#cells.get(kind) ?? new Map<Phase, number>()
    this.#cells.set(kind, row)
    row.set(phase, (row.get(phase) ?? 0) + 1)
  }

  coverage(): Coverage {
    const cells: Partial<Record<FaultKind, Partial<Record<Phase, number>>>> = {}
    for (const [kind, row] of this.#cells) cells[kind] = Object.fromEntries(row)
    return { cells, deeds: Object.fromEntries(this.#deeds) }
  }
}
