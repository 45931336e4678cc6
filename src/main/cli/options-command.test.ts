import { describe, expect, it } from 'vitest'
import { DEFAULT_PROTOCOL_OPTIONS, SANDBOX_TIMING, type ProtocolOptions } from '../../contract/agent'
import type { SandboxState } from '../../contract/sandbox'
import { ok } from '../../core/base'
import { describeOptions, describePlan, parseAssignments } from './options-command'

describe('options as they are set', () => {
  it('may be several, and say nothing of those that are left out', () => {
    expect(parseAssignments([])).toEqual(ok({}))
    expect(parseAssignments(['forwarding=off', 'snapshot-after=5000'])).toEqual(ok({ forwarding: false, snapshotAfterEntries: 5000 }))
    expect(parseAssignments(['reads=lease'])).toEqual(ok({ reads: 'lease' }))
    expect(parseAssignments(['prefer=n2, n1', 'forwarding=on'])).toEqual(ok({ prefer: ['n2', 'n1'], forwarding: true }))
    expect(parseAssignments(['prefer='])).toEqual(ok({ prefer: [] }))
  })

  it.each([['reads=rumour'], ['forwarding=true'], ['forwarding'], ['snapshot-after=5'], ['snapshot-after=5k'], ['speed=11'], ['prefer'], ['prefer=n2,n2'], ['prefer=n2,,n1'], ['prefer=leader']])('%s is wrong usage', (text) => {
    expect(parseAssignments([text])).toMatchObject({ ok: false, error: { code: 'usage', hint: expect.any(String) as unknown } })
  })
})

describe('the options of a cluster in a terminal', () => {
  const info = { id: 'c', name: 'demo' }
  const often: ProtocolOptions = { ...DEFAULT_PROTOCOL_OPTIONS, snapshot: { ...DEFAULT_PROTOCOL_OPTIONS.snapshot, afterEntries: 500 } }
  const node = (nodeId: string, runsWith: ProtocolOptions | null): SandboxState['nodes'][number] => ({ nodeId, member: 'voter', state: runsWith === null ? 'stopped' : 'running', pid: null, port: 1, directory: '/d', restarts: 0, runsWith })
  const state: SandboxState = {
    clusterId: 'c', protocol: 'raft', phase: 'running', faults: [], options: often, timing: SANDBOX_TIMING, rollout: null, replacement: null,
    nodes: [node('n1', DEFAULT_PROTOCOL_OPTIONS), node('n2', often), node('n3', null)],
  }

  it('tell who runs with what while members differ, and what is the default', () => {
    const text = describeOptions(info, state, DEFAULT_PROTOCOL_OPTIONS)
    expect(text).toContain('100000 entries (n1) · 500 entries (n2)')
    expect(text).toMatch(/reads +index +index +index +while the cluster is stopped/)
  })

  it('tell whom the members prefer to lead, in order', () => {
    const preferring = { ...DEFAULT_PROTOCOL_OPTIONS, prefer: ['n2', 'n1'] }
    expect(describeOptions(info, { ...state, options: preferring, nodes: [node('n1', DEFAULT_PROTOCOL_OPTIONS), node('n2', preferring)] }, DEFAULT_PROTOCOL_OPTIONS))
      .toMatch(/prefer +nobody \(n1\) · n2,n1 \(n2\) +n2,n1 +nobody +members are restarted/)
  })

  it('are not known where no process runs, and others in PBFT', () => {
    expect(describeOptions(info, { ...state, phase: 'stopped', nodes: [node('n1', null)] }, DEFAULT_PROTOCOL_OPTIONS)).toContain('? (no process runs)')
    const generals = describeOptions(info, { ...state, protocol: 'pbft', nodes: [node('n1', { ...often, tentative: true })] }, DEFAULT_PROTOCOL_OPTIONS)
    expect(generals).toMatch(/tentative +on +off +off +members are restarted/)
    expect(generals).not.toContain('reads')
  })

  it('tell how a change stopped, and what to do', () => {
    const rollout = { startedAtMs: 0, phase: 'failed', changes: [], steps: [{ nodeId: 'n2', step: 'waiting' }], failure: { code: 'x', message: 'It stopped.', hint: 'Do this.' } } as const
    expect(describeOptions(info, { ...state, rollout }, DEFAULT_PROTOCOL_OPTIONS)).toContain('The last change stopped: n2 waiting\n  It stopped.\n  What to do: Do this.')
  })
})

it('a plan says what changes, who is restarted in which order, and why it would be refused', () => {
  const plan = { changes: [{ option: 'forwarding', from: false, to: true }, { option: 'prefer', from: [], to: ['n3', 'n1'] }], restarts: [{ nodeId: 'n2', votes: true, leads: false }, { nodeId: 'n1', votes: true, leads: true }], later: ['n3'], canLose: 0 } as const
  expect(describePlan({ ...plan, refused: { code: 'would-lose-quorum', message: 'No.', hint: 'Wait.' } })).toBe([
    'forwarding: off → on', 'prefer: nobody → n3,n1', 'Restarted one at a time: n2, n1 (hands leadership on first).', 'Voters that may fail now: 0; while one is restarted: 0.',
    'Down now, and with the new values once started: n3.', 'It would be refused: No.', '  What to do: Wait.',
  ].join('\n'))
})
