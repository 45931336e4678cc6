import { describe, expect, it } from 'vitest'
import { utf8Encode } from '../../../core/base'
import { encodeReply, ReplicatedMachine, type Operation } from '../../../core/statemachine'
import type { ProposalOutcome, ReadOutcome } from '../../../runtime/driver'
import { StoreClient, type StoreOutcome } from './store-client'

const TIMEOUT_MS = 100
const add: Operation = { kind: 'add', key: 'n', delta: 1 }

/** A driver that is told what becomes of each command, and a real state machine behind it. */
class Script {
  readonly machine = new ReplicatedMachine()
  readonly proposals: { readonly command: Uint8Array; readonly done: (outcome: ProposalOutcome) => void }[] = []
  readonly reads: ((outcome: ReadOutcome) => void)[] = []
  readonly outcomes: StoreOutcome[] = []
  readonly client: StoreClient
  #nowMs = 0
  #check: () => void = () => undefined

  constructor() {
    this.client = new StoreClient(
      { nodeId: 'n1', nodeIds: ['n1'], send: () => undefined, log: () => undefined, nowMs: () => this.#nowMs, every: (_ms, run) => { this.#check = run } },
      { propose: (command, done) => void this.proposals.push({ command, done }), read: (_query, done) => void this.reads.push(done) },
      TIMEOUT_MS,
    )
  }

  pass(ms: number): void {
    this.#nowMs += ms
    this.#check()
  }

  /** The oldest proposal is applied; its proposer hears of it or not. */
  apply(heard: 'heard' | 'unknown' = 'heard'): void {
    const { command, done } = this.proposals.shift() as (typeof this.proposals)[number]
    const reply = this.machine.apply(command)
    done(heard === 'heard' ? { kind: 'applied', reply } : { kind: 'unknown', why: 'leadership-lost' })
  }

  refuse(outcome: ProposalOutcome): void {
    this.proposals.shift()?.done(outcome)
  }

  add(): void {
    this.client.write(add, (outcome) => this.outcomes.push(outcome))
  }

  /** With its session open. */
  static ready(): Script {
    const it = new Script()
    it.add()
    it.apply()
    it.pass(40)
    it.apply()
    expect(it.outcomes.splice(0)).toEqual([{ kind: 'reply', reply: { kind: 'number', value: 1 } }])
    return it
  }
}

describe('the client of the store', () => {
  it('sends a command again whose fate was not told, and it is applied once', () => {
    const it = Script.ready()
    it.add()
    it.apply('unknown')
    it.pass(40)
    it.apply()
    expect(it.outcomes).toEqual([{ kind: 'reply', reply: { kind: 'number', value: 2 } }])
  })

  it('says that a command had no effect only if every attempt was refused', () => {
    const it = Script.ready()
    it.add()
    for (let i = 0; i < 4; i++) {
      it.refuse({ kind: 'not-leader', leaderId: null })
      it.pass(30)
    }
    expect(it.outcomes).toEqual([{ kind: 'unavailable' }])
  })

  it.each([
    ['is still under way', (it: Script) => it.pass(TIMEOUT_MS)],
    ['was not told and then refused', (it: Script) => {
      it.refuse({ kind: 'unknown', why: 'timed-out' })
      it.pass(40)
      it.refuse({ kind: 'busy' })
      it.pass(TIMEOUT_MS)
    }],
  ])('does not say so of one whose fate %s', (_what, happen) => {
    const it = Script.ready()
    it.add()
    happen(it)
    expect(it.outcomes).toEqual([{ kind: 'unknown' }])
  })

  it('begins anew when its session has ended, unless an attempt may have been applied in it', () => {
    const it = Script.ready()
    const end = (): void => {
      // As an eviction would.
      expect(it.machine.restore(new ReplicatedMachine().snapshot()).ok).toBe(true)
    }
    end()
    it.add()
    it.apply()
    it.pass(40)
    it.apply()
    it.pass(40)
    it.apply()
    expect(it.outcomes.splice(0)).toEqual([{ kind: 'reply', reply: { kind: 'number', value: 1 } }])
    it.add()
    it.apply('unknown')
    end()
    it.pass(40)
    it.apply()
    expect(it.outcomes).toEqual([{ kind: 'unknown' }])
  })

  it('ends what follows from a request by the deadline of that request', () => {
    const it = Script.ready()
    const deadlineMs = it.client.deadlineMs()
    it.client.write(add, (outcome) => {
      it.outcomes.push(outcome)
      it.client.read({ kind: 'get', key: 'x' }, (later) => it.outcomes.push(later), deadlineMs)
    }, deadlineMs)
    it.pass(TIMEOUT_MS / 2)
    it.apply()
    it.pass(TIMEOUT_MS / 2)
    expect(it.outcomes).toEqual([{ kind: 'reply', reply: { kind: 'number', value: 2 } }, { kind: 'unavailable' }])
  })

  it('asks again for a read that was dropped, until its time is over', () => {
    const it = new Script()
    const read = (): void => { it.client.read({ kind: 'get', key: 'x' }, (outcome) => it.outcomes.push(outcome)) }
    read()
    it.reads.shift()?.({ kind: 'dropped', why: 'leadership-lost' })
    it.pass(40)
    it.reads.shift()?.({ kind: 'answered', reply: encodeReply({ kind: 'value', value: utf8Encode('1') }) })
    expect(it.outcomes.splice(0)).toEqual([{ kind: 'reply', reply: { kind: 'value', value: utf8Encode('1') } }])
    read()
    it.pass(TIMEOUT_MS)
    expect(it.outcomes).toEqual([{ kind: 'unavailable' }])
  })
})
