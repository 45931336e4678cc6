/**
 * Is one object's history linearizable? First by its shape, where that is exact; then the depth-first search, which is fast where
 * the answer is yes; then both searches in turns, since the breadth-first one is fast where the answer is no and needs memory for
 * one moment only.
 */
import type { Operation } from '../history'
import type { Model } from '../models'
import { searchFrontier, type DeadEnd } from './frontier'
import { problemOf, type Problem } from './problem'
import { searchLinearization } from './search'

export type Method = 'shape' | 'depth-first' | 'breadth-first'

export type Decision =
  | { readonly kind: 'linearizable'; readonly method: Method }
  | { readonly kind: 'not-linearizable'; readonly method: Method; readonly culprit: Operation | null }
  /** Both searches ran out of memory. */
  | { readonly kind: 'undecided' }

/** The depth-first search goes alone for this many steps per operation, and at least this many at all. */
const HEAD_START_PER_OPERATION = 16
const HEAD_START_STEPS = 20_000

export function* decide(model: Model, operations: readonly Operation[]): Generator<number, Decision> {
  const took = operations.filter(({ outcome }) => outcome !== 'fail')
  const judged = model.shape(took)
  if (judged !== null) {
    yield took.length
    return judged ? { kind: 'linearizable', method: 'shape' } : { kind: 'not-linearizable', method: 'shape', culprit: null }
  }
  return yield* searchBoth(problemOf(model, took))
}

export function* searchBoth(problem: Problem): Generator<number, Decision> {
  const depthFirst = searchLinearization(problem)
  let breadthFirst: ReturnType<typeof searchFrontier> | null = null
  let deepSteps = 0
  let broadSteps = 0
  let isDeepOver = false
  let isBroadOver = false
  const headStart = Math.max(HEAD_START_STEPS, problem.size * HEAD_START_PER_OPERATION)
  while (!isDeepOver || !isBroadOver) {
    if (!isDeepOver && (deepSteps < headStart || isBroadOver || deepSteps - headStart <= broadSteps)) {
      const turn = depthFirst.next()
      if (turn.done !== true) {
        deepSteps += turn.value
        yield turn.value
      } else if (turn.value === null) isDeepOver = true
      else if (turn.value) return { kind: 'linearizable', method: 'depth-first' }
      else return { kind: 'not-linearizable', method: 'depth-first', culprit: null }
      continue
    }
    breadthFirst ??= searchFrontier(problem)
    const turn = breadthFirst.next()
    if (turn.done !== true) {
      broadSteps += turn.value
      yield turn.value
    } else if (turn.value.kind === 'too-large') isBroadOver = true
    else if (turn.value.kind === 'linearizable') return { kind: 'linearizable', method: 'breadth-first' }
    else return { kind: 'not-linearizable', method: 'breadth-first', culprit: problem.operations[turn.value.end.operation] ?? null }
  }
  return { kind: 'undecided' }
}

/** Where no configuration survives; null where one does to the end, or where memory ran out. */
export function* deadEndOf(problem: Problem): Generator<number, DeadEnd | null> {
  const outcome = yield* searchFrontier(problem)
  return outcome.kind === 'dead-end' ? outcome.end : null
}
