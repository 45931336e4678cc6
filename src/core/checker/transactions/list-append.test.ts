import { describe, expect, test } from 'vitest'
import { seededRandom, type Random } from '../../base'
import { HistoryRecorder, type History, type Operation } from '../history'
import { canonical, type Value } from '../values'
import { listAppendCheck, parseTransactions, type TransactionReport } from './list-append'

function judge(history: History): TransactionReport {
  const transactions = parseTransactions(history)
  if ('expected' in transactions) throw new Error(transactions.expected)
  const checking = listAppendCheck(transactions)
  let turn = checking.next()
  while (turn.done !== true) turn = checking.next()
  return turn.value
}

type Step = readonly ['append', string, number] | readonly ['r', string, readonly number[] | null]
/** What each line says happened: process, ok or fail or info, micro-operations; `begin` alone begins one that a later line ends. */
type Line = readonly [process: number, type: 'ok' | 'fail' | 'info' | 'begin', steps: readonly Step[]]

function history(lines: readonly Line[]): History {
  const recorder = new HistoryRecorder()
  const open = new Map<number, number>()
  for (const [process, type, steps] of lines) {
    const id = open.get(process) ?? recorder.invoke(process, 'txn', null, steps.map(([f, key, value]) => [f, key, f === 'r' ? null : value]))
    open.delete(process)
    if (type === 'begin') open.set(process, id)
    else recorder.complete(id, type, steps)
  }
  return recorder.history()
}

/** All at once, so that real time says nothing. */
function concurrent(...transactions: readonly (readonly Step[])[]): History {
  const lines = (type: 'begin' | 'ok'): Line[] => transactions.map((steps, i) => [i, type, steps])
  return history([...lines('begin'), ...lines('ok')])
}

const names = (report: TransactionReport): string[] => report.anomalies.map(({ name }) => name)

describe('anomalies by name', () => {
  test('a serial history has none', () => {
    const report = judge(history([
      [0, 'ok', [['append', 'x', 1], ['r', 'x', [1]]]], [1, 'ok', [['r', 'x', [1]], ['append', 'x', 2], ['append', 'y', 1]]], [0, 'ok', [['r', 'x', [1, 2]], ['r', 'y', [1]]]],
    ]))
    expect(report).toMatchObject({ verdict: 'linearizable', anomalies: [], operations: 3 })
  })

  test('nothing happened', () => { expect(judge(history([])).verdict).toBe('linearizable') })

  test.each<[string, History, string[]]>([
    ['G0: writes in two orders', concurrent([['append', 'x', 1], ['append', 'y', 1]], [['append', 'x', 2], ['append', 'y', 2]],
      [['r', 'x', [1, 2]]], [['r', 'y', [2, 1]]]), ['G0']],
    ['G1a: a failed write was read', history([[0, 'fail', [['append', 'x', 1]]], [1, 'ok', [['r', 'x', [1]]]]]), ['G1a']],
    ['G1b: half of a transaction was read', concurrent([['append', 'x', 1], ['append', 'x', 2]], [['r', 'x', [1]]], [['r', 'x', [1, 2]]]), ['G1b', 'G-single']],
    ['G1c: each read what the other wrote', concurrent([['append', 'x', 1], ['r', 'y', [1]]], [['append', 'y', 1], ['r', 'x', [1]]]), ['G1c']],
    ['G-single: a read skew', concurrent([['append', 'x', 1], ['append', 'y', 1]], [['r', 'x', []], ['r', 'y', [1]]]), ['G-single']],
    ['G2: a write skew', concurrent([['r', 'x', []], ['append', 'y', 1]], [['r', 'y', []], ['append', 'x', 1]]), ['G2']],
    ['lost update: both appended to what they had read', concurrent([['r', 'x', []], ['append', 'x', 1]], [['r', 'x', []], ['append', 'x', 2]],
      [['r', 'x', [1, 2]]]), ['lost-update', 'G-single']],
    ['a stale read, in real time', history([[0, 'ok', [['append', 'x', 1]]], [1, 'ok', [['r', 'x', []]]]]), ['G-single-realtime']],
    ['a long fork', concurrent([['append', 'x', 1]], [['append', 'y', 1]], [['r', 'x', [1]], ['r', 'y', []]], [['r', 'x', []], ['r', 'y', [1]]]), ['G2']],
    ['writes against real time', history([[0, 'ok', [['append', 'x', 1]]], [0, 'ok', [['append', 'x', 2]]], [1, 'ok', [['r', 'x', [2, 1]]]]]), ['G0-realtime']],
    ['an acknowledged append that a later read does not see', history([[0, 'ok', [['append', 'x', 1]]], [1, 'ok', [['append', 'x', 2]]], [2, 'ok', [['r', 'x', [2]]]]]),
      ['G-single-realtime', 'G0-realtime']],
    ['incompatible orders', concurrent([['append', 'x', 1]], [['append', 'x', 2]], [['r', 'x', [1, 2]]], [['r', 'x', [2, 1]]]), ['incompatible-order']],
    ['an element twice', concurrent([['append', 'x', 1]], [['r', 'x', [1, 1]]]), ['duplicate-elements']],
    ['an element of nobody', concurrent([['r', 'x', [7]]]), ['garbage-read']],
    ['a transaction that does not see its own append', concurrent([['append', 'x', 1], ['r', 'x', []]]), ['internal']],
    ['a transaction that sees its own append too early', concurrent([['r', 'x', [1]], ['append', 'x', 1]]), ['internal']],
    ['a transaction that sees two of its own appends, the second too early', concurrent([['append', 'x', 1], ['r', 'x', [2, 1]], ['append', 'x', 2]]), ['internal']],
    ['appends of one transaction the other way round', concurrent([['append', 'x', 1], ['append', 'x', 2]], [['append', 'x', 3]], [['r', 'x', [2, 1, 3]]]), ['internal']],
    ['a transaction that reads two things', concurrent([['r', 'x', []], ['r', 'x', [1]]], [['append', 'x', 1]]), ['internal', 'G-single']],
  ])('%s', (_story, events, expected) => {
    const report = judge(events)
    expect(report.verdict).toBe('not-linearizable')
    for (const name of expected) expect(names(report)).toContain(name)
    if (expected.length === 1) expect(names(report)).toEqual(expected)
  })

  test('each step of a cycle is a sentence, and its transactions are named', () => {
    const [skew] = judge(concurrent([['r', 'x', []], ['append', 'y', 1]], [['r', 'y', []], ['append', 'x', 1]])).anomalies
    expect(skew?.because).toEqual([
      expect.stringMatching(/^process 0 txn .* before process 1 txn .*, whose 1 it did not see in "x"$/) as unknown,
      expect.stringMatching(/^process 1 txn .* before process 0 txn .*, whose 1 it did not see in "y"$/) as unknown,
    ])
    expect(skew?.operations.map(({ process }) => process)).toEqual([0, 1])
    const [twice] = judge(concurrent([['append', 'x', 1]], [['r', 'x', [1, 1]]])).anomalies
    expect(twice?.because).toEqual(['process 1 txn [["r","x",[1,1]]] found 1 more than once in "x"'])
  })
})

