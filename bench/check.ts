/**
 * The linearizability checker on histories of 1,000, 10,000 and 100,000 operations: of an atomic object, and the same with one
 * answer changed near the end. Times are of the processor: other work on this machine then changes little. Options: --seconds 60 (for
 * each history), --sizes 1000,10000, --only <workload>
 */
import { parseArgs } from 'node:util'
import { seededRandom, type Random } from '../src/core/base'
import { HistoryRecorder, linearizabilityCheck, type History, type ModelName, type Operation, type Value } from '../src/core/checker'

const { values: options } = parseArgs({ options: {
  seconds: { type: 'string', default: '60' }, sizes: { type: 'string', default: '1000,10000,100000' }, only: { type: 'string' },
} })

interface Workload {
  readonly name: string
  readonly model: ModelName
  readonly processes: number
  readonly keys: number
  /** Out of how many values; 0 for values that never come twice. */
  readonly values: number
  /** Operations of unknown outcome in a thousand. */
  readonly unknownPerMille: number
  readonly functions: readonly string[]
}

const REGISTER = { model: 'register', functions: ['read', 'write', 'cas'], keys: 1, values: 5, unknownPerMille: 0 } as const
const QUEUE = { model: 'queue', functions: ['enqueue', 'dequeue'], keys: 1, values: 0, unknownPerMille: 1 } as const
const WORKLOADS: readonly Workload[] = [
  { ...REGISTER, name: 'register, unique values, 20 processes', processes: 20, values: 0, functions: ['read', 'write'], unknownPerMille: 1 },
  { ...REGISTER, name: 'register with cas, 5 values, 5 processes', processes: 5 },
  { ...REGISTER, name: 'register with cas, 5 values, 10 processes', processes: 10 },
  { ...REGISTER, name: 'register with cas, 5 values, 20 processes', processes: 20 },
  { ...REGISTER, name: 'register with cas, 5 values, 10 processes, 100 keys, 0.5 % unknown', processes: 10, keys: 100, unknownPerMille: 5 },
  { ...REGISTER, name: 'register with cas, 5 values, 10 processes, 30 unknown', processes: 10, unknownPerMille: -30 },
  { name: 'kv, get, put, append, 10 processes, 100 keys', model: 'kv', processes: 10, keys: 100, values: 0, unknownPerMille: 1, functions: ['get', 'put', 'append'] },
  { name: 'kv, get and append, 10 processes, 100 keys', model: 'kv', processes: 10, keys: 100, values: 0, unknownPerMille: 1, functions: ['get', 'append'] },
  { ...QUEUE, name: 'queue, unique values, 20 processes', processes: 20 },
  { ...QUEUE, name: 'queue, 10 values, 5 processes', processes: 5, values: 10, unknownPerMille: 0 },
  { ...QUEUE, name: 'queue, 10 values, 10 processes, 100 keys, 0.1 % unknown', processes: 10, values: 10, keys: 100 },
]

type State = Map<number, Value | Value[]>

/** The operation takes effect; undefined where a cas found another value. */
function apply(state: State, key: number, f: string, input: Value): Value | undefined {
  if (f === 'enqueue' || f === 'dequeue') {
    const items = (state.get(key) ?? []) as Value[]
    state.set(key, items)
    if (f === 'dequeue') return items.shift() ?? null
    items.push(input)
    return null
  }
  const now = state.get(key) ?? null
  if (f === 'read') return now
  if (f === 'get') return now ?? ''
  if (f === 'cas') {
    const [from, to] = input as [Value, Value]
    if (from !== now) return undefined
    state.set(key, to)
  } else state.set(key, f === 'append' ? `${(now ?? '') as string}${input as string}` : input)
  return null
}

function inputOf(random: Random, { values, model }: Workload, f: string, fresh: number): Value {
  if (f === 'read' || f === 'get' || f === 'dequeue') return null
  const value = (): number => (values === 0 ? fresh : random.integer(0, values))
  return f === 'cas' ? [value(), value()] : model === 'kv' ? `${String(value())},` : value()
}

/** In each turn one process invokes, takes effect or ends. */
function historyOf(workload: Workload, operations: number, random: Random): History {
  const recorder = new HistoryRecorder()
  const state: State = new Map()
  const open = new Map<number, { id: number; key: number; f: string; input: Value; answer?: Value | undefined; took: boolean }>()
  const names = Array.from({ length: workload.processes }, (_, i) => i)
  let name = workload.processes
  const share = workload.unknownPerMille < 0 ? -workload.unknownPerMille / operations : workload.unknownPerMille / 1000
  while (recorder.size < operations || open.size > 0) {
    const seat = random.integer(0, workload.processes)
    const flight = open.get(seat)
    if (flight === undefined) {
      if (recorder.size >= operations) continue
      const f = workload.functions[random.integer(0, workload.functions.length)] as string
      const key = random.integer(0, workload.keys)
      const input = inputOf(random, workload, f, recorder.size)
      open.set(seat, { id: recorder.invoke(names[seat] as number, f, key, input), key, f, input, took: false })
    } else if (!flight.took) {
      flight.took = true
      flight.answer = apply(state, flight.key, flight.f, flight.input)
    } else {
      open.delete(seat)
      if (random.next() < share) names[seat] = name++
      else recorder.complete(flight.id, flight.answer === undefined ? 'fail' : 'ok', flight.answer ?? null)
    }
  }
  return recorder.history()
}

