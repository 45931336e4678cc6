import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { plant } from '../base'
import { encodeCommand, ReplicatedMachine, Revocable, type Operation } from './index'
import { acquire, add, CLIENTS, dequeue, enqueue, put, release } from './machine.fixture'

const LIMITS = { sessionsMax: 3, outstandingMax: 3 }
const OPERATIONS: readonly Operation[] = [put('a', '1'), put('b', '2'), { kind: 'delete', key: 'a' }, enqueue('x'), enqueue('y'), dequeue, acquire(), release(), add(1), add(-3)]

const command: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...CLIENTS).chain((clientId) => fc.constantFrom('open-session' as const, 'close-session' as const).map((kind) => encodeCommand({ kind, clientId }))) },
  { weight: 4, arbitrary: fc.record({ clientId: fc.constantFrom(...CLIENTS), sequence: fc.integer({ min: 1, max: 5 }), operation: fc.constantFrom(...OPERATIONS) })
    .map(({ clientId, sequence, operation }) => encodeCommand({ kind: 'operate', clientId, sequence, lowestOutstanding: Math.max(1, sequence - 2), operation })) },
)
const open = CLIENTS.map((clientId) => encodeCommand({ kind: 'open-session', clientId }))
const step = fc.record({ how: fc.constantFrom('decided', 'confirmed', 'undone', 'snapshot', 'moved'), commands: fc.array(command, { maxLength: 4 }) })

afterEach(() => { plant(null) })

describe('a state machine that can take commands back', () => {
  it('is at every time as one that was given what is decided alone', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const plain = new ReplicatedMachine(LIMITS)
      let machine = new Revocable(new ReplicatedMachine(LIMITS))
      for (const each of open) expect(machine.apply(each)).toEqual(plain.apply(each))
      for (const { how, commands } of steps) {
        if (how === 'decided') for (const each of commands) expect(machine.apply(each)).toEqual(plain.apply(each))
        if (how === 'confirmed' || how === 'undone') {
          const replies = commands.map((each) => machine.tentative.apply(each))
          expect(machine.hash()).toBe(plain.hash())
          if (how === 'undone') machine.tentative.undo()
          else {
            machine.tentative.confirm()
            expect(replies).toEqual(commands.map((each) => plain.apply(each)))
          }
        }
        if (how === 'snapshot') expect(machine.snapshot()).toEqual(plain.snapshot())
        if (how === 'moved') {
          const moved = new Revocable(new ReplicatedMachine(LIMITS))
          expect(moved.restore(machine.snapshot()).ok).toBe(true)
          machine = moved
        }
        expect(machine.hash()).toBe(plain.hash())
      }
      expect(machine.snapshot()).toEqual(plain.snapshot())
    }))
  })

  it('answers an operation that was taken back anew, once', () => {
    const machine = new Revocable(new ReplicatedMachine())
    const [clientId] = CLIENTS
    machine.apply(encodeCommand({ kind: 'open-session', clientId }))
    const one = encodeCommand({ kind: 'operate', clientId, sequence: 1, lowestOutstanding: 1, operation: add(1) })
    const first = machine.tentative.apply(one)
    machine.tentative.undo()
    expect(machine.apply(one)).toEqual(first)
    expect(machine.apply(one)).toEqual(first)
  })

  it('makes no snapshot of what may be taken back, and applies nothing behind it', () => {
    const machine = new Revocable(new ReplicatedMachine())
    machine.tentative.apply(open[0] as Uint8Array)
    expect(() => machine.snapshot()).toThrow('may be taken back')
    expect(() => machine.apply(open[1] as Uint8Array)).toThrow('may be taken back')
    machine.tentative.undo()
    machine.tentative.undo()
    expect(machine.snapshot()).toEqual(new ReplicatedMachine().snapshot())
  })

  it('keeps no more commands than the state is large', () => {
    let snapshots = 0
    class Watched extends ReplicatedMachine {
      override snapshot(): Uint8Array {
        snapshots++
        return super.snapshot()
      }
    }
    const machine = new Revocable(new Watched())
    const [clientId] = CLIENTS
    machine.apply(encodeCommand({ kind: 'open-session', clientId }))
    const large = 'x'.repeat(100_000)
    for (let sequence = 1; sequence <= 60; sequence++) {
      machine.apply(encodeCommand({ kind: 'operate', clientId, sequence, lowestOutstanding: sequence, operation: put('a', large) }))
    }
    expect(snapshots).toBeGreaterThan(3)
    expect(snapshots).toBeLessThan(9)
  })

  it('is told from one that does not', () => {
    plant('pbft/tentative-not-rolled-back')
    const machine = new Revocable(new ReplicatedMachine())
    machine.tentative.apply(open[0] as Uint8Array)
    machine.tentative.undo()
    expect(machine.hash()).not.toBe(new ReplicatedMachine().hash())
  })
})
