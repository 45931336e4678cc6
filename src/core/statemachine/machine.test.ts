import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCommand, type Command } from './commands'
import { add, CLIENT, CLIENTS, Conversation, enqueue, put, text } from './machine.fixture'
import { Fingerprint } from './hash'
import { ReplicatedMachine } from './machine'
import type { Operation } from './operations'
import { decodeQuery, encodeQuery, type Query } from './queries'
import { decodeReply, encodeReply, type Reply } from './replies'

// Few names, so that operations meet.
const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'ab', 'b') }, fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }))
const value = fc.uint8Array({ maxLength: 12 })
const clientId = fc.constantFrom(...CLIENTS)

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, value }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('append' as const), key, value }),
  fc.record({ kind: fc.constant('compare-and-swap' as const), key, expected: fc.option(value), value: fc.option(value) }),
  fc.record({ kind: fc.constant('acquire' as const), key, wait: fc.boolean() }),
  fc.record({ kind: fc.constant('release' as const), key, token: fc.option(fc.integer({ min: 1, max: 6 })) }),
  fc.record({ kind: fc.constant('enqueue' as const), key, value }),
  fc.record({ kind: fc.constant('dequeue' as const), key }),
  fc.record({ kind: fc.constant('add' as const), key, delta: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger()) }),
)

const query: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ kind: fc.constantFrom('get' as const, 'lock' as const, 'peek' as const, 'length' as const, 'count' as const), key }),
  fc.record({ kind: fc.constant('list' as const), from: fc.string({ unit: 'grapheme', maxLength: 3 }), limit: fc.nat(9) }),
  fc.record({ kind: fc.constant('scan' as const), prefix: fc.constantFrom('', 'a'), from: fc.constantFrom('', 'ab'), to: fc.option(key), limit: fc.nat(9) }),
  fc.constant<Query>({ kind: 'sessions' }),
)

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open-session' as const), clientId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close-session' as const), clientId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire-session' as const), clientId, lastUse: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask' as const), query }) },
  {
    weight: 12,
    arbitrary: fc.record({ clientId, operation, sequence: fc.integer({ min: 1, max: 12 }), behind: fc.nat(4) }).map((drawn): Command => ({
      kind: 'operate', clientId: drawn.clientId, operation: drawn.operation, sequence: drawn.sequence, lowestOutstanding: Math.max(1, drawn.sequence - drawn.behind),
    })),
  },
)

/** Commands of clients that have their sessions open, as most have. */
const commands = fc.array(command, { maxLength: 80 }).map((drawn) => [
  ...CLIENTS.slice(0, 3).map((each): Command => ({ kind: 'open-session', clientId: each })), ...drawn,
])

const LIMITS = { sessionsMax: 3, outstandingMax: 3, endedMax: 2 }
const RUNS = { numRuns: 300 }
const machine = (): ReplicatedMachine => new ReplicatedMachine(LIMITS)

/** The parts of a snapshot with the checksum that they should have. */
function sealed(parts: Uint8Array): Uint8Array {
  const print = new Fingerprint()
  print.bytes(parts)
  print.finish()
  const whole = new Uint8Array(parts.length + 8)
  whole.set(parts)
  const view = new DataView(whole.buffer)
  view.setInt32(parts.length, print.a)
  view.setInt32(parts.length + 4, print.b)
  return whole
}

describe('two replicas', () => {
  it('that apply the same commands give the same replies and have the same hash and the same snapshot', () => {
    fc.assert(fc.property(commands, (drawn) => {
      const [one, other] = [machine(), machine()]
      for (const each of drawn) {
        const bytes = encodeCommand(each)
        expect(one.apply(bytes)).toEqual(other.apply(bytes))
        // Asked for at one of them only: asking changes nothing.
        one.hash()
      }
      expect(one.hash()).toBe(other.hash())
      expect(one.snapshot()).toEqual(other.snapshot())
    }), RUNS)
  })

  it('one of which is restored from a snapshot at any point cannot be told apart from then on', () => {
    fc.assert(fc.property(commands, fc.nat(80), fc.array(command, { maxLength: 20 }), (drawn, at, past) => {
      const one = machine()
      const other = machine()
      for (const each of past) other.apply(encodeCommand(each))
      for (const [i, each] of drawn.entries()) {
        if (i === Math.min(at, drawn.length - 1)) {
          expect(other.restore(one.snapshot())).toEqual({ ok: true, value: undefined })
          expect(other.hash()).toBe(one.hash())
          expect(other.snapshot()).toEqual(one.snapshot())
        }
        const reply = one.apply(encodeCommand(each))
        if (i >= Math.min(at, drawn.length - 1)) expect(other.apply(encodeCommand(each))).toEqual(reply)
      }
      expect(other.hash()).toBe(one.hash())
      expect(other.snapshot()).toEqual(one.snapshot())
    }), RUNS)
  })

  it('have different hashes where one command more changes what can be seen', () => {
    fc.assert(fc.property(commands, operation, (drawn, last) => {
      const it = new Conversation(LIMITS)
      for (const each of drawn) it.send(each)
      it.open('00000000000000aa')
      const before = [it.machine.hash(), it.machine.snapshot()] as const
      it.again(1, last, 1, '00000000000000aa')
      expect(it.machine.hash()).not.toBe(before[0])
      expect(it.machine.snapshot()).not.toEqual(before[1])
    }), RUNS)
  })

  it('have the same hash for the same contents, whatever the way to them', () => {
    const [one, other] = [new Conversation(), new Conversation()]
    for (const each of [one, other]) each.open(CLIENT)
    one.operate(put('a', '1'))
    one.operate(put('b', '2'))
    other.operate(put('b', '2'))
    expect(one.machine.hash()).not.toBe(other.machine.hash())
    other.operate(put('a', '1'))
    expect(one.machine.hash()).toBe(other.machine.hash())
    expect(one.machine.snapshot()).toEqual(other.machine.snapshot())
  })
})