const answers = (each: Operation): boolean => each.outcome === 'ok' && ['read', 'get', 'dequeue'].includes(each.f)

/** Whether a write of something else, over before the read began, came after every write of this value. */
function isStale(read: Operation, value: Value, operations: readonly Operation[]): boolean {
  const writes = (each: Operation): Value => (each.f === 'cas' ? (each.input as readonly Value[])[1] ?? null : each.f === 'write' || each.f === 'put' ? each.input : null)
  const before = operations.filter((each) => each.key === read.key && each.invoked < read.completed && each.outcome !== 'fail' && writes(each) !== null)
  const lastBegun = Math.max(-1, ...before.filter((each) => each.completed < read.invoked).map(({ invoked }) => invoked))
  return before.every((each) => writes(each) !== value || each.completed < lastBegun)
}

/** So many answers are tried, each with so many earlier ones in its place. Where values are few none of them may do, and all would take hours. */
const VICTIMS_MAX = 20
const EARLIER_MAX = 200

/** One read or dequeue near the end answers what no order allows: an old value of its key, or one taken before, or an old prefix. */
function withViolation({ operations }: History): History {
  const isRegister = operations.some(({ f }) => f === 'write')
  const from = Math.floor(operations.length * 0.9)
  for (const victim of operations.slice(from).filter(answers).slice(0, VICTIMS_MAX)) {
    const near = operations.filter(({ index, outcome }) => outcome === 'unknown' || (index > victim.index - 2_000 && index < victim.index + 100))
    const others = operations.slice(0, Math.floor(victim.index / 2)).filter((each) => answers(each) && each.key === victim.key && each.output !== null && each.output !== victim.output)
    const earlier = others.slice(-EARLIER_MAX).findLast((each) => !isRegister || isStale(victim, each.output, near))
    if (earlier !== undefined) return { operations: operations.map((each) => (each === victim ? { ...each, output: earlier.output } : each)) }
  }
  // Where values are few and writes many, nothing is certainly old: a value that nobody wrote.
  const victim = operations.slice(from).find(answers)
  return { operations: operations.map((each) => (each === victim ? { ...each, output: 'never written' } : each)) }
}

/** Processor time of this process. */
const nowMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
const rounded = (value: number): number => Number(value.toPrecision(3))

function judge(workload: Workload, history: History, expected: string): Record<string, unknown> {
  const from = nowMs()
  const deadline = from + Number(options.seconds) * 1_000
  const checking = linearizabilityCheck(history, workload.model, { budget: Infinity, isCancelled: () => nowMs() > deadline })
  let explainingFrom = 0
  let heap = 0
  let turn = checking.next()
  for (let turns = 0; turn.done !== true; turn = checking.next()) {
    if (turns++ % 64 === 0) heap = Math.max(heap, process.memoryUsage.rss())
    if (turn.value.phase === 'explaining' && explainingFrom === 0) explainingFrom = nowMs()
  }
  const until = nowMs()
  const report = turn.value
  if (report.verdict !== expected && report.verdict !== 'inconclusive') console.error(`expected ${expected}, judged ${report.verdict}`)
  return {
    verdict: report.verdict, milliseconds: rounded((explainingFrom === 0 ? until : explainingFrom) - from),
    ...(report.failure === null ? {} : { explainMilliseconds: rounded(explainingFrom === 0 ? 0 : until - explainingFrom), smallest: report.failure.smallest.length,
      isMinimal: report.failure.isMinimal }),
    steps: report.steps, methods: report.methods, residentMiB: Math.round(Math.max(heap, process.memoryUsage.rss()) / 2 ** 20),
  }
}

const results: Record<string, unknown>[] = []
for (const workload of WORKLOADS.filter(({ name }) => options.only === undefined || name.includes(options.only))) {
  for (const size of options.sizes.split(',').map(Number)) {
    const valid = historyOf(workload, size, seededRandom(size))
    for (const [planted, history] of [[false, valid], [true, withViolation(valid)]] as const) {
      const result = { workload: workload.name, operations: size, planted, ...judge(workload, history, planted ? 'not-linearizable' : 'linearizable') }
      console.error(JSON.stringify(result))
      results.push(result)
    }
  }
}
console.log(JSON.stringify({ bench: 'check', secondsMax: Number(options.seconds), results }, null, 2))
