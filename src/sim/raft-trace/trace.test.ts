import { describe, expect, it } from 'vitest'
import { drawPlan } from '../draw'
import type { RaftTraceEvent } from './recorder'
import { raftTraceOf } from './trace'

const NAMES = new Set([
  'InitState', 'BecomeCandidate', 'BecomeFollower', 'BecomeLeader', 'Commit', 'Replicate', 'Ready', 'SendAppendEntriesRequest', 'ReceiveAppendEntriesRequest',
  'SendAppendEntriesResponse', 'ReceiveAppendEntriesResponse', 'SendRequestVoteRequest', 'ReceiveRequestVoteRequest', 'SendRequestVoteResponse', 'ReceiveRequestVoteResponse',
])

const eventsOf = (seed: number): RaftTraceEvent[] => raftTraceOf(drawPlan('raft', seed, { durationMs: 8_000 })).map((line) => {
  const parsed = JSON.parse(line) as { tag: string; event: RaftTraceEvent }
  expect(parsed.tag).toBe('trace')
  return parsed.event
})

describe('the trace for the specification of etcd-io/raft', () => {
  it('tells a run in its words, from the beginning of every node', () => {
    const events = eventsOf(1)
    const nodes = new Set(events.map((event) => event.nid))
    for (const nid of nodes) expect(events.find((event) => event.nid === nid)).toMatchObject({ name: 'InitState', state: { term: 0, vote: '0', commit: 0 }, log: 0 })
    for (const event of events) {
      expect(NAMES).toContain(event.name)
      expect(['StateFollower', 'StateCandidate', 'StateLeader']).toContain(event.role)
    }
    for (const name of ['BecomeCandidate', 'BecomeLeader', 'Replicate', 'Commit', 'Ready']) expect(events.some((event) => event.name === name)).toBe(true)
  })

  it('receives nothing that was not sent, and no term or commit goes back', () => {
    for (const seed of [1, 2, 3, 4]) {
      const sent = new Set<string>()
      const latest = new Map<string, RaftTraceEvent['state']>()
      for (const { name, nid, state, msg } of eventsOf(seed)) {
        const before = latest.get(nid)
        if (before !== undefined) {
          expect(state.term).toBeGreaterThanOrEqual(before.term)
          expect(state.commit).toBeGreaterThanOrEqual(before.commit)
        }
        latest.set(nid, state)
        const text = JSON.stringify(msg)
        if (name.startsWith('Send')) sent.add(text)
        if (name.startsWith('Receive') && msg?.['from'] !== msg?.['to']) expect(sent).toContain(text)
      }
    }
  })

  it('has one leader for each term, who was a candidate in it', () => {
    for (const seed of [5, 6, 7]) {
      const events = eventsOf(seed)
      const leaders = events.filter((event) => event.name === 'BecomeLeader')
      expect(new Set(leaders.map((event) => event.state.term)).size).toBe(leaders.length)
      for (const leader of leaders) {
        expect(events.some((event) => event.name === 'BecomeCandidate' && event.nid === leader.nid && event.state.term === leader.state.term)).toBe(true)
      }
    }
  })
})
