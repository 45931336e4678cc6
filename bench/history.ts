/**
 * The metrics history: size and speed of the codec, the whole path into the file, and a cold query. Rates and times are of
 * processor seconds.
 * Data: what this machine's kernel counts (/proc, read now, as node_exporter reads it), and a cluster under a varying load.
 * Options: --seconds 8 (how long /proc is read)
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../src/core/base'
import type { MetricName, Sample } from '../src/core/observe'
import { decodeTimes, decodeValues, encodeTimes, encodeValues } from '../src/core/series'
import { openHistory, type History } from '../src/main/console/history'

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '8' } } })
const CHUNK = 512
const SCRAPE_MS = 15_000
const START_MS = 1_700_000_000_000
/** A flush of 2,000 samples: far fewer than a second brings at the rate that is asked for. */
const POLLS_PER_FLUSH = 100
const DAY_MS = 24 * 3_600_000

interface Column {
  readonly times: Float64Array
  readonly values: Float64Array
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const rounded = (value: number): number => Number(value.toPrecision(4))
/** Processor time rather than time on the wall: other work on this machine then changes little. */
const seconds = (work: () => void): number => {
  const from = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1e6
}

/** Every number in these files is a series: counters, gauges, averages. */
function readKernel(): number[] {
  const files = ['/proc/stat', '/proc/meminfo', '/proc/vmstat', '/proc/net/dev', '/proc/diskstats', '/proc/loadavg', '/proc/self/stat', '/proc/uptime']
  return files.flatMap((file) => {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
    return (text.match(/(?<=\s)\d+(\.\d+)?(?=\s|$)/g) ?? []).slice(0, 200).map(Number)
  })
}

async function kernelTrace(): Promise<Column[]> {
  const rows: number[][] = []
  const untilMs = performance.now() + Number(options.seconds) * 1_000
  while (performance.now() < untilMs) {
    rows.push(readKernel())
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  const width = Math.min(...rows.map((row) => row.length))
  const random = seededRandom(1)
  // The pace of a scrape, with the few milliseconds by which scrapes are late.
  const times = Float64Array.from(rows, (_, i) => START_MS + i * SCRAPE_MS + random.integer(0, 4))
  return Array.from({ length: width }, (_, series) => ({ times, values: Float64Array.from(rows, (row) => row[series] ?? 0) }))
}

/** One member polled twice a second: positions that grow with a wavering load, round trips, lag, rates. */
function clusterTrace(samples: number): Column[] {
  const random = seededRandom(2)
  const times = Float64Array.from({ length: samples }, (_, i) => START_MS + i * 500 + random.integer(0, 3))
  let index = 0
  const load = Float64Array.from(times, (_, i) => 90 + 40 * Math.sin(i / 300) + random.next() * 12)
  const last = Float64Array.from(load, (rate) => (index += Math.round(rate)))
  const near = (spread: number): Float64Array => last.map((value) => value - random.integer(0, spread))
  const milliseconds = (typical: number): Float64Array => last.map(() => Math.round((typical + random.next() ** 4 * typical * 3) * 1_000) / 1_000)
  const steady = (value: number): Float64Array => last.map(() => value)
  return [steady(1), steady(7), last, near(3), near(6), near(8).map((value, i) => Math.max(0, (last[i] ?? 0) - value)), milliseconds(0.4), milliseconds(0.9), load.map((rate) => Math.round(rate * 2_000) / 1_000), steady(33_554_432)]
    .map((values) => ({ times, values }))
}

function codec(columns: readonly Column[]): { samples: number; bytesPerSample: number; encodedPerSecond: number; decodedPerSecond: number } {
  const encoded: { times: Uint8Array; values: Uint8Array[] }[] = []
  let samples = 0
  const encodeSeconds = seconds(() => {
    const length = columns[0]?.times.length ?? 0
    for (let from = 0; from < length; from += CHUNK) {
      const times = encodeTimes(columns[0]?.times.subarray(from, from + CHUNK) ?? new Float64Array(0))
      encoded.push({ times, values: columns.map(({ values }) => encodeValues(values.subarray(from, from + CHUNK))) })
    }
    samples = length * columns.length
  })
  let decoded = 0
  const decodeSeconds = seconds(() => {
    for (const { times, values } of encoded) {
      decodeTimes(times)
      for (const each of values) decoded += decodeValues(each)?.length ?? 0
    }
  })
  if (decoded !== samples) throw new Error(`${samples} samples went in, ${decoded} came out`)
  const bytes = encoded.reduce((sum, { times, values }) => sum + times.length + values.reduce((all, each) => all + each.length, 0), 0)
  return { samples, bytesPerSample: rounded(bytes / samples), encodedPerSecond: rounded(samples / encodeSeconds), decodedPerSecond: rounded(samples / decodeSeconds) }
}

const METRICS: readonly MetricName[] = ['up', 'epoch', 'last-index', 'committed-index', 'applied-index', 'lag-entries', 'rtt-ms', 'link-rtt-ms', 'link-messages-per-second', 'storage-bytes']

function open(file: string, clock: { nowMs: number }): History {
  const opened = openHistory({ file, now: () => clock.nowMs, log: { info: say, warn: say, error: say }, flushEveryMs: null })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

/** 24 hours of 20 series through the whole history and back. */
function wholePath(folder: string, columns: readonly Column[]): Record<string, number> {
  const file = path.join(folder, 'history.db')
  const clock = { nowMs: START_MS }
  const history = open(file, clock)
  const perDay = DAY_MS / 5_000
  const polls: Sample[][] = []
  for (let i = 0; i < perDay; i += 1) {
    const atMs = START_MS + i * 5_000
    polls.push(['n1', 'n2'].flatMap((nodeId) => columns.map(({ values }, series) => ({ nodeId, metric: METRICS[series] ?? 'up', atMs, value: values[i] ?? 0 }))))
  }
  const samples = perDay * columns.length * 2
  const inSeconds = seconds(() => {
    polls.forEach((poll, i) => {
      clock.nowMs = START_MS + i * 5_000
      history.recordSamples('c1', poll)
      if (i % POLLS_PER_FLUSH === 0) history.tick()
    })
    clock.nowMs += 3 * 3_600_000
    history.tick()
  })
  history.close()
  const empty = path.join(folder, 'empty.db')
  open(empty, clock).close()
  const bytes = fs.statSync(file).size - fs.statSync(empty).size
  const query = (pointsMax: number): number => {
    const cold = open(file, clock)
    let points = 0
    const taken = seconds(() => {
      const result = cold.series({ clusterId: 'c1', metrics: METRICS, nodeIds: null, fromMs: START_MS, toMs: START_MS + DAY_MS, pointsMax })
      points = result.ok ? result.value.length : 0
    })
    cold.close()
    if (points !== columns.length * 2) throw new Error(`${points} series came back`)
    return rounded(taken * 1_000)
  }
  return { samples, samplesPerSecondIn: rounded(samples / inSeconds), bytesPerSampleInFile: rounded(bytes / samples), query24hours20series600pointsMs: query(600), query24hours20series4000pointsMs: query(4_000) }
}

async function main(): Promise<void> {
  say(`reading /proc for ${options.seconds} s`)
  const kernel = await kernelTrace()
  say(`${kernel.length} series of ${kernel[0]?.times.length ?? 0} samples`)
  const cluster = clusterTrace(20_000)
  codec(clusterTrace(2_000)) // warms the compiler up
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-bench-'))
  try {
    const moving = kernel.filter(({ values }) => values.some((value) => value !== values[0]))
    const result = { kernelAll: codec(kernel), kernelMoving: { series: moving.length, ...codec(moving) }, clusterMetrics: codec(cluster), history: wholePath(folder, cluster) }
    console.log(JSON.stringify({ ...result, budget: { samplesPerSecondIn: 500_000, bytesPerSample: 2, query24hours20seriesMs: 50 } }, null, 2))
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

await main()