describe('a snapshot', () => {
  const busy = (): Conversation => {
    const it = new Conversation()
    it.open(CLIENT)
    for (const each of [put('a', '1'), enqueue('x'), add(7)]) it.operate(each)
    return it
  }

  it('is refused with any byte changed, missing or added, and the state stays as it was', () => {
    const good = busy().machine.snapshot()
    const it = new Conversation()
    it.open(CLIENT)
    it.operate(put('mine', '1'))
    const before = it.machine.hash()
    const refused = (bytes: Uint8Array): void => {
      expect(it.machine.restore(bytes)).toMatchObject({ ok: false, error: { code: 'corrupt' } })
      expect(it.machine.hash()).toBe(before)
    }
    for (let at = 0; at < good.length; at++) {
      const changed = good.slice()
      changed[at] = (changed[at] as number) ^ (1 << (at % 8))
      refused(changed)
      refused(good.subarray(0, at))
    }
    refused(Uint8Array.of(...good, 0))
    expect(it.machine.restore(good).ok).toBe(true)
  })

  it('with a right checksum over anything is refused, or is the very snapshot of what it restores', () => {
    let accepted = 0
    let refused = 0
    fc.assert(fc.property(commands, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), (drawn, changes) => {
      const it = new Conversation(LIMITS)
      for (const each of drawn) it.send(each)
      const bytes = it.machine.snapshot()
      const [from, end] = ['QRTSTATE'.length + 1, bytes.length - 8]
      for (const [where, to] of changes) bytes[from + (where % (end - from))] = to
      const other = machine()
      const before = other.hash()
      if (other.restore(sealed(bytes.subarray(0, end))).ok) {
        accepted++
        expect(other.snapshot()).toEqual(sealed(bytes.subarray(0, end)))
      } else {
        refused++
        expect(other.hash()).toBe(before)
      }
    }), { numRuns: 3000 })
    expect(Math.min(accepted, refused)).toBeGreaterThan(100)
  })

  it('holds nothing of the bytes it was restored from', () => {
    const it = busy()
    const bytes = it.machine.snapshot()
    const other = new Conversation()
    other.machine.restore(bytes)
    bytes.fill(0)
    expect(other.ask({ kind: 'get', key: 'a' })).toEqual({ kind: 'value', value: text('1') })
    expect(other.machine.hash()).toBe(it.machine.hash())
  })

  it('of more sessions than fit is refused', () => {
    const it = new Conversation({ sessionsMax: 3 })
    it.open('0000000000000001', '0000000000000002', '0000000000000003')
    expect(new ReplicatedMachine({ sessionsMax: 2 }).restore(it.machine.snapshot()).ok).toBe(false)
  })
})

describe('a lock', () => {
  it('is held by an open session or by none, and tokens rise with every grant, whatever happens', () => {
    fc.assert(fc.property(commands, (drawn) => {
      const it = new Conversation({ sessionsMax: 3 })
      const tokens = new Map<number, string>()
      let greatest = 0
      for (const each of drawn) {
        it.machine.apply(encodeCommand(each))
        const open = it.ask({ kind: 'sessions' })
        const clients = open.kind === 'sessions' ? open.sessions.map(({ clientId }) => clientId) : []
        let greatestNow = greatest
        for (const key of ['a', 'ab', 'b']) {
          const state = it.ask({ kind: 'lock', key })
          if (state.kind !== 'lock' || state.holder === null) continue
          expect(clients).toContain(state.holder)
          for (const waiting of state.waiting) expect(clients).toContain(waiting)
          const grant = `${key} ${state.holder}`
          const known = tokens.get(state.token)
          if (known === undefined) expect(state.token).toBeGreaterThan(greatest)
          else expect(grant).toBe(known)
          tokens.set(state.token, grant)
          greatestNow = Math.max(greatestNow, state.token)
        }
        greatest = greatestNow
      }
    }), { numRuns: 300 })
  })
})

