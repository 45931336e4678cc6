/** Histories by hand: what has gone wrong in real systems and in the literature, and what looks wrong and is not. */
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../base'
import { HistoryRecorder, pairEvents, type History, type Operation } from '../history'
import { MODELS, type ModelName } from '../models'
import { shown, type Value } from '../values'
import { randomHistory } from './atomic-object.fixture'
import { checkLinearizable, linearizabilityCheck, type LinearizabilityReport } from './check'

/** One line for each event: `0 write 1` begins, `0 ok`, `0 ok 5`, `0 fail` and `0 info` end. */
function history(text: string, key: Value = null): History {
  const recorder = new HistoryRecorder()
  const open = new Map<string, number>()
  for (const line of text.trim().split('\n').map((each) => each.trim().split(' '))) {
    const [process = '', word = '', value] = line
    const given = value === undefined ? null : JSON.parse(value) as Value
    if (word === 'ok' || word === 'fail' || word === 'info') recorder.complete(open.get(process) ?? -1, word, given)
    else open.set(process, recorder.invoke(process, word, key, given))
  }
  return recorder.history()
}

/** Machines that do much else at the same time are slow. */
const TIMEOUT_MS = 60_000

const verdict = (model: ModelName, text: string): string => checkLinearizable(history(text), model).verdict

describe('register', () => {
  test.each<[string, string]>([
    ['a read that overlaps a write sees either value', '0 write 1\n1 read\n1 ok null\n2 read\n2 ok 1\n0 ok'],
    ['reads that overlap a write see it in turn', '0 write 1\n1 read\n2 read\n1 ok null\n2 ok 1\n0 ok\n1 read\n1 ok 1'],
    ['a write of unknown outcome takes effect long after', '0 write 1\n0 info\n1 write 2\n1 ok\n1 read\n1 ok 2\n1 read\n1 ok 1'],
    ['a write without an end takes effect long after', '0 write 1\n1 write 2\n1 ok\n1 read\n1 ok 2\n1 read\n1 ok 1'],
    ['and may never do', '0 write 1\n0 info\n1 read\n1 ok null'],
    ['an unknown cas may have succeeded', '0 write 1\n0 ok\n0 cas [1,2]\n0 info\n1 read\n1 ok 1\n1 read\n1 ok 2'],
    ['a failed cas that could have succeeded says nothing', '0 write 1\n0 ok\n0 cas [1,2]\n0 fail\n1 read\n1 ok 1'],
    ['a failed read says nothing', '0 read\n0 fail\n0 write 1\n0 ok'],
    ['a process that goes on after an unknown write', '0 write 1\n0 info\n0 read\n0 ok null\n0 write 2\n0 ok\n0 read\n0 ok 1'],
    ['values compare by what they are', '0 write {"a":1,"b":[2]}\n0 ok\n1 read\n1 ok {"b":[2],"a":1}'],
    ['Herlihy and Wing, figure 1 in spirit: three writers and a reader who saw the second', '0 write 0\n1 write 1\n0 ok\n2 read\n1 ok\n2 ok 1\n0 write 2\n2 read\n0 ok\n2 ok 2'],
  ])('%s', (_story, text) => { expect(verdict('register', text)).toBe('linearizable') })

  test.each<[string, string, readonly string[]]>([
    ['a stale read', '0 write 1\n0 ok\n0 write 2\n0 ok\n1 read\n1 ok 1', ['write 2', 'read']],
    ['a read that goes back: new, then old, under one long write', '0 write 1\n1 read\n1 ok 1\n2 read\n2 ok null\n0 ok', ['write 1', 'read', 'read']],
    ['a lost update: two cas from the same value succeed', '0 write 1\n0 ok\n1 cas [1,2]\n2 cas [1,3]\n1 ok\n2 ok', ['write 1', 'cas', 'cas']],
    ['a split brain: each side reads its own write', '0 write 1\n0 ok\n1 write 2\n1 ok\n0 read\n0 ok 1\n1 read\n1 ok 2', ['write 2', 'read']],
    ['a failed write that is seen', '0 write 1\n0 fail\n1 read\n1 ok 1', ['read']],
    ['a value from nowhere', '0 read\n0 ok 7', ['read']],
    ['a value from the future', '0 read\n0 ok 1\n1 write 1\n1 ok', ['read']],
    ['an unknown write seen, then not, then seen', '0 write 1\n0 info\n1 read\n1 ok 1\n1 read\n1 ok null\n1 read\n1 ok 1', ['write 1', 'read', 'read']],
  ])('%s', (_story, text, smallest) => {
    const { verdict: judged, failure } = checkLinearizable(history(text), 'register')
    expect(judged).toBe('not-linearizable')
    expect(failure?.smallest.map(({ f, input }) => (f === 'write' ? `write ${shown(input)}` : f))).toEqual(smallest)
    expect(failure?.isMinimal).toBe(true)
  })
})

