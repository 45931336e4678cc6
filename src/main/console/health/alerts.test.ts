import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HealthIssue } from '../../../core/observe'
import { ALERT_LIMITS, EMPTY_BOOK, stepAlerts, type AlertBook, type AlertStep } from './alerts'
import { DEFAULT_RULES } from './rules'

const RULE = { code: 'node-failed', enabled: true, pendingForMs: 2_000, resolveAfterMs: 3_000, notify: true, limit: null }
const rules = new Map([[RULE.code, RULE]])

const issue = (key = 'node-failed:n1'): HealthIssue => ({
  key, code: 'node-failed', severity: 'warning', clusterId: 'c1', nodeId: 'n1', by: ['console'],
  sentence: { key: 'issue.node-failed', parameters: { name: 'n1', whyKey: 'reachability.timeout' } }, cause: 'cause.not-told', advice: 'advice.check-node',
})

interface Tick {
  readonly atMs: number
  readonly seen: boolean
  readonly tells: boolean
}

const stepAt = ({ atMs, seen, tells }: Tick, change: Partial<AlertStep> = {}): AlertStep => ({
  clusterId: 'c1', atMs, issues: seen && tells ? [issue()] : [], canTell: () => tells, paused: false, rules, ...change,
})

function run(ticks: readonly Tick[]): { phases: string[]; fired: number; book: AlertBook } {
  let book = EMPTY_BOOK
  let fired = 0
  const phases = ticks.map((tick) => {
    const outcome = stepAlerts(book, stepAt(tick))
    book = outcome.book
    fired += outcome.fired.length
    return [...book.open.values()][0]?.alert.phase ?? 'none'
  })
  return { phases, fired, book }
}

const every = (ms: number, pattern: string): Tick[] => [...pattern].map((sign, i) => ({ atMs: i * ms, seen: sign === '#', tells: sign !== '?' }))
const short = (phases: readonly string[]): string => phases.map((phase) => ({ none: '.', pending: 'p', firing: 'F' })[phase] ?? '!').join('')

describe('one alert', () => {
  test.each([
    ['fires after it held, resolves after it was gone', '..####.....', '..ppFFFFF..'],
    ['a flicker never fires', '..#.##.#.', '..p.pp.p.'],
    ['a short recovery does not end it', '####..###.....', 'ppFFFFFFFFFF..'],
    ['silence is neither', '####??????....', 'ppFFFFFFFFFFF.'],
    ['silence while pending neither fires nor ends it', '##?????##', 'ppppppppF'],
  ])('%s', (_name, pattern, expected) => expect(short(run(every(1_000, pattern)).phases)).toBe(expected))

  test('a gap in the watching counts for nothing, however long', () => {
    const sleepMs = 3_600_000
    const awake = every(1_000, '#').concat(every(1_000, '######').map((tick) => ({ ...tick, atMs: tick.atMs + sleepMs })))
    expect(short(run(awake).phases)).toBe('pppppp'.slice(0, 6) + 'F')
    const firing = every(1_000, '####').concat(every(1_000, '........').map((tick) => ({ ...tick, atMs: tick.atMs + sleepMs })))
    expect(short(run(firing).phases)).toBe('ppFF' + 'FFFFFF..')
  })

  test('a pause and a disabled rule end it, and raise none', () => {
    const firing = run(every(1_000, '####')).book
    for (const change of [{ paused: true }, { rules: new Map([[RULE.code, { ...RULE, enabled: false }]]) }]) {
      const { book, changed } = stepAlerts(firing, stepAt({ atMs: 4_000, seen: true, tells: true }, change))
      expect([book.open.size, changed[0]?.phase]).toEqual([0, 'resolved'])
    }
  })

  test('there is a rule for every kind of issue, and none twice', () => {
    const codes = DEFAULT_RULES.map(({ code }) => code)
    expect([...codes].sort()).toEqual([
      'engine-alarm', 'high-latency', 'link-failed', 'low-availability', 'members-disagree', 'misbehaviour', 'no-leader', 'node-failed', 'quorum-at-risk', 'quorum-lost', 'replication-lag',
    ])
  })
})

/**
 * The reference: reads the whole past at each tick and asks what the words of the rule say. An interval counts when it was
 * watched; the issue held through it if it was seen at both ends with nothing else between.
 */
function reference(ticks: readonly Tick[]): string[] {
  let phase = 'none'
  let from = 0
  let settledAtMs = Number.NEGATIVE_INFINITY
  const watched = ticks.map((tick, i) => {
    const before = ticks[i - 1]
    if (before === undefined) return 0
    if (tick.atMs - before.atMs > ALERT_LIMITS.gapMs) {
      settledAtMs = tick.atMs + ALERT_LIMITS.settleMs
      return 0
    }
    return Math.max(0, tick.atMs - Math.max(before.atMs, settledAtMs))
  })
  const sum = (start: number, end: number, wanted: boolean): number => {
    let total = 0
    for (let i = start + 1; i <= end; i += 1) {
      const ends = [ticks[i - 1], ticks[i]]
      if (ends.every((tick) => tick?.tells === true && tick.seen === wanted)) total += watched[i] ?? 0
    }
    return total
  }
  return ticks.map((tick, i) => {
    if (!tick.tells) return phase
    if (phase === 'none') {
      if (tick.seen) [phase, from] = ['pending', i]
    } else if (phase === 'pending') {
      if (!tick.seen) phase = 'none'
      else if (sum(from, i, true) >= RULE.pendingForMs) phase = 'firing'
    } else if (!tick.seen) {
      const lastSeen = ticks.slice(0, i).findLastIndex((each) => each.tells && each.seen)
      if (sum(lastSeen, i, false) >= RULE.resolveAfterMs) phase = 'none'
    }
    return phase
  })
}

test('agrees with the reference over any course of events', () => {
  const tick = fc.record({ waitMs: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 1_500 }) }, { weight: 1, arbitrary: fc.integer({ min: 4_000, max: 60_000 }) }), seen: fc.boolean(), tells: fc.integer({ min: 0, max: 6 }).map((n) => n > 0) })
  const runs = fc.array(fc.tuple(tick, fc.integer({ min: 1, max: 6 })), { maxLength: 25 })
  fc.assert(fc.property(runs, (groups) => {
    let atMs = 0
    const ticks = groups.flatMap(([each, times]) => Array.from({ length: times }, (): Tick => ({ atMs: (atMs += each.waitMs), seen: each.seen, tells: each.tells })))
    const { phases, fired } = run(ticks)
    const expected = reference(ticks)
    expect(phases).toEqual(expected)
    expect(fired).toBe(expected.filter((phase, i) => phase === 'firing' && expected[i - 1] !== 'firing').length)
  }), { numRuns: 2_000 })
})
