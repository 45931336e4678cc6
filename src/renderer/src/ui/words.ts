/**
 * The words that components say by themselves ("close", units, roles). The app provides them in the user's language;
 * without a provider they are English, so that a component can be shown alone.
 */
import { computed, inject, type ComputedRef, type InjectionKey, type Ref } from 'vue'

export type StateName = 'quorate' | 'at-risk' | 'no-quorum' | 'starting' | 'stopping' | 'stopped' | 'unknown'
export type RoleName =
  | 'leader' | 'follower' | 'candidate' | 'learner' | 'observer' | 'witness' | 'primary' | 'standby' | 'replica' | 'down' | 'unknown'
export type UnknownWhy = 'unreachable' | 'not-reported' | 'not-supported' | 'not-measured' | 'refused'
export type UnitName = 'ms' | 's' | 'min' | 'h' | 'd'

export interface UiWords {
  readonly locale: string
  readonly units: Readonly<Record<UnitName, string>>
  readonly states: Readonly<Record<StateName, string>>
  readonly roles: Readonly<Record<RoleName, string>>
  readonly unknownBecause: Readonly<Record<UnknownWhy, string>>
  readonly unknown: string
  readonly close: string
  readonly cancel: string
  readonly dismiss: string
  readonly loading: string
  readonly required: string
  readonly more: string
  readonly less: string
  readonly retry: string
  readonly notifications: string
  /** {age} */
  readonly ago: string
  readonly now: string
  /** {term} */
  readonly epoch: string
  /** {name} */
  readonly saidBy: string
  /** {time} {age} */
  readonly saidAt: string
  /** {age} */
  readonly staleFor: string
  /** {name} */
  readonly typeToConfirm: string
}

export const ENGLISH_WORDS: UiWords = {
  locale: 'en',
  units: { ms: 'ms', s: 's', min: 'min', h: 'h', d: 'd' },
  states: {
    quorate: 'Quorate', 'at-risk': 'At risk', 'no-quorum': 'No quorum', starting: 'Starting', stopping: 'Stopping',
    stopped: 'Stopped', unknown: 'Unknown',
  },
  roles: {
    leader: 'Leader', follower: 'Follower', candidate: 'Candidate', learner: 'Learner', observer: 'Observer', witness: 'Witness',
    primary: 'Primary', standby: 'Standby', replica: 'Replica', down: 'Down', unknown: 'Unknown',
  },
  unknownBecause: {
    unreachable: 'Not known: the member does not answer.',
    'not-reported': 'Not known: the member does not report it.',
    'not-supported': 'Not known: this engine or version has no such figure.',
    'not-measured': 'Not known: not measured yet.',
    refused: 'Not known: the member declined to say.',
  },
  unknown: 'Unknown', close: 'Close', cancel: 'Cancel', dismiss: 'Dismiss', loading: 'Loading', required: 'required',
  more: 'Increase', less: 'Decrease', retry: 'Try again', notifications: 'Notifications',
  ago: '{age} ago', now: 'now', epoch: 'Term {term}', saidBy: 'Said by {name}', saidAt: 'at {time}, {age}', staleFor: 'Stale: last heard {age}',
  typeToConfirm: 'Type “{name}” to confirm',
}

export const UI_WORDS: InjectionKey<Ref<UiWords>> = Symbol('ui-words')

export function useUiWords(): ComputedRef<UiWords> {
  const provided = inject(UI_WORDS, null)
  return computed(() => provided?.value ?? ENGLISH_WORDS)
}

/** Puts values in place of {names}. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A length of time in at most two units: "12 s", "3 min 4 s", "2 h 10 min", "4 d". */
export function spanText(spanMs: number, units: UiWords['units']): string {
  const ms = Math.max(0, Math.round(spanMs))
  if (ms < SECOND_MS) return `${ms} ${units.ms}`
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} ${units.s}`
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string => {
    const rest = Math.floor((ms % big) / small)
    return `${Math.floor(ms / big)} ${bigUnit}${rest > 0 ? ` ${rest} ${smallUnit}` : ''}`
  }
  if (ms < 10 * MINUTE_MS) return pair(MINUTE_MS, units.min, SECOND_MS, units.s)
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} ${units.min}`
  if (ms < DAY_MS) return pair(HOUR_MS, units.h, MINUTE_MS, units.min)
  return `${Math.floor(ms / DAY_MS)} ${units.d}`
}
