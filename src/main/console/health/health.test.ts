import { describe, expect, test } from 'vitest'
import type { AlertState } from '../../../contract/health'
import { ok } from '../../../core/base'
import type { ClusterDerivation, HealthIssue, TopologyNode } from '../../../core/observe'
import { unknown } from '../../../core/observation'
import { startHealth, type AlertPersistence, type Health } from './health'

const MINUTE = 60_000

/** A store that outlives the console, and a console on top of it that can be started again. */
function world(): {
  readonly clock: { nowMs: number }
  readonly told: string[]
  readonly transitions: string[]
  readonly paused: Set<string>
  readonly saved: [AlertState, number][]
  start(): Health
} {
  const clock = { nowMs: 1_000_000 }
  const saved: [AlertState, number][] = []
  const latest = (until: number): AlertState[] => [...new Map(saved.filter(([, atMs]) => atMs <= until).map(([alert]) => [alert.id, alert])).values()]
  const alerts: AlertPersistence = {
    open: () => latest(Infinity).filter(({ phase }) => phase !== 'resolved'),
    save: (states, atMs) => states.forEach((alert) => saved.push([alert, atMs])),
    resolved: (_clusterId, sinceMs) => latest(Infinity).filter(({ firedAtMs, resolvedAtMs }) => firedAtMs !== null && (resolvedAtMs ?? 0) >= sinceMs),
    at: (_clusterId, atMs) => latest(atMs).filter(({ phase }) => phase !== 'resolved'),
  }
  const [told, transitions, paused]: [string[], string[], Set<string>] = [[], [], new Set()]
  let rules: unknown
  return {
    clock, told, transitions, paused, saved,
    start: () => startHealth({
      alerts, rules: { get: () => rules, put: (value) => { rules = structuredClone(value); return ok(null) } }, nowMs: () => clock.nowMs,
      isPaused: (id) => paused.has(id), notify: (alert) => told.push(alert.issueKey), onTransition: (alert, kind) => transitions.push(`${kind} ${alert.issueKey}`),
    }),
  }
}

const failed = (nodeId: string): HealthIssue => ({
  key: `node-failed:${nodeId}`, code: 'node-failed', severity: 'warning', clusterId: 'c1', nodeId, by: ['console'],
  sentence: { key: 'issue.node-failed', parameters: { name: nodeId, whyKey: 'reachability.timeout' } }, cause: 'cause.not-told', advice: 'advice.check-node',
})
const node = (id: string, stale: boolean): TopologyNode => ({
  id, name: id, endpoint: '', role: unknown('unreachable'), reachability: 'ok', voter: true, expected: true, stale, ageMs: 0, fence: unknown('unreachable'),
})
function derivation(atMs: number, issues: readonly HealthIssue[], stale: readonly string[] = []): ClusterDerivation {
  return {
    clusterId: 'c1', atMs, issues, state: 'quorate', sentence: { key: 'state.stopped', parameters: {} },
    leader: { value: null, by: '', atMs }, fence: { unknown: 'unreachable', by: '', atMs }, margin: { voters: 3, answering: 3, agreeing: 3, faulty: 0, needed: 2, canLose: 1, critical: [] },
    topology: { nodes: ['n1', 'n2', 'n3'].map((id) => node(id, stale.includes(id))), links: [] }, matrix: { columns: [], rows: [] }, disagreements: [], positions: [], lag: [],
  }
}

function watch(here: ReturnType<typeof world>, health: Health, seconds: number, issues: readonly HealthIssue[], stale: readonly string[] = []): void {
  for (let i = 0; i < seconds; i += 1) {
    here.clock.nowMs += 1_000
    health.observe(derivation(here.clock.nowMs, issues, stale))
  }
}

const list = (health: Health, resolvedSinceMs: number | null = null): string[] => {
  const result = health.handlers['health.list']({ clusterId: null, resolvedSinceMs, limit: 100 })
  return result.ok ? result.value.map(({ issueKey, phase }) => `${issueKey} ${phase}`) : []
}

