import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base'
import type { Operation } from '../history'
import { MODELS, type ModelName } from '../models'
import { described } from './words'
import { isLinearizableByForce, PLAIN, randomHistory, type RandomHistory } from './atomic-object.fixture'
import { checkLinearizable } from './check'
import { searchFrontier } from './frontier'
import { problemOf } from './problem'
import { searchLinearization } from './search'

const HISTORIES = 4_000
const TIMEOUT_MS = 60_000

function run<T>(generator: Generator<unknown, T>): T {
  let turn = generator.next()
  while (turn.done !== true) turn = generator.next()
  return turn.value
}

const shown = (operations: readonly Operation[]): string =>
  operations.map((operation) => `${operation.invoked}-${operation.completed} ${described(operation)} ${operation.outcome}`).join('\n')

function shapeOf(seed: number): RandomHistory {
  const random = seededRandom(seed * 7 + 1)
  const draw = (...from: number[]): number => from[random.integer(0, from.length)] as number
  return {
    operations: random.integer(1, 8), processes: random.integer(1, 4), values: draw(0, 2, 3), unknown: draw(0, 0.2, 0.5), failed: draw(0, 0.1),
    lies: draw(0, 0.2, 0.6),
  }
}

describe.each(Object.keys(MODELS) as ModelName[])('%s', { timeout: TIMEOUT_MS }, (name) => {
  const model = MODELS[name]

  test(`${HISTORIES} small histories are judged as by trying every order`, () => {
    let accepted = 0
    let byShape = 0
    for (let seed = 0; seed < HISTORIES; seed++) {
      const { operations } = randomHistory(seededRandom(seed), name, shapeOf(seed))
      const expected = isLinearizableByForce(operations, PLAIN[name]())
      const problem = problemOf(model, operations)
      const judged = model.shape(operations.filter(({ outcome }) => outcome !== 'fail'))
      const verdicts = {
        depthFirst: run(searchLinearization(problem)), breadthFirst: run(searchFrontier(problem)).kind === 'linearizable',
        check: checkLinearizable({ operations }, name, { explainBudget: 0 }).verdict === 'linearizable', shape: judged ?? expected,
      }
      expect(verdicts, `seed ${seed}\n${shown(operations)}`).toEqual({ depthFirst: expected, breadthFirst: expected, check: expected, shape: expected })
      accepted += Number(expected)
      byShape += Number(judged !== null)
    }
    // Both verdicts occur often, or the test would show little.
    expect(accepted).toBeGreaterThan(HISTORIES * 0.3)
    expect(HISTORIES - accepted).toBeGreaterThan(HISTORIES * 0.05)
    if (name === 'register' || name === 'queue') expect(byShape).toBeGreaterThan(HISTORIES * 0.15)
  })

  test('an explanation is a history of its own that every order refuses, around the end where the history breaks', () => {
    for (let seed = 0; seed < HISTORIES / 4; seed++) {
      const { operations } = randomHistory(seededRandom(seed), name, { ...shapeOf(seed), lies: 0.5 })
      const { failure } = checkLinearizable({ operations }, name)
      if (failure === null) continue
      const text = `seed ${seed}\n${shown(operations)}\n${shown(failure.smallest)}`
      expect(isLinearizableByForce(failure.smallest, PLAIN[name]()), text).toBe(false)
      expect(failure.isMinimal, text).toBe(true)
      expect(failure.smallest.map(({ index }) => index), text).toContain(failure.culprit?.index)
      expect(failure.possible, text).not.toEqual([])
      // The prefix up to the culprit's end is linearizable, with it it is not.
      const cut = (until: number): Operation[] => operations.filter(({ invoked, outcome }) => invoked <= until && outcome !== 'fail').map((each) =>
        each.completed <= until ? each : { ...each, outcome: 'unknown' as const, completed: Infinity, output: null })
      const end = failure.culprit?.completed ?? 0
      expect(isLinearizableByForce(cut(end - 1), PLAIN[name]()), text).toBe(true)
      expect(isLinearizableByForce(cut(end), PLAIN[name]()), text).toBe(false)
    }
  })

  test('a closed part of a linearizable history is linearizable', () => {
    for (let seed = 0; seed < HISTORIES / 2; seed++) {
      const random = seededRandom(seed + 77)
      const operations = randomHistory(random, name, { ...shapeOf(seed), lies: 0 }).operations.filter(({ outcome }) => outcome !== 'fail')
      const kept = Uint8Array.from(operations, () => Number(random.next() < 0.6))
      model.closure(operations).close(kept)
      const part = operations.filter((_, i) => kept[i] === 1)
      expect(isLinearizableByForce(part, PLAIN[name]()), `seed ${seed}\n${shown(operations)}\n\n${shown(part)}`).toBe(true)
    }
  })
})
