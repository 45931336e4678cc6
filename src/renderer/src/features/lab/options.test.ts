import { describe, expect, it } from 'vitest'
import { DEFAULT_PROTOCOL_OPTIONS, SANDBOX_TIMING, type ProtocolOptions } from '../../../../contract/agent'
import type { SandboxState } from '../../../../contract/sandbox'
import { optionRows, outdatedIn, type OptionRow } from './options'

const often: ProtocolOptions = { ...DEFAULT_PROTOCOL_OPTIONS, snapshot: { ...DEFAULT_PROTOCOL_OPTIONS.snapshot, afterEntries: 500, trailingEntries: 50 } }
const node = (nodeId: string, runsWith: ProtocolOptions | null, pid: number | null = 7): SandboxState['nodes'][number] =>
  ({ nodeId, member: 'voter', state: pid === null ? 'stopped' : 'running', pid, port: 1, directory: '/d', restarts: 0, runsWith })
const state = (over: Partial<SandboxState> = {}): SandboxState => ({
  clusterId: 'c', protocol: 'raft', phase: 'running', faults: [], options: DEFAULT_PROTOCOL_OPTIONS, timing: SANDBOX_TIMING, rollout: null, replacement: null,
  nodes: [node('n1', DEFAULT_PROTOCOL_OPTIONS), node('n2', DEFAULT_PROTOCOL_OPTIONS)], ...over,
})
const row = (of: SandboxState, key: OptionRow['key'], isLive = true): OptionRow | undefined => optionRows(of, isLive).find((each) => each.key === key)

describe('the options of a cluster', () => {
  it('are all told with their values, the defaults as such', () => {
    const rows = optionRows(state(), true)
    expect(rows.map(({ key }) => key)).toEqual(['reads', 'forwarding', 'snapshotAfterEntries', 'snapshotAfterBytes', 'trailingEntries', 'prefer', 'electionTimeout', 'heartbeat'])
    expect(rows.every(({ isDefault, next }) => isDefault && next === null)).toBe(true)
    expect(rows.every(({ usual }) => usual === null)).toBe(true)
    expect(row(state({ nodes: [node('n1', often)] }), 'snapshotAfterEntries')).toMatchObject({ isDefault: false, usual: { kind: 'entries', value: 100_000 } })
    expect(row(state(), 'electionTimeout')?.inForce).toEqual({ kind: 'all', value: { kind: 'range', fromMs: 150, toMs: 300 } })
    expect(row(state(), 'heartbeat')?.inForce).toEqual({ kind: 'all', value: { kind: 'milliseconds', value: 45 } })
  })

  it('are told of each member while they differ, with what is to come', () => {
    const mixed = state({ options: often, nodes: [node('n1', DEFAULT_PROTOCOL_OPTIONS), node('n2', often), node('n3', often), node('n4', null, null)] })
    expect(row(mixed, 'snapshotAfterEntries')).toMatchObject({
      inForce: { kind: 'differs', views: [{ value: { value: 100_000 }, nodeIds: ['n1'] }, { value: { value: 500 }, nodeIds: ['n2', 'n3'] }] }, isDefault: false, next: { kind: 'entries', value: 500 },
    })
    expect(row(mixed, 'reads')).toMatchObject({ inForce: { kind: 'all' }, isDefault: true, next: null })
    expect(outdatedIn(mixed)).toEqual(['n1'])
  })

  it('are not in force where nobody runs; what is remembered is still told', () => {
    const stopped = state({ phase: 'stopped', options: often, nodes: [node('n1', null, null)] })
    expect(row(stopped, 'snapshotAfterEntries')).toMatchObject({ inForce: { kind: 'unknown', why: 'stopped' }, isDefault: false, next: { value: 500 } })
    expect(row(stopped, 'heartbeat')).toMatchObject({ inForce: { kind: 'unknown', why: 'stopped' }, next: { value: 45 } })
    expect(outdatedIn(stopped)).toEqual([])
  })

  it('tell whom members of Raft prefer to lead, while they differ in it too; Paxos has no such thing', () => {
    const preferring = { ...DEFAULT_PROTOCOL_OPTIONS, prefer: ['n2', 'n1'] }
    const mixed = state({ options: preferring, nodes: [node('n1', DEFAULT_PROTOCOL_OPTIONS), node('n2', preferring)] })
    expect(row(mixed, 'prefer')).toMatchObject({ inForce: { kind: 'differs', views: [{ value: { value: [] } }, { value: { value: ['n2', 'n1'] } }] }, change: 'rolling' })
    expect(outdatedIn(mixed)).toEqual(['n1'])
    expect(row(state({ protocol: 'paxos' }), 'prefer')).toBeUndefined()
  })

  it('of the past are not known', () => expect(optionRows(state(), false).every(({ inForce, isDefault }) => inForce.kind === 'unknown' && inForce.why === 'past' && !isDefault)).toBe(true))

  it('of PBFT are fixed but for one, and its checkpoint interval is told by nobody', () => {
    const hasty = { ...DEFAULT_PROTOCOL_OPTIONS, tentative: true }
    const rows = optionRows(state({ protocol: 'pbft', options: hasty, nodes: [node('n1', hasty)] }), true)
    expect(rows.map(({ key, change }) => [key, change])).toEqual([['tentative', 'rolling'], ['signedCommands', 'fixed'], ['checkpointInterval', 'fixed'], ['timeoutUnit', 'fixed'], ['heartbeat', 'fixed']])
    expect(rows[0]).toMatchObject({ inForce: { kind: 'all', value: { kind: 'switch', value: true } }, usual: { value: false } })
    expect(rows[2]?.inForce).toEqual({ kind: 'unknown', why: 'not-reported' })
    expect(rows[3]?.inForce).toEqual({ kind: 'all', value: { kind: 'milliseconds', value: 150 } })
  })
  it('says of an old one of PBFT that its commands are not signed', () => {
    const signing = (of: Partial<SandboxState>) => optionRows(state({ protocol: 'pbft', ...of }), true).find(({ key }) => key === 'signedCommands')
    expect(signing({ clientKeyFile: '/d/client-key.pem' })).toMatchObject({ inForce: { value: { value: true } }, isDefault: true, usual: null })
    expect(signing({})).toMatchObject({ inForce: { value: { value: false } }, isDefault: false, usual: { value: true } })
  })
})
