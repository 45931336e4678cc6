import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PROTOCOL_OPTIONS } from '../../../contract/agent'
import { sandboxContract } from '../../../contract/sandbox'
import { mergedOptions, optionChanges, protocolOptions, sameOptions } from './protocol-options'

describe('the options of a cluster', () => {
  it('are the defaults where nothing was asked for', () => {
    expect(protocolOptions()).toEqual(DEFAULT_PROTOCOL_OPTIONS)
    expect(protocolOptions({})).toEqual(DEFAULT_PROTOCOL_OPTIONS)
  })

  it('change what was asked for alone; less of the log stays behind a snapshot that is taken sooner', () => {
    expect(protocolOptions({ reads: 'lease' })).toEqual({ ...DEFAULT_PROTOCOL_OPTIONS, reads: 'lease' })
    expect(protocolOptions({ forwarding: true })).toEqual({ ...DEFAULT_PROTOCOL_OPTIONS, forwarding: true })
    expect(protocolOptions({ tentative: true })).toEqual({ ...DEFAULT_PROTOCOL_OPTIONS, tentative: true })
    expect(protocolOptions({ snapshotAfterEntries: 500 }).snapshot).toEqual({ ...DEFAULT_PROTOCOL_OPTIONS.snapshot, afterEntries: 500, trailingEntries: 50 })
    expect(protocolOptions({ snapshotAfterEntries: 5_000_000 }).snapshot.trailingEntries).toBe(DEFAULT_PROTOCOL_OPTIONS.snapshot.trailingEntries)
  })
})

describe('whom a cluster prefers to lead', () => {
  const [two, other] = [{ prefer: ['n2', 'n1'] }, { prefer: ['n1', 'n2'] }]

  it('is an order of names, and nothing in particular where it is empty', () => {
    expect(protocolOptions(two)).toEqual({ ...DEFAULT_PROTOCOL_OPTIONS, prefer: ['n2', 'n1'] })
    expect(protocolOptions({ prefer: [] })).toEqual(DEFAULT_PROTOCOL_OPTIONS)
    expect(mergedOptions(two, { prefer: [] })).toEqual({})
    expect(optionChanges(two, other)).toEqual([{ option: 'prefer', from: ['n2', 'n1'], to: ['n1', 'n2'] }])
    expect(optionChanges(two, { prefer: [...two.prefer] })).toEqual([])
    expect([sameOptions(protocolOptions(two), protocolOptions(other)), sameOptions(protocolOptions(two), protocolOptions({ prefer: ['n2', 'n1'] }))]).toEqual([false, true])
  })
})

describe('what a cluster can be asked to be', () => {
  const accepts = (input: unknown): boolean => v.safeParse(sandboxContract['sandbox.create'].input, input).success
  const of = (options: unknown, protocol = 'raft', nodes = 3): unknown => ({ name: 'A', nodes, protocol, options })

  it('has options of Raft and Paxos, within bounds', () => {
    expect([{}, { reads: 'lease', forwarding: true, snapshotAfterEntries: 100 }, { snapshotAfterEntries: 10_000_000 }].map((options) => accepts(of(options)))).toEqual([true, true, true])
    expect(accepts(of({ reads: 'lease' }, 'paxos'))).toBe(true)
    expect([{ reads: 'quorum' }, { forwarding: 'yes' }, { snapshotAfterEntries: 99 }, { snapshotAfterEntries: 10_000_001 }, { snapshotAfterEntries: 150.5 }, null]
      .map((options) => accepts(of(options)))).toEqual([false, false, false, false, false, false])
  })

  it('has none of them with PBFT, which has one of its own', () => {
    expect(accepts(of({ forwarding: true }, 'pbft', 4))).toBe(false)
    expect(accepts(of({ tentative: true }, 'pbft', 4))).toBe(true)
    expect([of({ tentative: true, reads: 'lease' }, 'pbft', 4), of({ tentative: true }), of({ tentative: 'yes' }, 'pbft', 4)].map(accepts)).toEqual([false, false, false])
    expect(accepts({ name: 'A', nodes: 4, protocol: 'pbft' })).toBe(true)
  })

  it('prefers up to seven members of Raft, each named once, those that are still to come too', () => {
    expect([{ prefer: [] }, { prefer: ['n2'] }, { prefer: ['n8', 'n1'] }, { prefer: ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'] }].map((options) => accepts(of(options)))).toEqual([true, true, true, true])
    expect([{ prefer: ['n1', 'n1'] }, { prefer: ['leader'] }, { prefer: 'n1' }, { prefer: ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'] }].map((options) => accepts(of(options)))).toEqual([false, false, false, false])
    expect([of({ prefer: ['n1'] }, 'paxos'), of({ prefer: ['n1'] }, 'pbft', 4)].map(accepts)).toEqual([false, false])
  })

  it('grows by a voter, a learner or a witness', () => {
    const grows = (change: unknown): boolean => v.safeParse(sandboxContract['sandbox.member'].input, { clusterId: 'sandbox-1', change }).success
    expect([{ kind: 'add' }, { kind: 'add', member: 'voter' }, { kind: 'add', member: 'learner' }, { kind: 'add', member: 'witness' }].map(grows)).toEqual([true, true, true, true])
    expect(grows({ kind: 'add', member: 'observer' })).toBe(false)
  })
})
