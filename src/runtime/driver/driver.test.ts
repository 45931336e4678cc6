import { describe, expect, it } from 'vitest'
import { fail, ok, seededRandom, utf8Encode, type Result } from '../../core/base'
import { decodeMessage, encodeEntries, encodeHardState, encodeMessage, raftProtocol, RECORD_TYPES, type Entry, type Message, type RaftMachine, type RaftOptions } from '../../core/raft'
import { encodeCommand, encodeQuery, ReplicatedMachine } from '../../core/statemachine'
import type { LogRecord, RecoveredRecord, Storage, StorageFailureCode } from '../ports'
import { Driver, type DriverLimits, type ProposalOutcome, type ReadOutcome } from './index'

type Done = (result: Result<undefined, StorageFailureCode>) => void

/** One node, whose disk and network are in the hands of the test. */
class Bench {
  readonly records: LogRecord[] = []
  readonly writes: Done[] = []
  sent: { to: string; message: Message }[] = []
  flushes = 0
  stoppedBy: string | null = null
  readonly driver: Driver<RaftMachine>

  constructor(peers: readonly string[] = [], limits: Partial<DriverLimits> = {}, recovered: RecoveredRecord[] = [], options: Partial<RaftOptions> = {}) {
    this.records.push(...recovered)
    const storage: Storage = {
      append: (records, done) => {
        const first = this.records.length
        this.records.push(...records)
        this.writes.push(done)
        return records.map((_, i) => first + i)
      },
      read: (location) => this.records[location] as LogRecord,
      release: () => undefined,
      bytesUsed: () => 0,
    }
    const opened = Driver.open({
      protocol: raftProtocol(options), groupId: 'g', nodeId: 'a', members: ['a', ...peers].map((id) => ({ id, name: id, address: id, voter: true })),
      timing: { tickMs: 10, electionTicks: 5, heartbeatTicks: 1 }, random: seededRandom(1), storage, recovered, limits,
      transport: { send: (to, frame) => void this.sent.push({ to, message: decodeMessage(frame) as Message }), statistics: () => [] },
      stateMachine: new ReplicatedMachine(), requestFlush: () => { this.flushes++ }, onStopped: (failure) => { this.stoppedBy = failure.code },
    })
    if (!opened.ok) throw new Error(opened.error.message)
    this.driver = opened.value
  }

  settle(): void {
    for (let seen = -1; seen !== this.flushes; ) {
      seen = this.flushes
      this.driver.flush()
      for (const done of this.writes.splice(0)) done(ok())
    }
  }

  lead(): void {
    while (this.driver.status().role !== 'leader') {
      this.driver.tick()
      this.settle()
    }
    this.settle()
  }

  hear(from: string, message: Message): void {
    this.driver.receive(from, encodeMessage(message))
  }

  propose(command: Uint8Array): ProposalOutcome[] {
    const outcomes: ProposalOutcome[] = []
    this.driver.propose(command, (outcome) => outcomes.push(outcome))
    return outcomes
  }

  read(key: string): ReadOutcome[] {
    const outcomes: ReadOutcome[] = []
    this.driver.read(encodeQuery({ kind: 'get', key }), (outcome) => outcomes.push(outcome))
    return outcomes
  }
}

const CLIENT = '0000000000000001'
const open = encodeCommand({ kind: 'open-session', clientId: CLIENT })
const put = (sequence: number): Uint8Array => encodeCommand({
  kind: 'operate', clientId: CLIENT, sequence, lowestOutstanding: sequence, operation: { kind: 'put', key: 'x', value: utf8Encode(String(sequence)) },
})
const entry = (index: number, term: number): Entry => ({ index, term, kind: 'command', data: put(index) })

