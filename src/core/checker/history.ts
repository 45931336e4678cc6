/**
 * Histories: what clients asked for and what they were told, in the order of real time. An operation is an invocation and its
 * completion; one whose completion is `info` or missing has an unknown outcome and may take effect at any later time, or never.
 */
import { assert } from '../base'
import { canonical, shown, type Value } from './values'

export type ProcessId = number | string
export type EventType = 'invoke' | 'ok' | 'fail' | 'info'

export interface HistoryEvent {
  readonly process: ProcessId
  readonly type: EventType
  /** Null only for a completion that does not repeat what was invoked. */
  readonly f: string | null
  /** Null where the history is about one object. */
  readonly key: Value
  /** Undefined where the event names none. */
  readonly value: Value | undefined
  /** As recorded; for display only, since the order of events is what counts. */
  readonly time: number | null
  /** Where it stands in its file, from 1; null where it never stood in one. */
  readonly line: number | null
}

export type Outcome = 'ok' | 'fail' | 'unknown'

export interface Operation {
  /** Place among the invocations, from 0. */
  readonly index: number
  readonly process: ProcessId
  readonly f: string
  readonly key: Value
  /** What was asked. */
  readonly input: Value
  /** What came back; null for nothing, and where the outcome is not ok. */
  readonly output: Value
  readonly outcome: Outcome
  /** Place of the invocation among all events, from 0. */
  readonly invoked: number
  /** Place of the completion among all events; Infinity where the outcome is unknown. */
  readonly completed: number
  readonly invokedAt: number | null
  readonly completedAt: number | null
  readonly line: number | null
}

/** Operations in the order of their invocations. */
export interface History {
  readonly operations: readonly Operation[]
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** Collects a history while it happens. Calls must come in the order of real time. */
export class HistoryRecorder {
  readonly #operations: Mutable<Operation>[] = []
  readonly #open = new Set<number>()
  #events = 0

  get size(): number {
    return this.#operations.length
  }

  /** Answers the id by which the operation is completed. */
  invoke(process: ProcessId, f: string, key: Value, value: Value, time: number | null = null, line: number | null = null): number {
    const index = this.#operations.length
    this.#open.add(index)
    this.#operations.push({
      index, process, f, key, input: value, output: null, outcome: 'unknown', invoked: this.#events++, completed: Infinity,
      invokedAt: time, completedAt: null, line,
    })
    return index
  }

  /** `info` says that the outcome will never be known, as no completion at all does. */
  complete(id: number, type: 'ok' | 'fail' | 'info', value: Value = null, time: number | null = null): void {
    const operation = this.#operations[id]
    assert(operation !== undefined && this.#open.delete(id), 'an operation that is open completes, once')
    const position = this.#events++
    operation.completedAt = time
    if (type === 'info') return
    operation.outcome = type
    operation.completed = position
    operation.output = type === 'ok' ? value : null
  }

  /** As of now: what is open has an unknown outcome. Later calls change nothing in it. */
  history(): History {
    return { operations: this.#operations.map((operation) => ({ ...operation })) }
  }
}

export interface Mismatch {
  /** The event that does not fit, by its place. */
  readonly at: number
  readonly expected: string
}

/**
 * Pairs invocations with completions. A completion belongs to the last open invocation of its process; a second invocation before
 * it leaves the first open for ever. Answers a Mismatch for a completion that completes nothing.
 */
export function pairEvents(events: readonly HistoryEvent[]): History | Mismatch {
  const recorder = new HistoryRecorder()
  const open = new Map<ProcessId, { id: number; f: string; key: Value }>()
  for (const [at, event] of events.entries()) {
    if (event.type === 'invoke') {
      const id = recorder.invoke(event.process, event.f ?? '', event.key, event.value ?? null, event.time, event.line)
      open.set(event.process, { id, f: event.f ?? '', key: event.key })
      continue
    }
    const invocation = open.get(event.process)
    // An outcome that is unknown anyway adds nothing.
    if (invocation === undefined && event.type === 'info') continue
    if (invocation === undefined) return { at, expected: `an invocation of process ${String(event.process)} before its completion` }
    if (event.f !== null && invocation.f !== event.f) {
      return { at, expected: `the completion of ${invocation.f}, which process ${String(event.process)} invoked last, not of ${event.f}` }
    }
    if (event.type === 'ok' && event.key !== null && event.key !== invocation.key && canonical(event.key) !== canonical(invocation.key)) {
      return { at, expected: `the completion of what process ${String(event.process)} invoked last, of key ${shown(invocation.key)}, not ${shown(event.key)}` }
    }
    open.delete(event.process)
    recorder.complete(invocation.id, event.type, event.value ?? null, event.time)
  }
  return recorder.history()
}