describe('queue, lock, kv, counter', () => {
  test.each<[ModelName, string, string, boolean]>([
    ['queue', 'what went in at the same time comes out in any order', '0 enqueue 1\n1 enqueue 2\n0 ok\n1 ok\n0 dequeue\n0 ok 2\n0 dequeue\n0 ok 1', true],
    ['queue', 'what went in one after the other does not', '0 enqueue 1\n0 ok\n1 enqueue 2\n1 ok\n0 dequeue\n0 ok 2\n0 dequeue\n0 ok 1', false],
    ['queue', 'an element comes out once', '0 enqueue 1\n0 ok\n0 dequeue\n1 dequeue\n0 ok 1\n1 ok 1', false],
    ['queue', 'an element that was acknowledged is not lost', '0 enqueue 1\n0 ok\n0 dequeue\n0 ok null', false],
    ['queue', 'unless a dequeue without an answer took it', '0 enqueue 1\n0 ok\n1 dequeue\n1 info\n0 dequeue\n0 ok null', true],
    ['queue', 'a dequeue without an answer takes one element, not two', '0 enqueue 1\n0 ok\n0 enqueue 2\n0 ok\n1 dequeue\n1 info\n0 dequeue\n0 ok "empty"', false],
    ['queue', 'empty while an enqueue is under way', '0 enqueue 1\n1 dequeue\n1 ok null\n0 ok\n1 dequeue\n1 ok 1', true],
    ['queue', 'a failed dequeue took nothing', '0 enqueue 1\n0 ok\n1 dequeue\n1 fail\n0 dequeue\n0 ok 1', true],
    ['queue', 'the same value twice', '0 enqueue 1\n0 ok\n0 enqueue 1\n0 ok\n1 dequeue\n1 ok 1\n1 dequeue\n1 ok 1\n1 dequeue\n1 ok null', true],
    ['lock', 'two holders at once', '0 acquire\n0 ok\n1 acquire\n1 ok', false],
    ['lock', 'handed over while the release is under way', '0 acquire\n0 ok\n0 release\n1 acquire\n1 ok\n0 ok', true],
    ['lock', 'a release of what one does not hold', '0 release\n0 ok', false],
    ['lock', "a release of another's lock", '0 acquire\n0 ok\n1 release\n1 ok', false],
    ['lock', 'it is not re-entrant', '0 acquire\n0 ok\n0 acquire\n0 ok', false],
    ['lock', 'an unknown acquire may have failed', '0 acquire\n0 info\n1 acquire\n1 ok', true],
    ['lock', 'or have succeeded, if its process releases', '0 acquire\n0 info\n0 release\n0 ok\n1 acquire\n1 ok', true],
    ['lock', 'an unknown release may have happened', '0 acquire\n0 ok\n0 release\n0 info\n1 acquire\n1 ok', true],
    ['lock', 'a failed release did not', '0 acquire\n0 ok\n0 release\n0 fail\n1 acquire\n1 ok', false],
    ['lock', 'fencing tokens that grow', '0 acquire\n0 ok 3\n0 release\n0 ok\n1 acquire\n1 ok 8', true],
    ['lock', 'fencing tokens that do not', '0 acquire\n0 ok 8\n0 release\n0 ok\n1 acquire\n1 ok 8', false],
    ['kv', 'appends in either order', '0 append "a"\n1 append "b"\n0 ok\n1 ok\n0 get\n0 ok "ba"', true],
    ['kv', 'an append that is lost', '0 append "a"\n0 ok\n1 append "b"\n1 ok\n0 get\n0 ok "b"', false],
    ['kv', 'put, then append', '0 put "x"\n0 ok\n0 append "y"\n0 ok\n1 get\n1 ok "xy"', true],
    ['kv', 'a key that nobody wrote is empty', '0 get\n0 ok ""\n0 read\n0 ok null\n0 cas ["","v"]\n0 ok\n0 get\n0 ok "v"', true],
    ['kv', 'a key that was written is not', '0 put "v"\n0 ok\n0 get\n0 ok ""', false],
    ['counter', 'additions in any order', '0 add 1\n1 add 2\n2 read\n2 ok 2\n0 ok\n1 ok\n2 read\n2 ok 3', true],
    ['counter', 'an addition counted twice', '0 add 1\n0 ok\n1 read\n1 ok 2', false],
  ])('%s: %s', (model, _story, text, linearizable) => { expect(verdict(model, text)).toBe(linearizable ? 'linearizable' : 'not-linearizable') })
})

