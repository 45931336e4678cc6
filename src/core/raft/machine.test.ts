import { describe, expect, it } from 'vitest'
import { present, seededRandom, utf8Encode } from '../base'
import type { Committed, Effects, Frame, LogRecord, MachineConfig, RefusedProposal } from '../machine'
import { decodeMessage, encodeMessage } from './codec'
import { raftProtocol, type RaftMachine } from './machine'
import type { Message } from './messages'

const LIMITS: MachineConfig['limits'] = {
  commandBytesMax: 1000, readsWaitingMax: 10, appendBytesMax: 1000, inflightMessagesMax: 8, inflightBytesMax: 10_000, uncommittedBytesMax: 200,
  logWindowBytesMax: 10_000, applyBytesMax: 1000, trailingEntriesMax: 0, snapshotChunkBytes: 100, snapshotBytesMax: 10_000,
}

/** A Raft machine whose writes are durable as soon as they are asked for. */
class Bench {
  readonly records: LogRecord[] = []
  readonly machine: RaftMachine
  sent: Frame[] = []
  applied: Committed[] = []
  refused: RefusedProposal[] = []

  constructor() {
    const recovery = raftProtocol().recover({
      groupId: 'g', nodeId: 'a', members: ['a', 'b', 'c'].map((id) => ({ id, name: id, address: id, voter: true })),
      timing: { tickMs: 10, electionTicks: 5, heartbeatTicks: 1 }, random: seededRandom(1), limits: LIMITS,
      storage: { read: (location) => present(this.records[location], 'a record that was written') },
      snapshots: { latest: () => null, read: () => null },
    })
    const machine = recovery.finish()
    if (!machine.ok) throw new Error(machine.error.message)
    this.machine = machine.value
  }

  turn(): Effects {
    const effects = this.machine.drain()
    if (effects.persist) {
      const { records, completion, thenSend } = effects.persist
      const first = this.records.length
      this.records.push(...records)
      if (records.length > 0) this.machine.located(completion, records.map((_, i) => first + i))
      this.sent.push(...thenSend)
      this.machine.persisted(completion)
    }
    this.sent.push(...effects.send)
    this.applied.push(...effects.apply)
    this.refused.push(...effects.refused)
    const last = effects.apply.at(-1)
    if (last) this.machine.applied(last.index)
    return effects
  }

  settle(): void {
    while (this.machine.hasEffects) this.turn()
  }

  hear(from: string, message: Message): void {
    this.machine.receive(from, encodeMessage(message))
    this.settle()
  }

  lead(): this {
    while (this.machine.status().role === 'follower') this.machine.tick()
    this.settle()
    this.hear('b', { kind: 'pre-vote-response', term: 1, granted: true })
    this.hear('b', { kind: 'vote-response', term: 1, granted: true })
    this.acknowledge('b')
    this.acknowledge('c')
    this.sent = []
    return this
  }

  acknowledge(from: string): void {
    const { term, lastIndex } = this.machine.status()
    this.hear(from, { kind: 'append-response', term, rejected: false, index: lastIndex, hintIndex: 0, hintTerm: 0 })
  }

  propose(...tokens: number[]): void {
    this.machine.propose(tokens.map((token) => utf8Encode(`command ${token}`)), tokens)
    this.settle()
  }
}

