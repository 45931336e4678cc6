import { describe, expect, test } from 'vitest'
import { seededRandom, type Random } from '../../base'
import { HistoryRecorder, type History, type Operation } from '../history'
import { checkLinearizable } from '../linearizability/check'
import { described } from '../linearizability/words'
import { canonical, type Value } from '../values'
import { checkConsistency, CONSISTENCY_CHECKS, type ConsistencyName } from './index'

type Line = readonly [process: number, f: 'write' | 'read', key: string, value: Value, outcome?: 'ok' | 'info' | 'fail']

/** One operation after the other. */
function serial(...lines: readonly Line[]): History {
  const recorder = new HistoryRecorder()
  for (const [process, f, key, value, outcome = 'ok'] of lines) {
    recorder.complete(recorder.invoke(process, f, key, f === 'read' ? null : value), outcome, f === 'read' ? value : null)
  }
  return recorder.history()
}

/** All processes at once, each one operation after the other: real time says nothing between them. */
function sideBySide(...lines: readonly Line[]): History {
  const recorder = new HistoryRecorder()
  const processes = [...new Set(lines.map(([process]) => process))]
  const lanes = processes.map((process) => lines.filter((line) => line[0] === process))
  for (let step = 0; lanes.some((lane) => step < lane.length); step++) {
    const now = lanes.flatMap((lane): Line[] => lane.slice(step, step + 1))
    const ids = now.map(([process, f, key, value]) => recorder.invoke(process, f, key, f === 'read' ? null : value))
    now.forEach(([, f, , value, outcome = 'ok'], i) => { recorder.complete(ids[i] as number, outcome, f === 'read' ? value : null) })
  }
  return recorder.history()
}

const verdict = (history: History, check: ConsistencyName): string => checkConsistency(history, 'register', check).verdict
const verdicts = (history: History): Record<string, string> => Object.fromEntries(CONSISTENCY_CHECKS.map((check) => [check, verdict(history, check)]))