describe('reports', { timeout: TIMEOUT_MS }, () => {
  test('an empty history is linearizable', () => {
    expect(checkLinearizable({ operations: [] }, 'register')).toMatchObject({ verdict: 'linearizable', operations: 0, partitions: 0 })
  })

  test('a failure is of one key, and said in words', () => {
    const clean = history('0 write 1\n0 ok', 'a').operations
    const stale = history('0 write 1\n0 ok\n0 write 2\n0 ok\n1 read\n1 ok 1', 'b').operations
    const { failure, partitions } = checkLinearizable({ operations: [...clean, ...stale] }, 'register')
    expect(partitions).toBe(2)
    expect(failure).toMatchObject({ key: 'b', possible: ['2'], culprit: { f: 'read' }, prefix: { operations: 2, events: 5 } })
    expect(failure?.sentence).toBe('Key "b": there is no moment for "process 1 read 1" between its beginning and its end: it could have been 2.')
  })

  test('why a lock cannot be taken, and a cas cannot succeed', () => {
    expect(checkLinearizable(history('0 acquire\n0 ok\n1 acquire\n1 ok'), 'lock').failure?.possible).toEqual(['process 0 holds the lock'])
    expect(checkLinearizable(history('0 acquire\n0 ok 8\n0 release\n0 ok\n1 acquire\n1 ok 3'), 'lock').failure?.possible)
      .toEqual(['the lock is free, and its last token was 8'])
    expect(checkLinearizable(history('0 write 1\n0 ok\n1 cas [2,3]\n1 ok'), 'register').failure?.possible).toEqual(['the value is 1, not 2'])
  })

  /** Values come twice and the queue is long: the order in which they went in shows much later. */
  function hardQueue(): History {
    const recorder = new HistoryRecorder()
    for (let round = 0; round < 12; round++) {
      const ids = Array.from({ length: 8 }, (_, i) => recorder.invoke(i, 'enqueue', null, (round * 5 + i * 3) % 4))
      for (const id of ids) recorder.complete(id, 'ok')
    }
    for (let i = 0; i < 96; i++) recorder.complete(recorder.invoke(9, 'dequeue', null, null), 'ok', i < 90 ? i % 4 : 9)
    return recorder.history()
  }

  test('an exhausted budget is inconclusive and never a yes', () => {
    expect(checkLinearizable(hardQueue(), 'queue', { budget: 100_000 })).toMatchObject({ verdict: 'inconclusive', undecided: [null], failure: null })
  })

  test('a caller that cancels gets inconclusive', () => {
    let asked = 0
    const report = checkLinearizable(hardQueue(), 'queue', { isCancelled: () => ++asked > 3 })
    expect(report.verdict).toBe('inconclusive')
    expect(report.steps).toBeLessThan(50_000)
  })

  test('what is certain stays certain where the rest is not decided', () => {
    const operations = [...hardQueue().operations.map((each) => ({ ...each, key: 'hard' })), ...history('0 dequeue\n0 ok 7', 'easy').operations]
    expect(checkLinearizable({ operations }, 'queue', { budget: 10_000 })).toMatchObject({ verdict: 'not-linearizable', failure: { key: 'easy' } })
  })

  test('a caller sees progress, and may stop asking', () => {
    const checking = linearizabilityCheck(hardQueue(), 'queue')
    const steps = Array.from({ length: 5 }, () => (checking.next().value as { steps: number }).steps)
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    expect(new Set(steps).size).toBe(5)
  })
})

