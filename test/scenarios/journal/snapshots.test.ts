import { describe, expect, it } from 'vitest'
import { seededRandom, utf8Encode } from '../../../src/core/base'
import type { ReceivedSnapshot } from '../../../src/core/machine'
import { Driver, SNAPSHOT_RECORD_TYPES } from '../../../src/runtime/driver'
import type { RecoveredRecord } from '../../../src/runtime/ports'
import { MemoryDisk } from '../memory-disk'
import { JournalState, journalProtocol } from './journal-machine'
import { JournalNode, numbered, SMALL, snapshotOf } from './journal-node'

describe('a snapshot that is taken', () => {
  it('comes when enough was applied, gives the space before it back, and is what the next start begins with', () => {
    const node = new JournalNode()
    node.write(9)
    expect(node.ends()).toEqual([8])
    expect(node.driver.status()).toMatchObject({ snapshotIndex: 8, firstIndex: 7, appliedIndex: 9 })
    expect(node.driver.statistics().snapshots).toMatchObject({ taken: 2, installed: 0, underWay: 0 })
    const { stateHash } = node.driver.status()
    node.crash()
    expect(node.restored).toEqual([8])
    node.settle()
    expect(node.driver.status()).toMatchObject({ snapshotIndex: 8, appliedIndex: 9, stateHash })
  })

  it('is enough for a read, even where nothing comes behind it', () => {
    const node = new JournalNode()
    node.write(8)
    node.crash()
    const answers: string[] = []
    node.driver.read(new Uint8Array(0), (outcome) => answers.push(outcome.kind))
    node.settle()
    expect(answers).toEqual(['answered'])
  })

  it('is the only one under way, however much is applied meanwhile', () => {
    const node = new JournalNode()
    for (let i = 0; i < 30; i++) {
      node.propose(`c${i}`)
      node.flush()
      node.disk.sync(1)
      node.flush()
      expect(node.driver.statistics().snapshots.underWay).toBeLessThanOrEqual(1)
    }
    node.settle()
    expect(node.driver.statistics().snapshots.taken).toBeGreaterThan(1)
  })

  it('comes after enough bytes too, but not before they outweigh the state of the last one', () => {
    const node = new JournalNode({ ...SMALL, snapshotAfterEntries: 1000, snapshotAfterBytes: 400, snapshotExpansion: 1 })
    const at: number[] = []
    for (let i = 0; i < 60; i++) {
      node.write(1, 'x'.repeat(97))
      if (node.driver.status().snapshotIndex !== at.at(-1)) at.push(node.driver.status().snapshotIndex)
    }
    // Each entry adds 99 bytes to the state and weighs 98 + 24 in the log.
    expect(at).toEqual([0, 4, 8, 15, 28, 51])
  })

  it('comes where entries hold nothing for the state, too', () => {
    const node = new JournalNode({ ...SMALL, snapshotExpansion: 1 })
    node.driver.machine.offered = { head: { ...snapshotOf(numbered(100, 'theirs')).head, chunks: 0, stateBytes: 1000 }, chunks: [] }
    node.driver.receive('b', new Uint8Array(1))
    node.settle()
    node.write(50, '')
    expect(node.driver.status().snapshotIndex).toBeGreaterThan(100)
  })

  it('is exactly of the index that the protocol asks for, even while another is under way', () => {
    const node = new JournalNode(SMALL, { checkpointEvery: 3 })
    for (let i = 0; i < 7; i++) node.propose(`c${i}`)
    node.flush()
    node.disk.sync(1)
    node.flush()
    // Both were of their moment although the second waits for the first to be written.
    expect(node.driver.statistics().snapshots.underWay).toBe(2)
    const heads: unknown[] = []
    for (; node.disk.pendingWrites > 0; node.flush()) {
      node.disk.sync(1)
      const { newest } = node.driver.statistics().snapshots
      if (newest !== null && newest !== heads.at(-1)) heads.push(newest)
    }
    expect(heads).toMatchObject([snapshotOf(numbered(3, 'c')), snapshotOf(numbered(6, 'c'))].map(({ head: { index, stateBytes, stateHash } }) => ({ index, stateBytes, stateHash })))
  })

  it('does not hold up the log of the protocol for longer than one write', () => {
    const node = new JournalNode()
    node.write(4)
    node.propose('x0')
    const outcomes: string[] = []
    for (let i = 0; i < 4; i++) node.propose(`long-command-${i}`)
    node.settle()
    node.propose('after', (outcome) => outcomes.push(outcome.kind))
    node.flush()
    node.disk.sync(2)
    node.flush()
    expect(outcomes).toEqual(['applied'])
  })

  it('is handed out to others chunk by chunk, and no more once a newer one has taken its place', () => {
    const node = new JournalNode()
    const source = node.snapshots
    node.write(4)
    const head = source.latest()
    if (head === null) throw new Error('no snapshot')
    const chunks = Array.from({ length: head.chunks }, (_, chunk) => [...source.read(head, chunk) ?? []])
    expect(chunks.flat()).toEqual([...utf8Encode('c0;c1;c2;c3;')])
    expect([source.read(head, head.chunks), source.read(head, -1)]).toEqual([null, null])
    expect(node.driver.statistics().snapshots).toMatchObject({ sent: 1, bytesSent: 12 })
    node.write(4)
    expect(source.latest()?.index).toBe(8)
    expect(source.read(head, 0)).toBeNull()
  })
})

