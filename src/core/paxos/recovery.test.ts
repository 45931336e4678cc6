import { describe, expect, it } from 'vitest'
import { seededRandom } from '../base'
import type { LogRecord, SnapshotHead } from '../machine'
import { ballotOf } from './ballot'
import { TEST_LIMITS, TEST_TIMING } from './cluster.fixture'
import { Configuration } from './configuration'
import { encodeConfiguration, encodeSnapshotMeta } from './configuration-codec'
import type { PaxosMachine } from './paxos'
import { paxosProtocol } from './protocol'
import { acceptedRecord, hardStateRecord } from './record-codec'
import type { Accepted, ValueKind } from './types'

const B1 = ballotOf(1, 0)
const B2 = ballotOf(2, 1)
const claims = ['a', 'b', 'c'].map((id) => ({ id, name: id, address: id, voter: true }))
const entry = (slot: number, ballot: number, text = 'x', kind: ValueKind = 'command'): Accepted =>
  ({ slot, ballot, origin: ballot, kind, data: new TextEncoder().encode(text) })
const head = (index: number, alpha = 8): SnapshotHead => ({
  index, meta: encodeSnapshotMeta({ alpha, steps: [{ from: 0, configuration: Configuration.initial(claims) }] }), stateBytes: 0, stateHash: '', chunks: 1,
})

type Found = LogRecord | { readonly snapshot: SnapshotHead }

function recovered(...found: Found[]): PaxosMachine | string {
  const records: LogRecord[] = []
  const recovery = paxosProtocol({ alpha: 8 }).recover({
    groupId: 'group', nodeId: 'a', members: claims, timing: TEST_TIMING, random: seededRandom(1), limits: TEST_LIMITS,
    storage: { read: (location) => records[location] as LogRecord }, snapshots: { latest: () => null, read: () => null },
  })
  for (const item of found) {
    const fed = 'snapshot' in item ? recovery.snapshot(item.snapshot) : recovery.record({ ...item, location: records.push(item) - 1 })
    if (!fed.ok) return fed.error.message
  }
  const machine = recovery.finish()
  return machine.ok ? machine.value : machine.error.message
}

function machineOf(...found: Found[]): PaxosMachine {
  const machine = recovered(...found)
  if (typeof machine === 'string') throw new Error(machine)
  return machine
}

const hard = (promised: number, chosen = 0): LogRecord => hardStateRecord({ promised, chosen })

describe('an acceptor that starts', () => {
  it('on nothing has promised nothing', () => {
    expect(machineOf().status()).toMatchObject({ term: 0, lastIndex: 0, committedIndex: 0, role: 'follower' })
  })

  it('takes the last value written in a slot, and the highest promise', () => {
    const { inspect } = machineOf(hard(B1), acceptedRecord([entry(1, B1, 'old'), entry(2, B1)]), hard(B2), acceptedRecord([entry(1, B2, 'new')]))
    expect(inspect.promised).toBe(B2)
    expect(inspect.accepted(1)).toEqual(entry(1, B2, 'new'))
    expect(inspect.accepted(2)).toEqual(entry(2, B1))
  })

  it('keeps values that lie behind a gap', () => {
    const machine = machineOf(hard(B1), acceptedRecord([entry(7, B1)]))
    expect(machine.status()).toMatchObject({ lastIndex: 7, committedIndex: 0, persistedIndex: 0 })
  })

  it('goes on from what it knew to be chosen, and reads it back to apply it', () => {
    const machine = machineOf(hard(B1), acceptedRecord([entry(1, B1, 'one'), entry(2, B1, 'two'), entry(3, B1, 'three')]), hard(B1, 2))
    expect(machine.status()).toMatchObject({ committedIndex: 2, appliedIndex: 0, persistedIndex: 3 })
    const { apply } = machine.drain()
    expect(apply.map(({ command }) => new TextDecoder().decode(command ?? undefined))).toEqual(['one', 'two'])
  })

  it('finds the members that the chosen values decided', () => {
    const next = new Configuration([...Configuration.initial(claims).members, { id: 'd', name: 'd', address: 'd', voter: true, promote: false, ordinal: 3 }], 4)
    const change: Accepted = { slot: 1, ballot: B1, origin: B1, kind: 'members', data: encodeConfiguration(next) }
    const machine = machineOf(hard(B1), acceptedRecord([change]), hard(B1, 1))
    expect(machine.members.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect(machine.inspect.history.newest.from).toBe(9)
    expect(machine.inspect.history.at(8).quorum.voters).toEqual(['a', 'b', 'c'])
  })

  it('behind a snapshot does not take for chosen what it had accepted before that came from another member', () => {
    const machine = machineOf(hard(B1), acceptedRecord([entry(1, B1), entry(2, B1)]), acceptedRecord([entry(5, B1)]), hard(B1, 1), { snapshot: head(4) }, hard(B1, 1))
    expect(machine.status()).toMatchObject({ firstIndex: 5, committedIndex: 4, appliedIndex: 4, lastIndex: 5 })
    expect(machine.inspect.accepted(2)).toBeNull()
  })

  it('keeps slots before its own snapshot for others, where it knew them to be chosen', () => {
    const machine = machineOf(hard(B1), acceptedRecord([1, 2, 3, 4].map((slot) => entry(slot, B1))), hard(B1, 4), { snapshot: head(3) }, hard(B1, 4))
    expect(machine.status()).toMatchObject({ firstIndex: 1, committedIndex: 4, appliedIndex: 3 })
  })

  it('needs no record that its snapshot stands for', () => {
    expect(machineOf(acceptedRecord([entry(4, B1)]), hard(B1, 4), { snapshot: head(3) }).status()).toMatchObject({ committedIndex: 4, appliedIndex: 3 })
  })

  it('says what is wrong with its disk', () => {
    expect(recovered(hard(B1, 3))).toBe('Slot 3 was chosen and is missing.')
    expect(recovered({ type: 1, payload: new Uint8Array(0) })).toContain('cannot be read')
    expect(recovered({ type: 2, payload: new Uint8Array(3) })).toContain('cannot be read')
    expect(recovered({ type: 9, payload: new Uint8Array(0) })).toContain('type 9')
    expect(recovered({ snapshot: { ...head(3), meta: new Uint8Array(0) } })).toContain('cannot be read')
    expect(recovered({ snapshot: head(3, 9) })).toBe('The group was created with a window of 9 slots, and this node has 8.')
  })
})