describe('unknown outcomes', () => {
  test('an unknown transaction that was read did commit; one that was not need not have', () => {
    expect(judge(history([[0, 'info', [['append', 'x', 1]]], [1, 'ok', [['r', 'x', []]]], [1, 'ok', [['r', 'x', [1]]]], [1, 'ok', [['r', 'x', [1]]]]])).verdict).toBe('linearizable')
    expect(names(judge(history([[0, 'info', [['append', 'x', 1]]], [1, 'ok', [['r', 'x', [1]]]], [1, 'ok', [['r', 'x', []]]]])))).toEqual(['G-single-realtime'])
    expect(judge(history([[0, 'info', [['append', 'x', 1]]], [1, 'ok', [['r', 'x', []]]]])).verdict).toBe('linearizable')
  })

  test('half of an unknown transaction cannot have committed', () => {
    expect(judge(history([[0, 'info', [['append', 'x', 1], ['append', 'y', 1]]], [1, 'ok', [['r', 'x', [1]], ['r', 'y', []]]]])).verdict).toBe('not-linearizable')
  })

  test('an element that was appended twice makes it inconclusive', () => {
    expect(judge(concurrent([['append', 'x', 1]], [['append', 'x', 1]]))).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('more than once') as unknown })
    expect(judge(history([[0, 'info', [['append', 'x', 1]]], [1, 'ok', [['append', 'x', 1]]]])).verdict).toBe('inconclusive')
  })

  test('an append that failed may be tried again', () => {
    const again = (list: readonly number[]): History => history([[0, 'fail', [['append', 'x', 1]]], [1, 'ok', [['append', 'x', 1]]], [0, 'fail', [['append', 'x', 1]]], [0, 'ok', [['r', 'x', list]]]])
    expect(judge(again([1])).verdict).toBe('linearizable')
    expect(names(judge(again([])))).toEqual(['G-single-realtime'])
  })
})

test.each<[Value, string, RegExp]>([
  [[['append', 'x']], 'txn', /append/], [[['push', 'x', 1]], 'txn', /begin with/], [[1], 'txn', /micro-operation/], [7, 'txn', /list of micro/], [[], 'write', /txn/],
])('%j is no transaction', (value, f, message) => {
  const recorder = new HistoryRecorder()
  recorder.invoke(0, f, null, value)
  expect(parseTransactions(recorder.history())).toMatchObject({ expected: expect.stringMatching(message) as unknown })
})