describe('a crash while a snapshot is written', () => {
  it.each([1, 3])('leaves the one before it or the new one, at every point of the write (segments of %i records)', (segment) => {
    const prepare = (): JournalNode => {
      const node = new JournalNode(SMALL, {}, new MemoryDisk(segment))
      node.write(4)
      node.write(3, 'd')
      // The eighth is applied and its snapshot begins.
      node.propose('last')
      node.flush()
      node.disk.sync(1)
      node.flush()
      return node
    }
    const snapshots = new Set<number>()
    // Before each write of the snapshot, with each number of its records that happen to be on the disk.
    for (let writes = 0; ; writes++) {
      let kept = 0
      for (; ; kept++) {
        const node = prepare()
        for (let i = 0; i < writes; i++) {
          node.disk.sync(1)
          node.flush()
        }
        if (kept > node.disk.unsyncedRecords) break
        node.driver.tick()
        node.crash(kept)
        expect(node.driver.status()).toMatchObject({ lastIndex: 8, persistedIndex: 8 })
        node.settle()
        expect(node.driver.status()).toMatchObject({ appliedIndex: 8 })
        expect(node.state.commands).toEqual([...numbered(4, 'c'), ...numbered(3, 'd'), 'last'])
        node.driver.machine.readAll()
        snapshots.add(node.restored.at(-1) ?? 0)
        node.write(9, 'e')
        expect(node.state.commands).toHaveLength(17)
        expect(node.driver.status().snapshotIndex).toBeGreaterThanOrEqual(16)
      }
      if (kept === 1) break
    }
    expect([...snapshots].sort()).toEqual([4, 8])
  })

  it('keeps what the protocol must never forget, though its old records were given back', () => {
    const node = new JournalNode()
    for (let i = 0; i < 3; i++) node.driver.tick()
    node.settle()
    expect(node.driver.machine.term).toBe(4)
    node.write(20)
    node.crash()
    expect(node.driver.machine.term).toBe(4)
  })
})

describe('a snapshot from another member', () => {
  it('replaces the state once it is durable, not before, and is found again', () => {
    const node = new JournalNode()
    node.write(2)
    const theirs = numbered(9, 'theirs')
    node.offer(snapshotOf(theirs))
    node.flush()
    const reads: string[] = []
    node.driver.read(new Uint8Array(0), (outcome) => { if (outcome.kind === 'answered') reads.push(String.fromCharCode(...outcome.reply)) })
    node.flush()
    expect(node.driver.status()).toMatchObject({ appliedIndex: 2, snapshotIndex: 0 })
    expect([node.state.commands, reads]).toEqual([['c0', 'c1'], ['2']])
    node.settle()
    expect(node.driver.status()).toMatchObject({ appliedIndex: 9, snapshotIndex: 9, firstIndex: 10 })
    expect(node.state.commands).toEqual(theirs)
    node.crash()
    expect(node.restored).toEqual([9, 9])
    expect(node.state.commands).toEqual(theirs)
    node.write(1)
    expect(node.state.commands).toEqual([...theirs, 'c0'])
  })

  it('leaves the old state where the node dies before the end of it is durable', () => {
    const node = new JournalNode()
    node.write(2)
    node.offer(snapshotOf(numbered(9, 'theirs')))
    node.flush()
    node.disk.sync(1)
    node.crash(1)
    node.settle()
    expect([node.state.commands, node.restored]).toEqual([['c0', 'c1'], []])
  })

  it('is refused where it does not restore or is another state than it says, and costs nothing', () => {
    const good = snapshotOf(numbered(9, 'theirs'))
    const [first = new Uint8Array(0), ...rest] = good.chunks
    const bad: ReceivedSnapshot[] = [
      { ...good, chunks: [Uint8Array.from(first, (byte) => byte ^ 1), ...rest] },
      { ...good, chunks: [first.slice(1), ...rest] },
      { ...good, chunks: rest },
      { head: { ...good.head, stateHash: 'ffffffffffffffff' }, chunks: good.chunks },
      { ...snapshotOf([';;']), head: { ...snapshotOf([';;']).head, index: 9 } },
    ]
    const node = new JournalNode()
    node.write(3)
    const { stateHash } = node.driver.status()
    for (const [i, each] of bad.entries()) {
      node.offer(each)
      node.settle()
      expect(node.driver.status()).toMatchObject({ appliedIndex: 3, snapshotIndex: 0, stateHash })
      expect(node.driver.statistics().snapshots).toMatchObject({ refused: i + 1, installed: 0, bytesWritten: 0 })
    }
    expect(node.driver.machine.refusedInstalls).toHaveLength(bad.length)
    node.write(1, 'd')
    expect(node.state.commands).toEqual(['c0', 'c1', 'c2', 'd0'])
  })

  it('comes before what is decided behind it, and after it if that takes long', () => {
    const node = new JournalNode({ ...SMALL, snapshotAfterEntries: 100 })
    node.write(2)
    node.driver.machine.decidedBehind = numbered(4, 'behind')
    node.offer(snapshotOf(numbered(9, 'theirs')))
    node.flush()
    expect(node.driver.machine.decidedBehind).toEqual([])
    expect([node.state.commands, node.driver.status().appliedIndex]).toEqual([['c0', 'c1'], 2])
    node.settle()
    expect(node.state.commands).toEqual([...numbered(9, 'theirs'), ...numbered(4, 'behind')])
    expect(node.driver.status().appliedIndex).toBe(13)
  })

  it('that is refused stops the node where something decided already stands on it', () => {
    const node = new JournalNode()
    node.write(2)
    const good = snapshotOf(numbered(9, 'theirs'))
    node.driver.machine.decidedBehind = ['behind']
    node.offer({ ...good, head: { ...good.head, stateHash: '' } })
    node.flush()
    expect([node.state.commands, node.stoppedBy]).toEqual([['c0', 'c1'], 'corrupt'])
  })

  it('takes the place of one that is being taken', () => {
    const node = new JournalNode()
    node.write(3)
    node.propose('c3')
    node.flush()
    node.disk.sync(1)
    node.flush()
    expect(node.driver.statistics().snapshots.underWay).toBe(1)
    node.offer(snapshotOf(numbered(9, 'theirs')))
    node.settle()
    expect(node.driver.statistics().snapshots).toMatchObject({ taken: 0, installed: 1 })
    expect(node.ends()).toEqual([9])
  })

  it('without its state moves the index alone, for a member that keeps no data', () => {
    const node = new JournalNode()
    node.offer({ head: { ...snapshotOf(numbered(9, 'theirs')).head, stateBytes: 0, chunks: 0 }, chunks: [] })
    node.settle()
    expect(node.driver.status()).toMatchObject({ appliedIndex: 9, snapshotIndex: 9 })
    expect(node.state.commands).toEqual([])
    node.crash()
    expect(node.driver.status()).toMatchObject({ appliedIndex: 9, snapshotIndex: 9 })
  })
})