describe('a Raft machine behind the contract', () => {
  it('gives back each token with the command that it proposed', () => {
    const bench = new Bench().lead()
    bench.propose(7, 9)
    expect(bench.applied.filter(({ token }) => token !== 0)).toEqual([])
    bench.acknowledge('b')
    expect(bench.applied.slice(-2)).toEqual([7, 9].map((token, i) => ({ index: 2 + i, command: utf8Encode(`command ${token}`), token })))
    expect(bench.refused).toEqual([])
  })

  it('has nothing for the state machine where a leader marks its reign', () => {
    expect(new Bench().lead().applied).toEqual([{ index: 1, command: null, token: 0 }])
  })

  it('encodes an append once for all followers that keep up', () => {
    const bench = new Bench().lead()
    bench.propose(1)
    const appends = bench.sent.filter(({ kind }) => kind === 'append-request')
    expect(appends.map(({ to }) => to)).toEqual(['b', 'c'])
    expect(appends[0]?.bytes).toBe(appends[1]?.bytes)
    expect(decodeMessage(present(appends[0], 'a frame').bytes)).toMatchObject({ prevIndex: 1, entries: [{ index: 2 }] })
  })

  it('refuses what is over the limit of uncommitted bytes, and everything where it does not lead', () => {
    const bench = new Bench()
    bench.propose(1)
    expect(bench.refused).toEqual([{ token: 1, refusal: { kind: 'not-leader', leaderId: null } }])
    bench.lead().propose(2, 3, 4, 5, 6, 7, 8, 9)
    expect(bench.refused.slice(1)).toEqual([{ token: 9, refusal: { kind: 'busy' } }])
  })

  it('takes a large command where it would take a small one', () => {
    const bench = new Bench().lead()
    bench.machine.propose(['small', 'large'.repeat(100), 'small'].map((text) => utf8Encode(text)), [1, 2, 3])
    bench.settle()
    expect(bench.refused).toEqual([{ token: 3, refusal: { kind: 'busy' } }])
  })

  it('does not make room for more than the limit of uncommitted bytes when entries of an earlier reign are committed', () => {
    const bench = new Bench()
    const old = [1, 2, 3, 4, 5, 6].map((index) => ({ index, term: 1, kind: 'command', data: utf8Encode('old') } as const))
    bench.hear('b', { kind: 'append-request', term: 1, prevIndex: 0, prevTerm: 0, commit: 0, entries: old })
    while (bench.machine.status().role === 'follower') bench.machine.tick()
    bench.settle()
    bench.hear('b', { kind: 'pre-vote-response', term: 2, granted: true })
    bench.hear('b', { kind: 'vote-response', term: 2, granted: true })
    bench.propose(1, 2, 3, 4, 5, 6, 7, 8)
    expect(bench.refused).toEqual([{ token: 8, refusal: { kind: 'busy' } }])
    bench.hear('b', { kind: 'append-response', term: 2, rejected: false, index: 7, hintIndex: 0, hintTerm: 0 })
    expect(bench.machine.status()).toMatchObject({ role: 'leader', committedIndex: 7, lastIndex: 14 })
    bench.propose(9)
    expect(bench.refused.slice(1)).toEqual([{ token: 9, refusal: { kind: 'busy' } }])
  })

  it('does not know what became of proposals when another leads', () => {
    const bench = new Bench().lead()
    bench.propose(1, 2)
    bench.hear('b', { kind: 'heartbeat-request', term: 2, commit: 0, readRound: 0 })
    expect(bench.refused).toEqual([1, 2].map((token) => ({ token, refusal: { kind: 'unknown', why: 'leadership-lost' } })))
    bench.hear('b', { kind: 'heartbeat-request', term: 2, commit: 3, readRound: 0 })
    expect(bench.applied.every(({ token }) => token === 0)).toBe(true)
  })

  it('takes bytes that are no message for none, and nothing changes', () => {
    const bench = new Bench().lead()
    const before = bench.machine.status()
    expect([new Uint8Array(0), new Uint8Array(5), Uint8Array.of(255, 1)].map((bytes) => bench.machine.receive('b', bytes))).toEqual([null, null, null])
    expect([bench.machine.hasEffects, bench.machine.status()]).toEqual([false, before])
  })

  it('needs its oldest record until a snapshot is durable, and then only what lies behind it', () => {
    const bench = new Bench().lead()
    bench.propose(1)
    bench.propose(2)
    bench.acknowledge('b')
    bench.acknowledge('c')
    const location = present(bench.machine.oldestNeeded(), 'a log that is needed')
    expect(bench.machine.entries(1, 9).map(({ index, kind }) => `${index} ${kind}`)).toEqual(['1 no-op', '2 command', '3 command'])
    const meta = bench.machine.snapshotMeta(2)
    bench.machine.snapshotDurable({ index: 2, meta, stateBytes: 0, stateHash: '', chunks: 1 })
    expect(bench.machine.oldestNeeded()).toBeGreaterThan(location)
    expect(bench.machine.status()).toMatchObject({ firstIndex: 3, lastIndex: 3 })
  })
})

it('a member that kept no state as a witness stops rather than applies commands to nothing', () => {
  const bench = new Bench()
  const place = { kind: 'append-request', term: 1, commit: 0, prevTerm: 0, prevIndex: 0 } as const
  bench.hear('b', { ...place, entries: [{ index: 1, term: 1, kind: 'stripped', data: new Uint8Array(0) }] })
  bench.hear('b', { ...place, prevIndex: 1, prevTerm: 1, commit: 1, entries: [{ index: 2, term: 1, kind: 'command', data: utf8Encode('x') }] })
  expect(bench.applied.map(({ index, command }) => [index, command])).toEqual([[1, null]])
  expect(() => bench.hear('b', { ...place, prevIndex: 2, prevTerm: 1, commit: 2, entries: [] })).toThrow('let it join under a new name')
})