/** Every order that real time allows, with and without each unknown one. */
function isSerializableByForce(operations: readonly Operation[], store: ReadonlyMap<string, readonly Value[]>): boolean {
  const rest = operations.filter(({ outcome }) => outcome !== 'fail')
  if (rest.every(({ outcome }) => outcome === 'unknown')) return true
  const firstEnd = Math.min(...rest.map(({ completed }) => completed))
  return rest.some((operation) => {
    if (operation.invoked > firstEnd) return false
    const next = new Map(store)
    const steps = (operation.outcome === 'ok' ? operation.output : operation.input) as readonly (readonly [string, string, Value])[]
    for (const [f, key, value] of steps) {
      const list = next.get(key) ?? []
      if (f === 'append') next.set(key, [...list, value])
      else if (operation.outcome === 'ok' && canonical(list) !== canonical(value)) return false
    }
    return isSerializableByForce(rest.filter((each) => each !== operation), next)
  })
}

/** Clients of a store that sometimes reads from an older state, and sometimes loses what it was told. */
function randomTransactions(random: Random, size: number, trouble: number): History {
  const recorder = new HistoryRecorder()
  const states: Map<string, Value[]>[] = [new Map<string, Value[]>()]
  const open = new Map<number, { id: number; steps: [string, string, Value][]; took: boolean }>()
  const appended = new Map<string, number[]>([['x', []], ['y', []]])
  const append = (key: string): [string, string, Value] => {
    const element = [...appended.values()].flat().length + 1
    appended.get(key)?.push(element)
    return ['append', key, element]
  }
  let process = 3
  const seats = [0, 1, 2]
  while (recorder.size < size || open.size > 0) {
    const seat = random.integer(0, seats.length)
    const flight = open.get(seat)
    if (flight === undefined) {
      if (recorder.size >= size) continue
      const steps = Array.from({ length: random.integer(1, 4) }, (): [string, string, Value] =>
        (random.next() < 0.5 ? append('xy'[random.integer(0, 2)] as string) : ['r', 'xy'[random.integer(0, 2)] as string, null]))
      open.set(seat, { id: recorder.invoke(seats[seat] as number, 'txn', null, steps), steps, took: false })
    } else if (!flight.took) {
      flight.took = true
      const now = states.at(-1) as Map<string, Value[]>
      const seen = random.next() < trouble ? states[random.integer(0, states.length)] as Map<string, Value[]> : now
      const next = new Map(now)
      const own = new Map(seen)
      flight.steps = flight.steps.map(([f, key, value]) => {
        if (f === 'r' && random.next() < trouble / 10) {
          // Anything that was or will be appended, in any order.
          return [f, key, (appended.get(key) ?? []).map((each) => ({ each, at: random.next() })).filter(({ at }) => at < 0.6).sort((a, b) => a.at - b.at).map(({ each }) => each)]
        }
        if (f === 'r') return [f, key, own.get(key) ?? []]
        own.set(key, [...own.get(key) ?? [], value])
        if (random.next() >= trouble / 4) next.set(key, [...next.get(key) ?? [], value])
        return [f, key, value]
      })
      states.push(next)
    } else {
      open.delete(seat)
      const dice = random.next()
      if (dice < 0.15) {
        recorder.complete(flight.id, 'info')
        seats[seat] = process++
      } else recorder.complete(flight.id, dice < 0.15 + trouble / 10 ? 'fail' : 'ok', flight.steps)
    }
  }
  return recorder.history()
}

test('small histories are judged as by trying every order', { timeout: 60_000 }, () => {
  let accepted = 0
  const cases = 4_000
  for (let seed = 0; seed < cases; seed++) {
    const random = seededRandom(seed)
    const events = randomTransactions(random, random.integer(2, 7), [0, 0.4, 0.8][seed % 3] as number)
    const expected = isSerializableByForce(events.operations, new Map())
    const text = events.operations.map((each) => `${each.invoked}-${each.completed} ${each.outcome} ${canonical(each.outcome === 'ok' ? each.output : each.input)}`).join('\n')
    const report = judge(events)
    expect(report.verdict, `seed ${seed}\n${text}\n${JSON.stringify(report.anomalies.map(({ because }) => because))}`).toBe(expected ? 'linearizable' : 'not-linearizable')
    accepted += Number(expected)
  }
  expect(accepted).toBeGreaterThan(cases * 0.15)
  expect(cases - accepted).toBeGreaterThan(cases * 0.15)
})
