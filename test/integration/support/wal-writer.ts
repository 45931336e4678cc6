/**
 * Appends numbered records to a log and releases old ones as fast as it can until it is killed. Says on standard output what it was told
 * is on the disk ("durable <n>"), and before each release the first record that it still needs ("needs <n>").
 */
import { writeSync } from 'node:fs'
import { seededRandom } from '../../../src/core/base'
import type { RecordLocation } from '../../../src/runtime/ports'
import { openWal } from '../../../src/runtime/wal'

const [directory = '', segmentBytes = '4096', seed = '0'] = process.argv.slice(2)
const random = seededRandom(Number(seed))
const opened = await openWal({ directory, identity: { clusterId: 'c1', nodeId: 'n1' }, segmentBytes: Number(segmentBytes), nowMs: () => performance.now() })
if (!opened.ok) throw new Error(opened.error.message)
const { wal, recovered } = opened.value
const locations = new Map<number, RecordLocation>()
let next = 0
let durableTo = 0
for (const { payload, location } of recovered) {
  next = Number.parseInt(Buffer.from(payload).toString(), 10)
  locations.set(next, location)
  durableTo = next
}

for (;;) {
  const count = random.integer(1, 12)
  const numbers = Array.from({ length: count }, () => ++next)
  const last = next
  const durable = new Promise<void>((resolve) => {
    const at = wal.append(numbers.map((number) => ({ type: 1, payload: Buffer.from(`${number} ${'x'.repeat(random.integer(0, 700))}`) })), (outcome) => {
      if (!outcome.ok) throw new Error(outcome.error.message)
      durableTo = last
      writeSync(1, `durable ${last}\n`)
      resolve()
    })
    for (const [i, number] of numbers.entries()) locations.set(number, at[i] as RecordLocation)
  })
  // A release while a flush is under way, or after it.
  if (random.next() < 0.5) await durable
  const [first = 1] = locations.keys()
  if (durableTo >= first && random.next() < 0.5) {
    const needed = random.integer(first, durableTo + 1)
    for (let number = first; number < needed; number++) locations.delete(number)
    writeSync(1, `needs ${needed}\n`)
    wal.release(locations.get(needed) as RecordLocation)
  }
  await durable
}
