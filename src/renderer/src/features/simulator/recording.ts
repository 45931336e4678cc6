/** What was seen of one run, to be shown again at any moment of it without running the simulation. */
import type { ClusterMoment } from '../../../../core/observation'
import type { NodeSummary, SimulationCounts, TraceEvent } from '../../../../sim'
import type { FaultSeen, MessageUnderWay, NodeLog } from './messages'

export const RECORDING_LIMITS = {
  /** Events of the list. */
  eventsShownMax: 400,
  /** Messages looked at, back from now, for those under way. */
  messagesLookedAtMax: 4_000,
  messagesShownMax: 120,
  /** Where there are more, every other one is forgotten. */
  samplesMax: 1_000,
} as const

/** A message that is lost is drawn for so long. */
const LOST_SHOWN_MS = 120

export const QUIET_KINDS: ReadonlySet<TraceEvent['kind']> = new Set<TraceEvent['kind']>(['sent', 'delivered', 'dropped', 'committed', 'applied'])

type Sent = Extract<TraceEvent, { kind: 'sent' }>
type Dropped = Extract<TraceEvent, { kind: 'dropped' }>
type FaultTrace = Extract<TraceEvent, { kind: 'fault-began' | 'fault-ended' }>

/** What the simulation alone can say, as it was at one moment. */
export interface Sample {
  readonly nowMs: number
  readonly isDone: boolean
  readonly moment: ClusterMoment
  readonly nodes: readonly NodeSummary[]
  readonly logs: readonly NodeLog[]
  readonly counts: SimulationCounts
}

export class Recording {
  readonly #events: TraceEvent[] = []
  readonly #sent: Sent[] = []
  readonly #lost = new Map<number, Dropped>()
  /** Beginnings and ends of faults, each with its place among all events. */
  readonly #faults: { readonly place: number; readonly event: FaultTrace }[] = []
  #samples: Sample[] = []

  get length(): number {
    return this.#events.length
  }

  add(event: TraceEvent): void {
    this.#events.push(event)
    if (event.kind === 'sent') this.#sent.push(event)
    else if (event.kind === 'dropped') this.#lost.set(event.id, event)
    else if (event.kind === 'fault-began' || event.kind === 'fault-ended') this.#faults.push({ place: this.#events.length, event })
  }

  /** Later than all that were kept before. */
  keep(sample: Sample): void {
    if (this.#samples.length >= RECORDING_LIMITS.samplesMax) this.#samples = this.#samples.filter((_, at) => at % 2 === 0)
    this.#samples.push(sample)
  }

  /** The last one that was taken no later than `atMs`; null before the first. */
  sampleAt(atMs: number): Sample | null {
    return this.#samples[placeAfter(this.#samples, atMs, ({ nowMs }) => nowMs) - 1] ?? null
  }

  /** How many events had been by `atMs`. */
  countAt(atMs: number): number {
    return placeAfter(this.#events, atMs, timeOf)
  }

  between(from: number, to: number): readonly TraceEvent[] {
    return this.#events.slice(from, to)
  }

  messagesAt(atMs: number): MessageUnderWay[] {
    const found: MessageUnderWay[] = []
    let at = placeAfter(this.#sent, atMs, timeOf) - 1
    for (let looked = 0; at >= 0 && looked < RECORDING_LIMITS.messagesLookedAtMax && found.length < RECORDING_LIMITS.messagesShownMax; at--, looked++) {
      const sent = this.#sent[at] as Sent
      const dropped = this.#lost.get(sent.id)
      const arrivesMs = dropped ? Math.max(dropped.atMs, sent.atMs + LOST_SHOWN_MS) : sent.deliverAtMs
      if (arrivesMs < atMs) continue
      found.push({ id: sent.id, from: sent.from, to: sent.to, message: sent.message, sentMs: sent.atMs, arrivesMs, lost: dropped !== undefined })
    }
    return found
  }

  /** The latest of the first `count`, without single messages; the newest last. */
  eventsUpTo(count: number): TraceEvent[] {
    const shown: TraceEvent[] = []
    for (let at = count - 1; at >= 0 && shown.length < RECORDING_LIMITS.eventsShownMax; at--) {
      const event = this.#events[at] as TraceEvent
      if (!QUIET_KINDS.has(event.kind)) shown.push(event)
    }
    return shown.reverse()
  }

  /** All that were ever seen; those are in force that were after the first `count` events. */
  faultsUpTo(count: number): FaultSeen[] {
    const seen = new Map<number, FaultSeen>()
    for (const { place, event } of this.#faults) {
      const isPast = place <= count
      const began = seen.get(event.fault)
      if (event.kind === 'fault-began') {
        const lasts = 'untilMs' in event.what
        seen.set(event.fault, { at: event.fault, what: event.what, fromMs: event.atMs, untilMs: lasts ? null : event.atMs, isInForce: lasts && isPast })
      } else if (began) seen.set(event.fault, { ...began, untilMs: event.atMs, isInForce: began.isInForce && !isPast })
    }
    return [...seen.values()]
  }
}

const timeOf = ({ atMs }: { readonly atMs: number }): number => atMs

/** The place of the first one after `atMs`, of those in the order of time. */
function placeAfter<T>(list: readonly T[], atMs: number, time: (one: T) => number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (time(list[middle] as T) <= atMs) low = middle + 1
    else high = middle
  }
  return low
}
