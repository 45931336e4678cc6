import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { build } from 'rolldown'
import { beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/base'
import { openHistory, type History } from '../../src/main/console/history'
import { temporaryFolder } from './support/folders'

const CYCLES = 40
const root = path.resolve(import.meta.dirname, '../..')
const writer = path.join(root, 'out/test-history/writer.mjs')

beforeAll(async () => {
  const input = path.join(root, 'test/integration/support/history-writer.ts')
  await build({ input, platform: 'node', external: (id) => !id.startsWith('.') && !path.isAbsolute(id), output: { file: writer, format: 'es' } })
})

/** Runs the writer and kills it after so many of its lines; gives the last event and the last flush it was sure of. */
function writeUntilKilled(file: string, from: number, lines: number): Promise<{ event: number | null; seen: number | null; complaints: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, file, String(from)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let complaints = ''
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('close', () => {
      // A last line that was cut short promises nothing.
      const told = output.slice(0, output.lastIndexOf('\n') + 1).split('\n')
      const last = (word: string): number | null => {
        const line = told.findLast((each) => each.startsWith(`${word} `))
        return line === undefined ? null : Number(line.slice(word.length + 1))
      }
      resolve({ event: last('event'), seen: last('seen'), complaints })
    })
  })
}

function read(file: string): History {
  const opened = openHistory({ file, now: () => Date.now(), log: { info: () => undefined, warn: () => undefined, error: () => undefined }, flushEveryMs: null })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

const ALL = { clusterId: null, nodeIds: [], kinds: [], severities: [], text: '', fromMs: null, toMs: null }

describe('a history whose writer is killed with -9', () => {
  it(`opens again ${CYCLES} times out of ${CYCLES}, with every event it acknowledged and every flush`, async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'history.db')
    const random = seededRandom(20_261)
    let from = 0
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const { event, seen, complaints } = await writeUntilKilled(file, from, random.integer(1, 120))
      expect(complaints).toBe('')
      const history = read(file)
      expect(history.status()).toEqual({ recording: true, notices: [] })
      const events = history.events(ALL, null, 1_000)
      const found = new Set(events.ok ? events.value.events.map(({ atMs }) => atMs) : [])
      for (let index = Math.ceil(from / 7) * 7; index <= (event ?? -1); index += 7) expect(found).toContain(index)
      if (seen !== null) {
        const moment = history.moment('c1', seen)
        expect(moment.ok && moment.value.observations[0]).toMatchObject({ atMs: seen, rttMs: seen % 5, groups: [{ fence: { value: BigInt(Math.floor(seen / 50)) } }] })
        const series = history.series({ clusterId: 'c1', metrics: ['load-p50-ms'], nodeIds: null, fromMs: from, toMs: seen, pointsMax: 100_000 })
        const points = series.ok ? series.value[0] : undefined
        expect(points?.last).toEqual(Array.from({ length: seen - from + 1 }, (_, i) => Math.sin(from + i)))
      }
      const extent = history.extent('c1')
      from = (extent.ok ? (extent.value.toMs ?? from) : from) + 1_000
      history.close()
    }
    expect(readdirSync(folder)).toEqual(['history.db'])
  })
})
