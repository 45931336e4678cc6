/** For tests: sequential objects written a second time, plainly; a checker that tries every order; and random histories. */
import type { Random } from '../../base'
import { HistoryRecorder, type History, type Operation } from '../history'
import type { ModelName } from '../models'
import { canonical, type Value } from '../values'

/** The operation cannot be carried out in the present state. */
export const REFUSED = Symbol('refused')

/** Answers as the object does. The state is changed in place. */
export interface AtomicObject {
  apply(operation: Pick<Operation, 'f' | 'input' | 'process'>): Value | typeof REFUSED
  copy(): AtomicObject
}

class PlainRegister implements AtomicObject {
  value: Value
  constructor(value: Value) { this.value = value }
  copy(): AtomicObject { return new PlainRegister(this.value) }
  apply({ f, input }: { f: string; input: Value }): Value | typeof REFUSED {
    if (f === 'read' || f === 'get') return this.value
    if (f === 'cas') {
      const [from, to] = input as [Value, Value]
      if (canonical(from) !== canonical(this.value)) return REFUSED
      this.value = to
    } else if (f === 'append') this.value = `${this.value as string}${input as string}`
    else this.value = input
    return null
  }
}

class PlainQueue implements AtomicObject {
  items: Value[] = []
  copy(): AtomicObject { return Object.assign(new PlainQueue(), { items: this.items.slice() }) }
  apply({ f, input }: { f: string; input: Value }): Value {
    if (f === 'dequeue') return this.items.shift() ?? null
    this.items.push(input)
    return null
  }
}

class PlainLock implements AtomicObject {
  holder: number | string | null = null
  copy(): AtomicObject { return Object.assign(new PlainLock(), { holder: this.holder }) }
  apply({ f, process }: { f: string; process: number | string }): Value | typeof REFUSED {
    if (f === 'acquire' ? this.holder !== null : this.holder !== process) return REFUSED
    this.holder = f === 'acquire' ? process : null
    return null
  }
}

class PlainCounter implements AtomicObject {
  sum = 0
  copy(): AtomicObject { return Object.assign(new PlainCounter(), { sum: this.sum }) }
  apply({ f, input }: { f: string; input: Value }): Value {
    if (f === 'read') return this.sum
    this.sum += input as number
    return null
  }
}

export const PLAIN: Readonly<Record<ModelName, () => AtomicObject>> = {
  register: () => new PlainRegister(null), kv: () => new PlainRegister(''), queue: () => new PlainQueue(), lock: () => new PlainLock(),
  counter: () => new PlainCounter(),
}

const ANSWERED = ['read', 'get', 'dequeue']

/** Every order of one object's operations that real time allows, with and without each unknown one. Up to about eight operations. */
export function isLinearizableByForce(operations: readonly Operation[], object: AtomicObject): boolean {
  const rest = operations.filter(({ outcome }) => outcome !== 'fail')
  if (rest.every(({ outcome }) => outcome === 'unknown')) return true
  const firstEnd = Math.min(...rest.map(({ completed }) => completed))
  return rest.some((operation) => {
    if (operation.invoked > firstEnd) return false
    const next = object.copy()
    const answer = next.apply(operation)
    if (answer === REFUSED) return false
    const fits = operation.outcome === 'unknown' || !ANSWERED.includes(operation.f) || canonical(answer) === canonical(operation.output)
    return fits && isLinearizableByForce(rest.filter((each) => each !== operation), next)
  })
}

export interface RandomHistory {
  readonly operations: number
  readonly processes: number
  /** Out of how many values are written; 0 for values that never come twice. */
  readonly values: number
  /** Shares of operations. */
  readonly unknown: number
  readonly failed: number
  /** How often an answer is replaced by a random one. */
  readonly lies: number
  readonly functions?: readonly string[]
}

const FUNCTIONS: Readonly<Record<ModelName, readonly string[]>> = {
  register: ['read', 'read', 'write', 'cas'], kv: ['get', 'get', 'put', 'append', 'cas'], queue: ['enqueue', 'dequeue'], lock: ['acquire', 'release'],
  counter: ['read', 'add'],
}

interface Flight {
  readonly id: number
  readonly operation: { f: string; input: Value; process: number }
  /** Undefined until the operation took effect. */
  answer: Value | typeof REFUSED | undefined
}

/** Clients of one atomic object, in random turns: linearizable where nothing lies. */
export function randomHistory(random: Random, model: ModelName, shape: RandomHistory): History {
  const recorder = new HistoryRecorder()
  const object = PLAIN[model]()
  const flights = new Map<number, Flight>()
  const late: Flight[] = []
  const functions = shape.functions ?? FUNCTIONS[model]
  let fresh = 0
  const value = (): Value => {
    const number = shape.values === 0 ? ++fresh : random.integer(0, shape.values)
    return model === 'kv' ? String.fromCharCode(97 + number % 26) + (number >= 26 ? String(number) : '') : model === 'counter' ? number + 1 : number
  }
  const input = (f: string): Value => (f === 'cas' ? [value(), value()] : ANSWERED.includes(f) || model === 'lock' ? null : value())
  const effect = (flight: Flight): void => { if (flight.answer === undefined) flight.answer = object.apply(flight.operation) }
  let name = 0
  const names = Array.from({ length: shape.processes }, () => name++)
  const lie = (f: string): Value => (model === 'lock' || !ANSWERED.includes(f) ? null : random.integer(0, 6) === 0 ? (model === 'kv' ? '' : null) : value())
  while (recorder.size < shape.operations || flights.size > 0) {
    const seat = random.integer(0, shape.processes)
    const flight = flights.get(seat)
    if (late.length > 0 && random.integer(0, 8) === 0) effect(late.splice(random.integer(0, late.length), 1)[0] as Flight)
    if (flight === undefined) {
      if (recorder.size >= shape.operations) continue
      const f = functions[random.integer(0, functions.length)] as string
      const operation = { f, input: input(f), process: names[seat] as number }
      flights.set(seat, { id: recorder.invoke(operation.process, f, null, operation.input), operation, answer: undefined })
    } else if (flight.answer === undefined && random.next() < 0.6) effect(flight)
    else finish(seat, flight)
  }
  return recorder.history()

  function finish(seat: number, flight: Flight): void {
    const dice = random.next()
    flights.delete(seat)
    if (dice < shape.unknown) {
      if (flight.answer === undefined) late.push(flight)
      names[seat] = name++
      if (random.next() < 0.5) recorder.complete(flight.id, 'info')
      return
    }
    if (dice < shape.unknown + shape.failed && flight.answer === undefined) {
      recorder.complete(flight.id, 'fail')
      return
    }
    effect(flight)
    const lying = random.next() < shape.lies
    if (flight.answer === REFUSED && !lying) recorder.complete(flight.id, 'fail')
    else recorder.complete(flight.id, 'ok', lying || flight.answer === REFUSED ? lie(flight.operation.f) : flight.answer ?? null)
  }
}