describe('a change of the group', () => {
  it('is answered once: by the machine, by the limit, or by the end of the node', () => {
    const node = new JournalNode({ controlsWaitingMax: 2 })
    const outcomes: string[] = []
    const ask = (kind: 'change-members' | 'transfer-leadership', name: string): void => {
      node.driver.control(kind === 'change-members' ? { kind, changes: [], mode: 'auto' } : { kind, to: null }, (outcome) => outcomes.push(`${name} ${outcome.kind}`))
    }
    ask('change-members', 'first')
    ask('transfer-leadership', 'second')
    ask('change-members', 'third')
    expect(outcomes).toEqual(['third refused'])
    node.settle()
    expect(outcomes).toEqual(['third refused', 'first done'])
    node.driver.stop()
    ask('change-members', 'fourth')
    expect(outcomes.slice(2)).toEqual(['second unknown', 'fourth not-leader'])
  })
})

describe('a start', () => {
  const damaged = (damage: (records: RecoveredRecord[]) => RecoveredRecord[]): string => {
    const node = new JournalNode()
    node.write(4)
    const opened = (): void => {
      const { disk } = node
      const records = damage(disk.records())
      const again = new MemoryDisk()
      again.append(records, () => undefined)
      again.sync()
      const result = Driver.open({
        protocol: journalProtocol(), groupId: 'g', nodeId: 'a', members: [], timing: { tickMs: 10, electionTicks: 5, heartbeatTicks: 1 },
        random: seededRandom(1), storage: again, recovered: again.records(), transport: { send: () => undefined, statistics: () => [] },
        stateMachine: new JournalState(), requestFlush: () => undefined,
      })
      if (!result.ok) throw new Error(result.error.message)
    }
    try {
      opened()
      return 'opened'
    } catch (error) {
      return (error as Error).message
    }
  }
  const without = (type: number) => (records: RecoveredRecord[]): RecoveredRecord[] => {
    const at = records.findIndex((record) => record.type === type)
    return records.filter((_, i) => i !== at)
  }

  it('refuses a log whose snapshot is not whole, in words', () => {
    expect(damaged((records) => records)).toBe('opened')
    expect(damaged(without(SNAPSHOT_RECORD_TYPES.chunk))).toContain('lost a part')
    expect(damaged(without(SNAPSHOT_RECORD_TYPES.end))).toContain('missing')
    expect(damaged((records) => [...records, { type: 250, payload: new Uint8Array(1), location: 99 }])).toContain('type 250')
    expect(damaged((records) => [...records, { type: SNAPSHOT_RECORD_TYPES.end, payload: new Uint8Array(1), location: 99 }])).toContain('cannot be read')
    const flip = (records: RecoveredRecord[]): RecoveredRecord[] => records.map((record) => {
      if (record.type !== SNAPSHOT_RECORD_TYPES.chunk) return record
      const payload = record.payload.slice()
      payload[payload.length - 1] = 120
      return { ...record, payload }
    })
    expect(damaged(flip)).toContain('not the state that was written')
  })
})