describe('stories', () => {
  test('an old value, read by another process after the write was acknowledged: sequential, not linearizable', () => {
    const history = serial([0, 'write', 'x', 1], [1, 'read', 'x', null], [1, 'read', 'x', 1], [0, 'read', 'x', 1])
    expect(checkLinearizable(history, 'register').verdict).toBe('not-linearizable')
    expect(verdicts(history)).toEqual({
      sequential: 'ok', causal: 'ok', 'read-your-writes': 'ok', 'monotonic-reads': 'ok', 'monotonic-writes': 'ok', 'writes-follow-reads': 'ok', 'eventual-convergence': 'ok',
    })
  })

  test('a client that does not see its own write', () => {
    const report = checkConsistency(serial([0, 'write', 'x', 1], [0, 'write', 'x', 2], [0, 'read', 'x', 1]), 'register', 'read-your-writes')
    expect(report).toMatchObject({ verdict: 'violated', evidence: [{ input: 1 }, { input: 2 }, { output: 1 }] })
    expect(report.sentence).toBe('process 0 read 1, although the same process had written something newer: process 0 write 2.')
    expect(verdict(serial([0, 'write', 'x', 1], [0, 'read', 'x', null]), 'read-your-writes')).toBe('violated')
    expect(verdict(serial([0, 'write', 'x', 1], [1, 'write', 'x', 2], [0, 'read', 'x', 2]), 'read-your-writes')).toBe('ok')
  })

  test('reads that go back in time', () => {
    const back = serial([0, 'write', 'x', 1], [0, 'write', 'x', 2], [1, 'read', 'x', 2], [1, 'read', 'x', 1])
    expect(verdicts(back)).toMatchObject({ 'monotonic-reads': 'violated', 'read-your-writes': 'ok', causal: 'violated', sequential: 'violated' })
    expect(verdict(serial([0, 'write', 'x', 1], [0, 'write', 'x', 2], [1, 'read', 'x', 2], [2, 'read', 'x', 1]), 'monotonic-reads')).toBe('ok')
    expect(verdict(serial([0, 'write', 'x', 1], [1, 'read', 'x', 1], [1, 'read', 'x', null]), 'monotonic-reads')).toBe('violated')
  })

  test('writes of one client seen in the other order', () => {
    const swapped = sideBySide([0, 'write', 'x', 1], [0, 'write', 'x', 2], [1, 'read', 'x', 2], [1, 'read', 'x', 1])
    expect(verdicts(swapped)).toMatchObject({ 'monotonic-writes': 'violated', 'writes-follow-reads': 'ok', causal: 'violated' })
  })

  test('an answer seen before its question', () => {
    const swapped = sideBySide([0, 'write', 'x', 1], [1, 'read', 'x', 1], [1, 'write', 'x', 2], [2, 'read', 'x', 2], [2, 'read', 'x', 1])
    expect(verdicts(swapped)).toMatchObject({ 'writes-follow-reads': 'violated', 'monotonic-writes': 'ok', causal: 'violated' })
  })

  test('the same across keys is the matter of causality alone', () => {
    const photo = sideBySide([0, 'write', 'photo', 1], [0, 'write', 'album', 2], [1, 'read', 'album', 2], [1, 'read', 'photo', null])
    expect(verdicts(photo)).toMatchObject({ causal: 'violated', 'monotonic-writes': 'ok', 'monotonic-reads': 'ok' })
    expect(checkConsistency(photo, 'register', 'causal').evidence.map(({ f, key }) => `${f} ${canonical(key)}`)).toEqual(['write "photo"', 'read "album"', 'write "album"', 'read "photo"'])
  })

  test('two that each write and do not see the other: causal, not sequential', () => {
    const dekker = serial([0, 'write', 'x', 1], [1, 'write', 'y', 1], [0, 'read', 'y', null], [1, 'read', 'x', null])
    expect(verdicts(dekker)).toMatchObject({ causal: 'ok', sequential: 'violated' })
    expect(checkConsistency(dekker, 'register', 'sequential').evidence).toHaveLength(4)
  })

  test('independent readers that disagree on the order of independent writes: causal, not sequential', () => {
    const iriw = sideBySide([0, 'write', 'x', 1], [1, 'write', 'y', 1], [2, 'read', 'x', 1], [2, 'read', 'y', null], [3, 'read', 'y', 1], [3, 'read', 'x', null])
    expect(verdicts(iriw)).toMatchObject({ causal: 'ok', sequential: 'violated' })
  })

  test('replicas that never agree', () => {
    const split = serial([0, 'write', 'x', 1], [1, 'write', 'x', 2], [0, 'read', 'x', 1], [1, 'read', 'x', 2])
    expect(verdict(split, 'eventual-convergence')).toBe('violated')
    expect(verdict(serial([0, 'write', 'x', 1], [1, 'write', 'x', 2], [0, 'read', 'x', 1], [1, 'read', 'x', 2], [0, 'read', 'x', 2]), 'eventual-convergence')).toBe('ok')
    expect(verdict(serial([0, 'write', 'x', 1], [0, 'read', 'x', 1]), 'eventual-convergence')).toBe('inconclusive')
    expect(verdict(serial([0, 'write', 'x', 1, 'info'], [1, 'read', 'x', null], [2, 'read', 'x', 1]), 'eventual-convergence')).toBe('inconclusive')
    expect(verdict(serial([0, 'write', 'x', 1], [1, 'read', 'x', 7], [2, 'read', 'x', 7]), 'eventual-convergence')).toBe('violated')
  })

  test('what nobody wrote is nowhere consistent; what somebody wrote twice cannot be told apart', () => {
    expect(verdicts(serial([0, 'read', 'x', 7]))).toMatchObject({ causal: 'violated', sequential: 'violated' })
    const twice = serial([0, 'write', 'x', 1], [1, 'write', 'x', 1], [2, 'read', 'x', 1])
    expect(verdicts(twice)).toMatchObject({ causal: 'inconclusive', 'monotonic-reads': 'inconclusive', sequential: 'ok' })
  })

  test('a write of unknown outcome that was read did happen, one that was not may never', () => {
    expect(verdicts(serial([0, 'write', 'x', 1, 'info'], [1, 'read', 'x', null], [1, 'read', 'x', 1]))).toMatchObject({ causal: 'ok', sequential: 'ok' })
    expect(verdicts(serial([0, 'write', 'x', 1, 'fail'], [1, 'read', 'x', 1]))).toMatchObject({ causal: 'violated', sequential: 'violated' })
  })
})

/** Replicas that hear of writes in any order: few of the histories are linearizable. */
function randomHistory(random: Random): History {
  const recorder = new HistoryRecorder()
  const processes = random.integer(1, 4)
  const known = Array.from({ length: processes }, () => new Map<string, Value[]>())
  let fresh = 0
  const lines = random.integer(2, 8)
  const open = new Map<number, { id: number; answer: Value }>()
  for (let i = 0; i < lines * 2; i++) {
    const process = random.integer(0, processes)
    const flight = open.get(process)
    if (flight !== undefined) {
      open.delete(process)
      if (random.next() < 0.9) recorder.complete(flight.id, 'ok', flight.answer)
      continue
    }
    const key = 'xy'[random.integer(0, 2)] as string
    const versions = known[process]?.get(key) ?? []
    if (random.next() < 0.45) {
      const value = ++fresh
      open.set(process, { id: recorder.invoke(process, 'write', key, value), answer: null })
      for (const each of known) if (random.next() < 0.8) each.set(key, [...each.get(key) ?? [], value])
    } else {
      const back = random.next() < 0.15 ? 2 : 1
      open.set(process, { id: recorder.invoke(process, 'read', key, null), answer: versions.at(-back) ?? null })
    }
  }
  return recorder.history()
}