describe('size', { timeout: TIMEOUT_MS }, () => {
  const large = (model: ModelName, values: number, operations: number, functions?: readonly string[]): History =>
    randomHistory(seededRandom(operations + values), model, { operations, processes: 8, values, unknown: 0.002, failed: 0.01, lies: 0, ...(functions === undefined ? {} : { functions }) })

  test.each<[ModelName, number]>([['register', 5], ['register', 0], ['kv', 0], ['queue', 0], ['lock', 0], ['counter', 3]])(
    'a long history of an atomic %s (%i values) is accepted, and one lie in it is found', (model, values) => {
      // Sums of additions whose outcome is unknown are many.
      const { operations } = large(model, values, model === 'counter' ? 80 : 2_000, model === 'kv' ? ['get', 'put'] : undefined)
      expect(checkLinearizable({ operations }, model).verdict).toBe('linearizable')
      const lie = withLie(operations)
      const report: LinearizabilityReport = checkLinearizable({ operations: lie }, model)
      expect(report.verdict).toBe('not-linearizable')
      expect(report.failure?.smallest.length ?? 0).toBeGreaterThan(0)
    })

  /** An answer near the end that nobody could have given. */
  function withLie(operations: readonly Operation[]): Operation[] {
    const victim = operations.findLast(({ f, outcome, index }) => outcome === 'ok' && ['read', 'get', 'dequeue', 'release'].includes(f) && index < operations.length - 10)
    return operations.map((each) => (each === victim ? (each.f === 'release' ? { ...each, process: 'stranger' } : { ...each, output: 123_456_789 }) : each))
  }

  test('thousands of processes, each of which did one thing', () => {
    const recorder = new HistoryRecorder()
    const ids = Array.from({ length: 3_000 }, (_, i) => recorder.invoke(i, i % 2 === 0 ? 'write' : 'read', null, i % 2 === 0 ? i : null))
    ids.forEach((id) => { recorder.complete(id, 'ok', id % 2 === 0 ? null : id - 1) })
    expect(checkLinearizable(recorder.history(), 'register').verdict).toBe('linearizable')
    expect(checkLinearizable(recorder.history(), 'kv').verdict).toBe('linearizable')
  })

  test('a shape is never judged otherwise than by search', () => {
    for (let seed = 0; seed < 40; seed++) {
      for (const model of ['register', 'queue'] as const) {
        const functions = model === 'register' ? ['read', 'write'] : undefined
        const { operations } = randomHistory(seededRandom(seed), model, { operations: 40, processes: 4, values: 0, unknown: 0.05, failed: 0.05, lies: seed % 3 === 0 ? 0.03 : 0,
          ...(functions === undefined ? {} : { functions }) })
        const took = operations.filter(({ outcome }) => outcome !== 'fail')
        const judged = MODELS[model].shape(took)
        const searched = searchedOnly(model, operations)
        if (judged !== null && searched !== 'inconclusive') expect(judged, `seed ${seed} ${model}`).toBe(searched === 'linearizable')
      }
    }
  })

  function searchedOnly(model: 'register' | 'queue', operations: readonly Operation[]): string {
    const shape = MODELS[model].shape
    Object.assign(MODELS[model], { shape: () => null })
    try {
      return checkLinearizable({ operations }, model, { budget: 200_000, explainBudget: 0 }).verdict
    } finally {
      Object.assign(MODELS[model], { shape })
    }
  }
})

describe('pairing of events', () => {
  const event = (process: number, type: 'invoke' | 'ok' | 'fail' | 'info', value?: Value) => ({ process, type, f: 'read', key: null, value, time: null, line: null })

  test('an outcome that is unknown anyway needs no invocation, another does', () => {
    expect(pairEvents([event(0, 'info')])).toEqual({ operations: [] })
    expect(pairEvents([event(0, 'invoke'), event(0, 'info'), event(0, 'ok')])).toMatchObject({ at: 2 })
  })

  test('a recorder refuses a second completion, and its snapshot stays as it is', () => {
    const recorder = new HistoryRecorder()
    const id = recorder.invoke(0, 'read', null, null)
    const before = recorder.history()
    recorder.complete(id, 'ok', 1)
    expect(() => { recorder.complete(id, 'ok', 2) }).toThrow('once')
    expect(before.operations[0]).toMatchObject({ outcome: 'unknown', completed: Infinity })
    expect(recorder.history().operations[0]).toMatchObject({ outcome: 'ok', output: 1, invoked: 0, completed: 1 })
  })
})
