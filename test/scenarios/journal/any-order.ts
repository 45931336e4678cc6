/** The driver under any order of commands, reads, time, snapshots, flushes and crashes, drawn by fast-check. */
import fc from 'fast-check'
import { utf8Decode } from '../../../src/core/base'
import { MemoryDisk } from '../memory-disk'
import { JournalNode, numbered, SMALL, snapshotOf } from './journal-node'

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('propose' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('sync' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flush' as const), count: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('tick' as const, 'read' as const), count: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('offer' as const, 'offer-bad' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), count: fc.integer({ min: 0, max: 5 }) }) },
)

export const anyRun = fc.record({
  limits: fc.record({
    snapshotChunkBytes: fc.integer({ min: 1, max: 40 }), snapshotWriteBytesMax: fc.integer({ min: 1, max: 60 }),
    snapshotAfterEntries: fc.integer({ min: 1, max: 12 }), snapshotExpansion: fc.constantFrom(0, 1), trailingEntriesMax: fc.integer({ min: 0, max: 6 }),
    applyBytesMax: fc.constantFrom(1, 1000),
  }),
  checkpointEvery: fc.constantFrom(0, 0, 3),
  recordsPerSegment: fc.constantFrom(1, 2, 5),
  actions: fc.array(action, { minLength: 20, maxLength: 100 }),
})

type Run = typeof anyRun extends fc.Arbitrary<infer Drawn> ? Drawn : never

class Checked {
  readonly node: JournalNode
  /** The command of each index, as far as it is decided. */
  #history: string[] = []
  #acknowledged = 0
  #term = 1
  #number = 0

  constructor({ limits, checkpointEvery, recordsPerSegment }: Run) {
    this.node = new JournalNode({ ...SMALL, ...limits }, { checkpointEvery }, new MemoryDisk(recordsPerSegment))
  }

  act({ kind, count }: Run['actions'][number]): void {
    const { node } = this
    switch (kind) {
      case 'propose':
        for (let i = 0; i < count; i++) node.propose(`n${++this.#number}`)
        break
      case 'sync':
        node.disk.sync(count)
        break
      case 'flush':
        node.flush()
        break
      case 'tick':
        node.driver.tick()
        break
      case 'read':
        this.#read()
        break
      case 'crash':
        this.#crash(count)
        break
      default:
        this.#offer(count, kind === 'offer')
    }
    this.check()
    if (node.disk.unsyncedRecords === 0 && !node.isFlushDue) this.#term = node.driver.machine.term
  }

  check(): void {
    const { node } = this
    const { appliedIndex } = node.driver.status()
    this.#history.push(...node.state.commands.slice(this.#history.length))
    if (node.state.commands.join() !== this.#history.slice(0, appliedIndex).join()) throw new Error(`the state is not that of index ${appliedIndex}`)
    if (appliedIndex < this.#acknowledged) throw new Error(`what was applied up to ${this.#acknowledged} is lost`)
    this.#acknowledged = appliedIndex
    node.driver.machine.readAll()
  }

  #read(): void {
    const decided = this.node.driver.status().committedIndex
    this.node.driver.read(new Uint8Array(0), (outcome) => {
      if (outcome.kind === 'answered' && Number(utf8Decode(outcome.reply)) < decided) throw new Error(`a read came before index ${decided} was applied`)
    })
  }

  #crash(kept: number): void {
    this.node.crash(kept)
    if (this.node.driver.machine.term < this.#term) throw new Error(`term ${this.#term} is lost`)
    this.node.settle()
    this.#history = this.#history.slice(0, this.node.driver.status().appliedIndex)
  }

  #offer(count: number, isGood: boolean): void {
    this.node.settle()
    this.check()
    const offered = snapshotOf([...this.#history, ...numbered(count, `offer${++this.#number}-`)])
    this.node.offer(isGood ? offered : { ...offered, head: { ...offered.head, stateHash: '' } })
    this.node.flush()
  }
}

/** Throws where something acknowledged is lost, something needed is given back, or the state is not the one of its index. Gives the restores. */
export function keepsItsPromises(run: Run): number {
  const checked = new Checked(run)
  for (const action of run.actions) checked.act(action)
  checked.node.settle()
  checked.check()
  return checked.node.restored.length
}