describe('a node alone', () => {
  it('leads only once its own vote is durable', () => {
    const bench = new Bench()
    while (bench.driver.status().role === 'follower') bench.driver.tick()
    bench.driver.flush()
    expect(bench.driver.status().role).toBe('candidate')
    bench.settle()
    expect(bench.driver.status().role).toBe('leader')
  })

  it('answers a proposal when it is durable, not before', () => {
    const bench = new Bench()
    bench.lead()
    const outcomes = bench.propose(open)
    bench.driver.flush()
    expect(outcomes).toEqual([])
    bench.settle()
    expect(outcomes).toEqual([{ kind: 'applied', reply: Uint8Array.of(0) }])
  })

  it('puts all proposals of a turn into one append', () => {
    const bench = new Bench()
    bench.lead()
    const { appends } = bench.driver.statistics()
    const all = [open, put(1), put(2), put(3)].map((command) => bench.propose(command))
    bench.settle()
    expect(all.map((outcomes) => outcomes[0]?.kind)).toEqual(['applied', 'applied', 'applied', 'applied'])
    expect(bench.driver.statistics().appends - appends).toBe(1)
  })

  it('asks for one flush until it gets it', () => {
    const bench = new Bench()
    bench.lead()
    const before = bench.flushes
    for (let i = 0; i < 5; i++) bench.propose(open)
    expect(bench.flushes - before).toBe(1)
  })

  it('reads what it wrote, after a restart too', () => {
    const bench = new Bench()
    bench.lead()
    bench.propose(open)
    bench.propose(put(7))
    bench.settle()
    const again = new Bench([], {}, bench.records.map((record, location) => ({ ...record, location })))
    again.lead()
    const outcomes = again.read('x')
    again.settle()
    expect(outcomes).toEqual([{ kind: 'answered', reply: Uint8Array.of(7, ...utf8Encode('7')) }])
    expect(again.driver.status().stateHash).toBe(bench.driver.status().stateHash)
  })
})

describe('limits', () => {
  it('refuse a command that is too large and one too many', () => {
    const bench = new Bench([], { commandBytesMax: 100, proposalsWaitingMax: 2, readsWaitingMax: 1 })
    bench.lead()
    expect(bench.propose(new Uint8Array(101))).toEqual([{ kind: 'too-large' }])
    const first = [bench.propose(open), bench.propose(put(1))]
    expect(bench.propose(put(2))).toEqual([{ kind: 'busy' }])
    bench.read('x')
    expect(bench.read('x')).toEqual([{ kind: 'busy' }])
    bench.settle()
    expect(first.flat().map((outcome) => outcome.kind)).toEqual(['applied', 'applied'])
  })

  it('hold back proposals over the uncommitted bytes, and let them in again once committed', () => {
    const bench = new Bench([], { uncommittedBytesMax: 100 })
    bench.lead()
    const outcomes = [open, put(1), put(2), put(3)].flatMap((command) => {
      const each = bench.propose(command)
      bench.driver.flush()
      return [each]
    })
    bench.settle()
    const kinds = outcomes.map((each) => each[0]?.kind)
    expect(kinds).toContain('busy')
    expect(kinds[0]).toBe('applied')
    const later = bench.propose(put(9))
    bench.settle()
    expect(later[0]?.kind).toBe('applied')
  })

  it('cut a long run of entries into records', () => {
    const bench = new Bench([], { appendBytesMax: 200 })
    bench.lead()
    for (let i = 0; i < 20; i++) bench.propose(put(i + 1))
    bench.settle()
    const sizes = bench.records.filter((record) => record.type === RECORD_TYPES.entries).map((record) => record.payload.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200)
    expect(sizes.length).toBeGreaterThan(5)
  })
})

describe('a failing disk', () => {
  it('stops the node for good and gives every question an answer', () => {
    const bench = new Bench()
    bench.lead()
    const appended = bench.propose(open)
    const read = bench.read('x')
    bench.driver.flush()
    const collected = bench.propose(put(1))
    bench.writes.shift()?.(fail('no-space', 'No space is left on the disk.'))
    expect([appended, collected].flat()).toEqual([{ kind: 'unknown', why: 'stopped' }, { kind: 'not-leader', leaderId: null }])
    expect(read.length).toBe(1)
    expect(bench.stoppedBy).toBe('no-space')
    const records = bench.records.length
    bench.driver.tick()
    bench.driver.flush()
    expect(bench.propose(put(2))).toEqual([{ kind: 'not-leader', leaderId: null }])
    expect(bench.read('x')).toEqual([{ kind: 'dropped', why: 'stopped' }])
    expect(bench.records.length).toBe(records)
    expect(bench.driver.statistics().stopped?.code).toBe('no-space')
  })
})