describe('a query in the log', () => {
  it('is answered at its place, without a session, and changes nothing', () => {
    const it = new Conversation()
    it.open(CLIENT)
    it.operate(put('a', '1'))
    const before = it.machine.hash()
    expect(it.send({ kind: 'ask', query: { kind: 'get', key: 'a' } })).toEqual({ kind: 'value', value: text('1') })
    expect(it.machine.hash()).toBe(before)
  })

  it('gives what the query itself gives', () => {
    fc.assert(fc.property(commands, query, (drawn, asked) => {
      const it = new Conversation(LIMITS)
      for (const each of drawn) it.send(each)
      expect(it.machine.apply(encodeCommand({ kind: 'ask', query: asked }))).toEqual(it.machine.query(encodeQuery(asked)))
    }))
  })
})

describe('bytes', () => {
  it('that are no command, query, reply or snapshot change nothing and never throw', () => {
    const it = new Conversation()
    it.open(CLIENT)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
      const before = it.machine.hash()
      const kind = decodeReply(it.machine.apply(raw))?.kind
      expect(kind).toBeDefined()
      if (kind === 'malformed') expect(it.machine.hash()).toBe(before)
      it.machine.query(raw)
      decodeQuery(raw)
      decodeReply(raw)
      expect(it.machine.restore(raw).ok).toBe(false)
    }), { numRuns: 2000 })
  })

  it('of a command with one changed are another command or none, never an error', () => {
    fc.assert(fc.property(commands, fc.nat(), fc.integer({ min: 1, max: 255 }), (drawn, where, mask) => {
      const it = machine()
      for (const each of drawn) {
        const bytes = encodeCommand(each)
        bytes[where % bytes.length] = (bytes[where % bytes.length] as number) ^ mask
        expect(decodeReply(it.apply(bytes))).not.toBeNull()
      }
      const other = machine()
      expect(other.restore(it.snapshot()).ok && other.hash()).toBe(it.hash())
    }), RUNS)
  })

  it('of a command are not kept', () => {
    const it = new Conversation()
    it.open(CLIENT)
    for (const [sequence, each] of [put('a', 'safe'), enqueue('safe'), { kind: 'append', key: 'b', value: text('safe') } as const].entries()) {
      const bytes = encodeCommand({ kind: 'operate', clientId: CLIENT, sequence: sequence + 1, lowestOutstanding: 1, operation: each })
      it.machine.apply(bytes)
      bytes.fill(0)
    }
    for (const asked of [{ kind: 'get', key: 'a' }, { kind: 'get', key: 'b' }, { kind: 'peek', key: 'q' }] as const) {
      expect(it.ask(asked)).toEqual({ kind: 'value', value: text('safe') })
    }
  })

  it('give back every reply and every query that was encoded', () => {
    const id = fc.constantFrom('00000000deadbeef', 'ffffffffffffffff')
    const reply: fc.Arbitrary<Reply> = fc.oneof(
      fc.constantFrom<Reply>({ kind: 'done' }, { kind: 'session-expired' }, { kind: 'too-many-outstanding' }, { kind: 'held' }, { kind: 'limit-reached' }),
      fc.record({ kind: fc.constant('value' as const), value }),
      fc.record({ kind: fc.constant('pairs' as const), pairs: fc.array(fc.record({ key, value })), more: fc.boolean() }),
      fc.record({ kind: fc.constant('granted' as const), token: fc.maxSafeNat() }),
      fc.record({ kind: fc.constant('waiting' as const), position: fc.nat() }),
      fc.record({ kind: fc.constant('number' as const), value: fc.maxSafeInteger().map((each) => each + 0) }),
      fc.record({ kind: fc.constant('lock' as const), holder: id, token: fc.nat(), waiting: fc.array(id) }),
      fc.constant<Reply>({ kind: 'lock', holder: null, token: 0, waiting: [] }),
      fc.record({ kind: fc.constant('sessions' as const), sessions: fc.array(fc.record({ clientId: id, lastUse: fc.nat() })) }),
    )
    fc.assert(fc.property(reply, (given) => { expect(decodeReply(encodeReply(given))).toEqual(given) }))
    fc.assert(fc.property(query, (given) => { expect(decodeQuery(encodeQuery(given))).toEqual(given) }))
  })
})
