/** Numbers and times in the user's language: tabular, with units, with sensible precision. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

export interface Format {
  readonly locale: string
  number(value: number | bigint, decimals?: number): string
  /** 1 KiB is 1,024 bytes. */
  bytes(value: number | bigint): string
  percent(share: number, decimals?: number): string
  /** 3.2 ms, 480 ms, 1.25 s. */
  milliseconds(value: number): string
  /** 12 s, 3 min 4 s, 2 h 10 min. */
  span(spanMs: number): string
  /** In one unit, rounded down, as one says it: 12 s, 119 s, 3 min. */
  duration(spanMs: number): string
  /** 12:04:07 */
  clock(atMs: number): string
  /** The time, with the date where it is not today. */
  when(atMs: number, nowMs?: number): string
  dateTime(atMs: number): string
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

export function createFormat(locale: string, unit: (name: 'ms' | 's' | 'min' | 'h' | 'd') => string): Format {
  const numbers = new Map<number, Intl.NumberFormat>()
  const number = (value: number | bigint, decimals = 0): string => {
    let format = numbers.get(decimals)
    if (!format) numbers.set(decimals, (format = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })))
    return format.format(value)
  }
  const clockFormat = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const dateTimeFormat = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const two = (ms: number, big: number, bigName: string, small: number, smallName: string): string => {
    const rest = Math.floor((ms % big) / small)
    return `${number(Math.floor(ms / big))} ${bigName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`
  }
  const span = (spanMs: number): string => {
    const ms = Math.max(0, Math.round(spanMs))
    if (ms < SECOND_MS) return `${ms} ${unit('ms')}`
    if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} ${unit('s')}`
    if (ms < HOUR_MS) return two(ms, MINUTE_MS, unit('min'), SECOND_MS, unit('s'))
    if (ms < DAY_MS) return two(ms, HOUR_MS, unit('h'), MINUTE_MS, unit('min'))
    return two(ms, DAY_MS, unit('d'), HOUR_MS, unit('h'))
  }
  return {
    locale, number, span,
    duration: (ms) =>
      ms < SECOND_MS ? `${Math.max(0, Math.round(ms))} ${unit('ms')}`
        : ms < 2 * MINUTE_MS ? `${Math.floor(ms / SECOND_MS)} ${unit('s')}`
          : ms < 2 * HOUR_MS ? `${Math.floor(ms / MINUTE_MS)} ${unit('min')}`
            : ms < 2 * DAY_MS ? `${Math.floor(ms / HOUR_MS)} ${unit('h')}` : `${Math.floor(ms / DAY_MS)} ${unit('d')}`,
    bytes: (value) => {
      let rest = Number(value)
      let at = 0
      while (rest >= 1024 && at < BYTE_UNITS.length - 1) { rest /= 1024; at += 1 }
      return `${number(rest, at === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2)} ${BYTE_UNITS[at]}`
    },
    percent: (share, decimals = 0) => `${number(share * 100, decimals)} %`,
    milliseconds: (value) => (value === 0 ? `0 ${unit('ms')}` : value < 1 ? `${number(value, 2)} ${unit('ms')}` : value < 10 ? `${number(value, 1)} ${unit('ms')}` : value < SECOND_MS ? `${number(value)} ${unit('ms')}` : `${number(value / SECOND_MS, 2)} ${unit('s')}`),
    clock: (atMs) => clockFormat.format(atMs),
    when: (atMs, nowMs = Date.now()) => (new Date(atMs).toDateString() === new Date(nowMs).toDateString() ? clockFormat.format(atMs) : dateTimeFormat.format(atMs)),
    dateTime: (atMs) => dateTimeFormat.format(atMs),
  }
}

export function useFormat(): ComputedRef<Format> {
  const { locale, t } = useI18n({ useScope: 'global' })
  return computed(() => createFormat(locale.value, (name) => t(`ui.units.${name}`)))
}