describe('a follower', () => {
  it('acknowledges entries only once they are durable, and a duplicate only with them', () => {
    const bench = new Bench(['b', 'c'])
    const append: Message = { kind: 'append-request', term: 1, prevIndex: 0, prevTerm: 0, commit: 0, entries: [entry(1, 1)] }
    bench.hear('b', append)
    bench.driver.flush()
    bench.hear('b', append)
    bench.driver.flush()
    expect(bench.sent).toEqual([])
    bench.writes.shift()?.(ok())
    expect(bench.sent.map(({ message }) => message)).toMatchObject([{ kind: 'append-response', index: 1 }, { kind: 'append-response', index: 1 }])
  })

  it('writes a vote before it gives it and never gives a second one in the term, even after a restart', () => {
    const bench = new Bench(['b', 'c'])
    const request: Message = { kind: 'vote-request', term: 3, lastIndex: 0, lastTerm: 0 }
    bench.hear('b', request)
    bench.driver.flush()
    expect(bench.sent).toEqual([])
    bench.settle()
    expect(bench.sent).toEqual([{ to: 'b', message: { kind: 'vote-response', term: 3, granted: true } }])
    const again = new Bench(['b', 'c'], {}, bench.records.map((record, location) => ({ ...record, location })))
    again.hear('c', request)
    again.hear('b', request)
    again.settle()
    expect(again.sent.map(({ to, message }) => [to, message.kind === 'vote-response' && message.granted])).toEqual([['c', false], ['b', true]])
  })

  it('counts frames that do not decode and senders it does not know', () => {
    const bench = new Bench(['b'])
    bench.driver.receive('b', new Uint8Array(3))
    bench.driver.receive('z', new Uint8Array(3))
    bench.hear('b', { kind: 'heartbeat-request', term: 1, commit: 0, readRound: 0 })
    bench.settle()
    const { peers, strangers } = bench.driver.statistics()
    expect([peers['b']?.malformed, strangers, peers['b']?.received['heartbeat-request'], peers['b']?.sent['heartbeat-response']]).toEqual([1, 1, 1, 1])
  })
})

describe('a leader', () => {
  it('commits no entry of an earlier term by counting (Raft, section 5.4.2)', () => {
    const recovered = [
      { type: RECORD_TYPES.hardState, payload: encodeHardState({ term: 2, vote: 'a', commit: 0 }), location: 0 },
      { type: RECORD_TYPES.entries, payload: encodeEntries([entry(1, 2)]), location: 1 },
    ]
    const bench = new Bench(['b', 'c'], {}, recovered)
    while (bench.driver.status().role === 'follower') bench.driver.tick()
    bench.settle()
    bench.hear('b', { kind: 'pre-vote-response', term: 3, granted: true })
    bench.settle()
    bench.hear('b', { kind: 'vote-response', term: 3, granted: true })
    bench.settle()
    expect(bench.driver.status()).toMatchObject({ role: 'leader', term: 3, lastIndex: 2 })
    // An answer to an earlier leader counts for nothing.
    bench.hear('b', { kind: 'append-response', term: 2, rejected: false, index: 2, hintIndex: 0, hintTerm: 0 })
    bench.hear('b', { kind: 'append-response', term: 3, rejected: false, index: 1, hintIndex: 0, hintTerm: 0 })
    bench.settle()
    expect(bench.driver.status().committedIndex).toBe(0)
    bench.hear('b', { kind: 'append-response', term: 3, rejected: false, index: 2, hintIndex: 0, hintTerm: 0 })
    bench.settle()
    expect(bench.driver.status().committedIndex).toBe(2)
  })
})

