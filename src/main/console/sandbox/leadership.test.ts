import { expect, it } from 'vitest'
import { unknown, type NodeObservation } from '../../../core/observation'
import { said } from './agents.fixture'
import { fullestFirst } from './leadership'

const at = (value: bigint) => ({ unit: 'entries', lineage: 'g', value }) as const
const none = unknown('not-reported')
const word = (nodeId: string, lastTerm: number | null, last: bigint, committed: bigint): NodeObservation => ({
  ...said, nodeId, extras: lastTerm === null ? {} : { lastTerm },
  groups: [{
    groupId: 'g', role: 'follower', fence: { kind: 'raft-term', value: 9n }, leaderId: null, members: [], peers: [],
    log: { firstAvailable: none, last: at(last), persisted: none, committed: at(committed), applied: none },
  }],
})
const order = (...words: NodeObservation[]): string[] => fullestFirst(words).map(({ nodeId }) => nodeId)

it('of the survivors the one with the later last term goes on, then the one with the longer log', () => {
  // n1 has much of a leader that nobody heard of again; n3 lacks what n2 acknowledged last.
  expect(order(word('n1', 2, 50n, 10n), word('n2', 3, 15n, 10n), word('n3', 3, 12n, 10n))).toEqual(['n2', 'n3', 'n1'])
})

it('of the survivors one that was started again is not left behind for what it does not know to be committed', () => {
  expect(order(word('n1', 3, 10n, 10n), word('n2', 3, 15n, 4n))).toEqual(['n2', 'n1'])
  expect(fullestFirst([word('n2', 3, 15n, 4n)])).toEqual([{ nodeId: 'n2', lastIndex: 15n }])
})