/** Every order that keeps the order of each process. */
function isSequentialByForce(lanes: readonly (readonly Operation[])[], loose: readonly (readonly [Operation, number, number])[], store: ReadonlyMap<string, Value>, done: readonly number[]): boolean {
  if (lanes.every((lane, i) => lane.length === done[i])) return true
  const run = (operation: Operation): ReadonlyMap<string, Value> | null => {
    const key = canonical(operation.key)
    if (operation.f === 'read') return canonical(store.get(key) ?? null) === canonical(operation.output) ? store : null
    return new Map(store).set(key, operation.input)
  }
  return lanes.some((lane, i) => {
    const next = lane[done[i] as number]
    const after = next === undefined ? null : run(next)
    return after !== null && isSequentialByForce(lanes, loose, after, done.map((each, j) => each + Number(i === j)))
  }) || loose.some((each) => {
    const [operation, lane, place] = each
    if ((done[lane] as number) < place) return false
    return isSequentialByForce(lanes, loose.filter((other) => other !== each), run(operation) as ReadonlyMap<string, Value>, done)
  })
}

function sequentialByForce({ operations }: History): boolean {
  const processes = [...new Set(operations.map(({ process }) => process))]
  const lanes = processes.map((process) => operations.filter((each) => each.process === process && each.outcome === 'ok'))
  const loose = operations.filter(({ outcome, f }) => outcome === 'unknown' && f === 'write').map((each) =>
    [each, processes.indexOf(each.process), operations.filter((other) => other.process === each.process && other.outcome === 'ok' && other.index < each.index).length] as const)
  return isSequentialByForce(lanes, loose, new Map(), processes.map(() => 0))
}

/** The definition, on a matrix: causes are the order of each process and who wrote what was read, and what follows from the two. */
function causalByDefinition({ operations }: History): boolean {
  const source = (read: Operation): Operation | undefined => operations.find((each) => each.f === 'write' && each.outcome !== 'fail' &&
    canonical(each.key) === canonical(read.key) && canonical(each.input) === canonical(read.output))
  const present = operations.filter((each) => each.outcome === 'ok' || (each.f === 'write' && operations.some((read) => read.f === 'read' && read.outcome === 'ok' && source(read) === each)))
  const causes = present.map((a): boolean[] => present.map((b) => (a.process === b.process && a.outcome === 'ok' && a.index < b.index) || (b.f === 'read' && source(b) === a)))
  const size = present.length
  for (let k = 0; k < size; k++) {
    for (const row of causes) if (row[k] === true) causes[k]?.forEach((follows, j) => { row[j] = row[j] === true || follows })
  }
  if (present.some((_, i) => causes[i]?.[i] === true)) return false
  return present.every((read, r) => {
    if (read.f !== 'read') return true
    const from = source(read)
    if (from === undefined && read.output !== null) return false
    return present.every((write, w) => write.f !== 'write' || write === from || canonical(write.key) !== canonical(read.key) || causes[w]?.[r] !== true ||
      (from !== undefined && causes[present.indexOf(from)]?.[w] !== true))
  })
}

test('small histories are judged as by trying every order, and as the definition of causality says', { timeout: 60_000 }, () => {
  const counts = { sequential: 0, causal: 0, cases: 3_000 }
  for (let seed = 0; seed < counts.cases; seed++) {
    const history = randomHistory(seededRandom(seed))
    const text = `seed ${seed}\n${history.operations.map((each) => `${each.invoked}-${each.completed} ${canonical(each.key)} ${described(each)}`).join('\n')}`
    const sequential = sequentialByForce(history)
    const causal = causalByDefinition(history)
    expect(verdict(history, 'sequential'), text).toBe(sequential ? 'ok' : 'violated')
    expect(verdict(history, 'causal'), text).toBe(causal ? 'ok' : 'violated')
    if (checkLinearizable(history, 'register').verdict === 'linearizable') {
      for (const check of CONSISTENCY_CHECKS) expect(verdict(history, check), `${check} ${text}`).not.toBe('violated')
    }
    const { evidence } = checkConsistency(history, 'register', 'sequential')
    const shown = `${text}\n\n${evidence.map(described).join('\n')}`
    if (!sequential) expect(sequentialByForce({ operations: evidence }), shown).toBe(false)
    if (!causal) expect(causalByDefinition({ operations: checkConsistency(history, 'register', 'causal').evidence }), shown).toBe(false)
    counts.sequential += Number(sequential)
    counts.causal += Number(causal)
  }
  expect(counts.sequential).toBeGreaterThan(counts.cases * 0.2)
  expect(counts.causal).toBeGreaterThan(counts.sequential)
  expect(counts.cases - counts.causal).toBeGreaterThan(counts.cases * 0.05)
})
