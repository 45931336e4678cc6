import { describe, expect, it } from 'vitest'
import { drawPlan } from '../draw'
import type { RaftTraceEvent } from './recorder'
import { raftTraceOf } from './trace'

const NAMES = new Set([
  'InitState', 'BecomeCandidate', 'BecomeFollower', 'BecomeLeader', 'Commit', 'Replicate', 'Ready', 'SendAppendEntriesRequest', 'ReceiveAppendEntriesRequest',
  'SendAppendEntriesResponse', 'ReceiveAppendEntriesResponse', 'SendRequestVoteRequest', 'ReceiveRequestVoteRequest', 'SendRequestVoteResponse', 'ReceiveRequestVoteResponse',
])

const SEEDS = [1, 3, 4, 7]

const traced = new Map<number, readonly RaftTraceEvent[]>()

function eventsOf(seed: number): readonly RaftTraceEvent[] {
  const known = traced.get(seed)
  if (known !== undefined) return known
  const events = raftTraceOf(drawPlan('raft', seed, { durationMs: 4_000 })).map((line) => {
    const parsed = JSON.parse(line) as { tag: string; event: RaftTraceEvent }
    expect(parsed.tag).toBe('trace')
    return parsed.event
  })
  traced.set(seed, events)
  return events
}

describe('the trace for the specification of etcd-io/raft', () => {
  it('tells a run in its words, from the beginning of every node', () => {
    const events = eventsOf(1)
    const nodes = new Set(events.map((event) => event.nid))
    for (const nid of nodes) expect(events.find((event) => event.nid === nid)).toMatchObject({ name: 'InitState', state: { term: 1, vote: '0', commit: 1 }, log: 1 })
    for (const event of events) {
      expect(NAMES).toContain(event.name)
      expect(['StateFollower', 'StateCandidate', 'StateLeader']).toContain(event.role)
    }
    for (const name of ['BecomeCandidate', 'BecomeLeader', 'Replicate', 'Commit', 'Ready']) expect(events.some((event) => event.name === name)).toBe(true)
  })

  it('receives nothing that was not sent, and no term or commit goes back', () => {
    for (const seed of SEEDS) {
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

  it('says of every append what its leader knew then, and leads when it answers itself', () => {
    for (const seed of SEEDS) {
      for (const { name, role, state, msg } of eventsOf(seed)) {
        if (name === 'SendAppendEntriesRequest' && msg?.['type'] === 'MsgApp') {
          expect(role).toBe('StateLeader')
          expect(msg['commit']).toBe(Math.min(state.commit, Number(msg['index']) + Number(msg['entries'])))
        }
        if (name === 'SendAppendEntriesResponse' && msg?.['from'] === msg?.['to']) expect(role).toBe('StateLeader')
      }
    }
  })

  it('has one leader for each term, who was a candidate in it', () => {
    for (const seed of SEEDS) {
      const events = eventsOf(seed)
      const leaders = events.filter((event) => event.name === 'BecomeLeader')
      expect(new Set(leaders.map((event) => event.state.term)).size).toBe(leaders.length)
      for (const leader of leaders) {
        expect(events.some((event) => event.name === 'BecomeCandidate' && event.nid === leader.nid && event.state.term === leader.state.term)).toBe(true)
      }
    }
  })
})