describe('alerts of a console', () => {
  test('fire, are told once, are kept, resolve', () => {
    const here = world()
    const health = here.start()
    watch(here, health, 2, [failed('n1')])
    expect(list(health)).toEqual(['node-failed:n1 pending'])
    watch(here, health, 20, [failed('n1')])
    expect([list(health), here.told]).toEqual([['node-failed:n1 firing'], ['node-failed:n1']])
    watch(here, health, 5, [])
    expect([list(health), list(health, 0)]).toEqual([[], ['node-failed:n1 resolved']])
    expect(here.transitions).toEqual(['alert-fired node-failed:n1', 'alert-resolved node-failed:n1'])
    expect(here.saved.map(([{ phase }]) => phase)).toEqual(['pending', 'firing', 'resolved'])
  })

  test('survive a restart: neither lost, nor doubled, nor told again', () => {
    const here = world()
    watch(here, here.start(), 5, [failed('n1'), failed('n2')])
    here.clock.nowMs += 10 * MINUTE
    const health = here.start()
    expect(list(health).sort()).toEqual(['node-failed:n1 firing', 'node-failed:n2 firing'])
    watch(here, health, 10, [failed('n1')])
    expect([list(health), here.told.length]).toEqual([['node-failed:n1 firing'], 2])
    expect(new Set(here.saved.map(([{ id }]) => id)).size).toBe(2)
  })

  test('a member that is not heard any more has not recovered', () => {
    const here = world()
    const health = here.start()
    watch(here, health, 5, [failed('n1')])
    watch(here, health, 60, [], ['n1'])
    expect(list(health)).toEqual(['node-failed:n1 firing'])
    watch(here, health, 5, [])
    expect(list(health)).toEqual([])
  })

  test('silenced ones stay silent when they come back, also after a restart, until the time is up', () => {
    const here = world()
    let health = here.start()
    watch(here, health, 5, [failed('n1')])
    const id = health.open()[0]?.id ?? ''
    expect(health.handlers['health.silence']({ alertId: id, forMs: 10 * MINUTE }).ok).toBe(true)
    watch(here, health, 5, [])
    watch(here, health, 5, [failed('n1')])
    watch(here, health, 5, [])
    health = here.start()
    watch(here, health, 5, [failed('n1')])
    expect([here.told.length, list(health)]).toEqual([1, ['node-failed:n1 firing']])
    watch(here, health, 5, [])
    here.clock.nowMs += 11 * MINUTE
    watch(here, health, 15, [failed('n1')])
    expect(here.told.length).toBe(2)
  })

  test('are acknowledged, and an unknown one is not', () => {
    const here = world()
    const health = here.start()
    watch(here, health, 5, [failed('n1')])
    const alertId = health.open()[0]?.id ?? ''
    expect(health.handlers['health.acknowledge']({ alertId, note: 'looking' }).ok).toBe(true)
    expect(here.start().open()[0]?.acknowledged).toEqual({ atMs: here.clock.nowMs, note: 'looking' })
    expect(health.handlers['health.acknowledge']({ alertId: 'no', note: '' })).toMatchObject({ ok: false, error: { code: 'not-found' } })
  })

  test('past moments show what was then', () => {
    const here = world()
    const health = here.start()
    const startMs = here.clock.nowMs
    watch(here, health, 5, [failed('n1')])
    watch(here, health, 10, [])
    const at = (ms: number): string[] => {
      const result = health.handlers['health.at']({ clusterId: 'c1', atMs: startMs + ms })
      return result.ok ? result.value.map(({ phase }) => phase) : []
    }
    expect([at(0), at(1_500), at(4_500), at(14_000)]).toEqual([[], ['pending'], ['firing'], []])
  })

  test('rules are kept, decide what is told, and give the thresholds', () => {
    const here = world()
    const rule = { code: 'node-failed', enabled: true, pendingForMs: 0, resolveAfterMs: 0, notify: false, limit: null }
    expect(here.start().handlers['health.setRule'](rule).ok).toBe(true)
    const health = here.start()
    expect(health.handlers['health.setRule']({ ...rule, code: 'high-latency', limit: 40 }).ok).toBe(true)
    expect(health.handlers['health.setRule']({ ...rule, code: 'no-such' })).toMatchObject({ ok: false, error: { code: 'not-found' } })
    watch(here, health, 1, [failed('n1')])
    expect([list(health), here.told, here.start().thresholds().highLatencyMs]).toEqual([['node-failed:n1 firing'], [], 40])
  })

  test('a paused cluster has none, and one that is gone keeps none', () => {
    const here = world()
    const health = here.start()
    here.paused.add('c1')
    watch(here, health, 10, [failed('n1')])
    expect([list(health), here.told]).toEqual([[], []])
    here.paused.clear()
    watch(here, health, 10, [failed('n1')])
    health.keepOnly([])
    expect([list(health), list(here.start())]).toEqual([[], []])
  })

  test('a watcher hears the present state at once, then each change', () => {
    const here = world()
    const health = here.start()
    const heard: string[][] = []
    const opened = health.handlers['health.watch']({}, { push: (alerts) => heard.push(alerts.map(({ phase }) => phase)) })
    watch(here, health, 4, [failed('n1')])
    if (opened.ok) opened.value()
    watch(here, health, 10, [])
    expect(heard).toEqual([[], ['pending'], ['firing']])
  })
})