it('a witness takes snapshots without a state, so that it does not forget that it kept none', () => {
  const bench = new Bench(['b'], { snapshotAfterEntries: 2, trailingEntriesMax: 0 })
  const stripped = [1, 2].map((index): Entry => ({ index, term: 1, kind: 'stripped', data: new Uint8Array(0) }))
  bench.hear('b', { kind: 'append-request', term: 1, prevIndex: 0, prevTerm: 0, commit: 2, entries: stripped })
  bench.settle()
  expect(bench.driver.statistics().snapshots.newest).toMatchObject({ index: 2, stateBytes: 0, chunks: 0 })
  const again = new Bench(['b'], {}, bench.records.map((record, location) => ({ ...record, location })))
  expect(again.driver.status().appliedIndex).toBe(2)
  again.hear('b', { kind: 'append-request', term: 1, prevIndex: 2, prevTerm: 1, commit: 3, entries: [entry(3, 1)] })
  expect(() => { again.settle() }).toThrow('keeps no state')
})

it('a witness answers no read, also not one that it was asked for before it knew what it is', () => {
  const bench = new Bench(['b'], {}, [], { followerReads: true, forwardProposals: true })
  const outcomes: string[] = []
  const place = { kind: 'append-request', term: 1, prevIndex: 0, prevTerm: 0, commit: 0 } as const
  bench.hear('b', { ...place, entries: [{ index: 1, term: 1, kind: 'stripped', data: new Uint8Array(0) }] })
  bench.settle()
  const asked = (kind: 'read-request' | 'propose-request'): number => bench.sent.flatMap(({ message }) => (message.kind === kind && 'id' in message ? [message.id] : [])).at(-1) ?? 0
  bench.driver.read(encodeQuery({ kind: 'get', key: 'k' }), ({ kind }) => outcomes.push(`read ${kind}`))
  bench.driver.propose(utf8Encode('c'), ({ kind }) => outcomes.push(`proposal ${kind}`))
  bench.settle()
  bench.hear('b', { kind: 'read-response', term: 1, id: asked('read-request'), index: 2 })
  bench.hear('b', { kind: 'propose-response', term: 1, id: asked('propose-request'), firstIndex: 2, accepted: 1 })
  bench.settle()
  bench.hear('b', { ...place, prevIndex: 1, prevTerm: 1, commit: 2, entries: [{ index: 2, term: 1, kind: 'stripped', data: new Uint8Array(0) }] })
  bench.settle()
  expect(outcomes.sort()).toEqual(['proposal unknown', 'read dropped'])
  bench.driver.read(encodeQuery({ kind: 'get', key: 'k' }), (outcome) => outcomes.push(JSON.stringify(outcome)))
  bench.driver.propose(utf8Encode('c'), (outcome) => outcomes.push(JSON.stringify(outcome)))
  bench.settle()
  expect(outcomes.slice(2)).toEqual(Array(2).fill('{"kind":"not-leader","leaderId":"b"}'))
})

describe('recovery', () => {
  const openWith = (...records: LogRecord[]) => {
    const recovered = records.map((record, location) => ({ ...record, location }))
    try {
      return new Bench(['b'], {}, recovered).driver.status()
    } catch (error) {
      return (error as Error).message
    }
  }
  const entries = (...list: Entry[]): LogRecord => ({ type: RECORD_TYPES.entries, payload: encodeEntries(list) })
  const hardState = (term: number, commit: number): LogRecord => ({ type: RECORD_TYPES.hardState, payload: encodeHardState({ term, vote: null, commit }) })

  it('lets later entries replace earlier ones and takes for committed only what was known to be', () => {
    expect(openWith(entries(entry(1, 1), entry(2, 1), entry(3, 1)), hardState(2, 1), entries(entry(2, 2)))).toMatchObject({
      lastIndex: 2, persistedIndex: 2, committedIndex: 1, term: 2,
    })
  })

  it('refuses what no node writes, in words', () => {
    expect(openWith(entries(entry(2, 1)))).toContain('Log entries 1 to 1 are missing')
    expect(openWith({ type: 9, payload: new Uint8Array(1) })).toContain('type 9')
    expect(openWith({ type: RECORD_TYPES.entries, payload: new Uint8Array(1) })).toContain('cannot be read')
    expect(openWith(hardState(2, 0), hardState(1, 0))).toContain('goes back')
    expect(openWith(hardState(1, 4))).toContain('committed and are missing')
    expect(openWith(entries(entry(1, 1)), hardState(1, 1), entries(entry(1, 2)))).toContain('written again')
  })
})
