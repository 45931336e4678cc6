import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../../../../contract/history'
import { EMPTY_LIST, filterOf, NO_FILTERS, startsDay, toggled, withArrival, withPage, withWaitingShown } from './model'

const event = (id: number, atMs = id): RecordedEvent => ({ id, atMs, clusterId: 'c', nodeId: null, kind: 'node-up', severity: 'info', sentence: { key: 'k', parameters: {} } })
const ids = (rows: readonly RecordedEvent[]): readonly number[] => rows.map((row) => row.id)

describe('the list of events', () => {
  it('shows arrivals at once at the top, and each event once', () => {
    const list = withArrival(withPage(EMPTY_LIST, [event(2), event(1)], false), event(3), true)
    expect(ids(withArrival(list, event(3), true).rows)).toEqual([3, 2, 1])
  })
  it('moves nothing while one reads further down', () => {
    const reading = withArrival(withPage(EMPTY_LIST, [event(2), event(1)], true), event(3), false)
    expect(ids(reading.rows)).toEqual([2, 1])
    expect(ids(withWaitingShown(reading).rows)).toEqual([3, 2, 1])
  })
  it('does not repeat what overlapping pages hold', () => expect(ids(withPage(withPage(EMPTY_LIST, [event(3), event(2)], true), [event(2), event(1)], false).rows)).toEqual([3, 2, 1]))
  it('marks where a day begins', () => {
    const day = 86_400_000
    const rows = [event(3, 2 * day + 5), event(2, 2 * day + 4), event(1, day)]
    expect(rows.map((_, index) => startsDay(rows, index))).toEqual([true, false, true])
  })
  it('ends at the moment of the time bar', () => expect(filterOf('c', { ...NO_FILTERS, text: ' n2 ' }, 12.4)).toMatchObject({ text: 'n2', toMs: 12, fromMs: null }))
  it('toggles', () => expect(toggled(toggled(['a'], 'b'), 'a')).toEqual(['b']))
})
