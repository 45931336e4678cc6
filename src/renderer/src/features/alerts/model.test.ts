import { describe, expect, it } from 'vitest'
import type { AlertState } from '../../../../contract/health'
import { draftOf, heldMs, listsOf, ruleOf } from './model'

const alert = (over: Partial<AlertState>): AlertState => ({
  id: 'a', clusterId: 'c', issueKey: 'k', code: 'node-failed', severity: 'warning', phase: 'firing', nodeId: null, peerId: null, sinceMs: 100, firedAtMs: null,
  resolvedAtMs: null, seenAtMs: 100, by: [], sentence: { key: 's', parameters: {} }, cause: 'c', advice: 'd', acknowledged: null, silencedUntilMs: null, ...over,
})

describe('alert lists', () => {
  it('puts the worst first, then the oldest, and leaves other clusters out', () => {
    const lists = listsOf([alert({ id: '1', sinceMs: 50 }), alert({ id: '2', severity: 'critical' }), alert({ id: '3', sinceMs: 20 }), alert({ id: '4', clusterId: 'x' })], 'c', 1000)
    expect(lists.firing.map((one) => one.id)).toEqual(['2', '3', '1'])
  })
  it('keeps a silenced alert apart until its time is over', () => {
    const silenced = [alert({ silencedUntilMs: 500 })]
    expect(listsOf(silenced, 'c', 499).silenced).toHaveLength(1)
    expect(listsOf(silenced, 'c', 500)).toMatchObject({ silenced: [], firing: [{ id: 'a' }] })
  })
  it('counts how long a condition held until it ended', () => expect(heldMs(alert({ resolvedAtMs: 400 }), 9000)).toBe(300))
})

it('edits a share as percent and gives the same rule back', () => {
  const rule = { code: 'low-availability', enabled: true, pendingForMs: 1500, resolveAfterMs: 5000, notify: true, limit: { value: 0.7, unit: 'share' as const } }
  expect(draftOf(rule).limit).toBe(70)
  expect(ruleOf(rule.code, draftOf(rule), 'share')).toEqual({ ...rule, limit: 0.7 })
})
