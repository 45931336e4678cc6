/** A member is replaced in a cluster of made-up processes: step by step, and what is left where a step fails. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ok } from '../../../core/base'
import type { Control, ControlOutcome, MemberKind, ProtocolName } from '../../../core/machine'
import { unknown, type NodeObservation } from '../../../core/observation'
import type { MemberReplacement, SandboxState } from '../../../contract/sandbox'
import type * as Limits from './limits'
import { FakeAgent, said } from './agents.fixture'
import { createSandbox, type Sandbox } from './sandbox'

/** Long enough for a busy machine, but where running out of it is the story. */
const patience = vi.hoisted(() => ({ catchUpMs: 20_000 }))
vi.mock('./limits', async (original) => {
  const actual = await original<typeof Limits>()
  return { ...actual, SANDBOX_LIMITS: { ...actual.SANDBOX_LIMITS, replaceChangeTimeoutMs: 1_000, get replaceCatchUpTimeoutMs() { return patience.catchUpMs } } }
})

let directory: string
let sandbox: Sandbox
let agents: FakeAgent[]
let told: MemberReplacement[]
/** Who the members are, by the word of the group; n1 leads it. */
let members: Map<string, MemberKind>
let asked: Extract<Control, { kind: 'change-members' }>[]
/** What the leader answers instead of doing it; null where it does it. */
let answer: (control: Extract<Control, { kind: 'change-members' }>) => ControlOutcome | null
let appliedBy: (nodeId: string) => bigint

const none = unknown('not-reported')
const at = (value: bigint) => ({ unit: 'entries', lineage: 'g', value }) as const
const word = (nodeId: string): NodeObservation => ({
  ...said, nodeId,
  groups: [{
    groupId: 'g', role: nodeId === 'n1' ? 'leader' : 'follower', fence: { kind: 'raft-term', value: 2n }, leaderId: 'n1', peers: [],
    members: [...members].map(([id, kind]) => ({ id, name: id, address: 'a:1', voter: kind !== 'learner', ...(kind === 'witness' ? { witness: true } : {}) })),
    log: { firstAvailable: none, last: none, persisted: none, committed: at(100n), applied: at(appliedBy(nodeId)) },
  }],
})

function change(control: Extract<Control, { kind: 'change-members' }>): ControlOutcome {
  asked.push(control)
  const instead = answer(control)
  if (instead !== null) return instead
  for (const each of control.changes) {
    if (each.kind === 'set') members.set(each.id, each.member)
    else if (!members.delete(each.id)) return { kind: 'refused', code: 'no-such-member', message: `${each.id} is no member.` }
  }
  return { kind: 'done' }
}

class Member extends FakeAgent {
  override post(message: Parameters<FakeAgent['post']>[0]): void {
    const nodeId = this.name.split('/')[1] ?? ''
    this.word = word(nodeId)
    if (message.kind === 'control' && message.control.kind === 'change-members') this.outcome = nodeId === 'n1' ? change(message.control) : { kind: 'not-leader', leaderId: 'n1' }
    super.post(message)
  }
}

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-replacement-'))
  patience.catchUpMs = 20_000
  agents = []
  told = []
  asked = []
  members = new Map([['n1', 'voter'], ['n2', 'voter'], ['n3', 'voter']])
  answer = () => null
  appliedBy = () => 100n
  sandbox = createSandbox({
    directory, nowMs: Date.now, pollIntervalMs: () => 20, log: { info: () => {}, warn: () => {}, error: () => {} },
    processHost: {
      fork: async (name) => {
        const agent = new Member(1_000_000_000 + agents.length, name)
        agents.push(agent)
        return ok(agent)
      },
    },
    onObservation: () => {}, onState: () => {}, onMembers: () => {}, onLoadState: () => {}, onLoadSample: () => {}, onRollout: () => {},
    onReplaced: (_clusterId, replacement) => void told.push(replacement),
  })
})
afterEach(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true, force: true })
})

async function running(protocol: ProtocolName = 'raft', nodes = 3): Promise<string> {
  const created = await sandbox.create('Story', nodes, protocol)
  if (!created.ok) throw new Error(created.error.message)
  expect(await sandbox.start(created.value.clusterId)).toEqual(ok(null))
  return created.value.clusterId
}
const stateOf = (clusterId: string): SandboxState => {
  const state = sandbox.state(clusterId)
  if (!state.ok) throw new Error(state.error.message)
  return state.value
}
const nodesOf = (clusterId: string) => stateOf(clusterId).nodes.map(({ nodeId }) => nodeId)
const ended = (clusterId: string, phase: 'done' | 'failed') => expect.poll(() => stateOf(clusterId).replacement?.phase, { timeout: 10_000 }).toBe(phase)
const replace = (clusterId: string, nodeId: string) => sandbox.changeMembers(clusterId, { kind: 'replace', nodeId })
const isSwap = ({ changes }: Extract<Control, { kind: 'change-members' }>): boolean => changes.some(({ kind }) => kind === 'remove')

describe('a member that is replaced', () => {
  it('may be down: a new one learns, then the group swaps the two in one joint step, and what was left of the old one goes', async () => {
    const clusterId = await running()
    mkdirSync(path.join(directory, clusterId, 'n2'))
    await sandbox.act(clusterId, 'n2', 'kill')
    expect(await replace(clusterId, 'n2')).toEqual(ok({ nodeId: 'n4' }))
    expect(stateOf(clusterId).replacement).toMatchObject({ nodeId: 'n2', by: 'n4', phase: 'catching-up', failure: null })
    await ended(clusterId, 'done')
    expect(stateOf(clusterId).nodes.at(-1)).toMatchObject({ nodeId: 'n4', member: 'voter' })
    expect(asked).toMatchObject([
      { mode: 'auto', changes: [{ kind: 'set', id: 'n4', member: 'learner', promote: false }] },
      { mode: 'joint', changes: [{ kind: 'set', id: 'n4', member: 'voter', promote: false, address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown }, { kind: 'remove', id: 'n2' }] },
    ])
    expect(nodesOf(clusterId)).toEqual(['n1', 'n3', 'n4'])
    expect(existsSync(path.join(directory, clusterId, 'n2'))).toBe(false)
    expect(told).toMatchObject([{ nodeId: 'n2', by: 'n4', phase: 'done' }])
  })

  it('stays until the new one has what is committed; meanwhile nothing else is done to the members', async () => {
    const clusterId = await running()
    let isBehind = true
    appliedBy = (nodeId) => (nodeId === 'n4' && isBehind ? 99n : 100n)
    await replace(clusterId, 'n2')
    const held = { error: { code: 'wrong-state', message: 'A member of the cluster is being replaced.' } }
    expect(await replace(clusterId, 'n3')).toMatchObject(held)
    expect(await sandbox.changeMembers(clusterId, { kind: 'remove', nodeId: 'n4' })).toMatchObject(held)
    expect(await sandbox.recover(clusterId)).toMatchObject(held)
    expect(await sandbox.setOptions(clusterId, { forwarding: true })).toMatchObject(held)
    expect(asked.some(isSwap)).toBe(false)
    isBehind = false
    await ended(clusterId, 'done')
    expect(nodesOf(clusterId)).toEqual(['n1', 'n3', 'n4'])
  })

  it('stays where the new one does not catch up in time: that is told, with what to do, and can be done', async () => {
    const clusterId = await running()
    patience.catchUpMs = 400
    appliedBy = (nodeId) => (nodeId === 'n4' ? 99n : 100n)
    await replace(clusterId, 'n2')
    await ended(clusterId, 'failed')
    expect(stateOf(clusterId).replacement?.failure).toEqual({
      code: 'not-caught-up', message: 'n4 has not caught up within 0.4 s. n4 stays a learner and n2 a member.',
      hint: 'Look at what it says, and at its links. Once it has caught up, promote n4 and then remove n2; or remove n4 and begin again.',
    })
    expect(told).toMatchObject([{ phase: 'failed' }])
    expect(nodesOf(clusterId)).toEqual(['n1', 'n2', 'n3', 'n4'])
    expect(members.get('n4')).toBe('learner')
    expect(await sandbox.changeMembers(clusterId, { kind: 'remove', nodeId: 'n4' })).toEqual(ok({ nodeId: 'n4' }))
  })

  it('stays where the group refuses the swap, with its reason', async () => {
    const clusterId = await running()
    answer = (control) => (isSwap(control) ? { kind: 'refused', code: 'would-lose-quorum', message: 'Too few would remain.' } : null)
    await replace(clusterId, 'n2')
    await ended(clusterId, 'failed')
    expect(stateOf(clusterId).replacement?.failure).toMatchObject({ code: 'group-refused', message: 'n4 has caught up and did not take the place of n2: Too few would remain. n4 stays a learner and n2 a member.' })
    expect(asked.filter(isSwap)).toHaveLength(1)
    expect(nodesOf(clusterId)).toEqual(['n1', 'n2', 'n3', 'n4'])
  })

  it('goes though the first answer was lost: asked again, the group does not know it any more', async () => {
    const clusterId = await running()
    answer = (control) => {
      if (!isSwap(control) || !members.has('n2')) return null
      members.delete('n2')
      members.set('n4', 'voter')
      return { kind: 'unknown', why: 'leadership-lost' }
    }
    await replace(clusterId, 'n2')
    await ended(clusterId, 'done')
    expect(nodesOf(clusterId)).toEqual(['n1', 'n3', 'n4'])
  })

  it('is asked about again while another change is in the way', async () => {
    const clusterId = await running()
    answer = (control) => (isSwap(control) && asked.filter(isSwap).length < 3 ? { kind: 'refused', code: 'change-in-flight', message: 'Another change is under way.' } : null)
    await replace(clusterId, 'n2')
    await ended(clusterId, 'done')
    expect(asked.filter(isSwap)).toHaveLength(3)
  })

  it('is left alone where how it ended stays unknown; once the group says that it is none, removing it takes away what is left', async () => {
    const clusterId = await running()
    answer = (control) => (isSwap(control) ? { kind: 'unknown', why: 'timed-out' } : null)
    await replace(clusterId, 'n2')
    await ended(clusterId, 'failed')
    expect(stateOf(clusterId).replacement?.failure).toMatchObject({ code: 'unknown-outcome', hint: expect.stringContaining('Where n2 is none any more, remove it') as unknown })
    expect(nodesOf(clusterId)).toEqual(['n1', 'n2', 'n3', 'n4'])
    members.delete('n2')
    answer = () => null
    expect(await sandbox.changeMembers(clusterId, { kind: 'remove', nodeId: 'n2' })).toEqual(ok({ nodeId: 'n2' }))
    expect(nodesOf(clusterId)).toEqual(['n1', 'n3', 'n4'])
  })

  it('stays where the cluster is stopped meanwhile', async () => {
    const clusterId = await running()
    appliedBy = (nodeId) => (nodeId === 'n4' ? 99n : 100n)
    await replace(clusterId, 'n2')
    await sandbox.stop(clusterId)
    await ended(clusterId, 'failed')
    expect(stateOf(clusterId).replacement?.failure).toMatchObject({ code: 'wrong-state', hint: expect.stringContaining('Start the cluster.') as unknown })
    expect(nodesOf(clusterId)).toEqual(['n1', 'n2', 'n3', 'n4'])
  })

  it('is replaced by one of its kind: a learner by a learner, in one step without votes', async () => {
    const clusterId = await running()
    expect(await sandbox.changeMembers(clusterId, { kind: 'add', member: 'learner' })).toEqual(ok({ nodeId: 'n4' }))
    expect(await replace(clusterId, 'n4')).toEqual(ok({ nodeId: 'n5' }))
    await ended(clusterId, 'done')
    expect(asked.at(-1)).toEqual({ kind: 'change-members', mode: 'auto', changes: [{ kind: 'remove', id: 'n4' }] })
    expect([...members]).toEqual([['n1', 'voter'], ['n2', 'voter'], ['n3', 'voter'], ['n5', 'learner']])
  })

  it('that is a witness has nothing to hand on: the swap is all there is, and where it is refused the new one was never here', async () => {
    const clusterId = await running()
    await sandbox.changeMembers(clusterId, { kind: 'add', member: 'witness' })
    await expect.poll(() => stateOf(clusterId).nodes.at(-1)).toMatchObject({ nodeId: 'n4', member: 'witness' })
    answer = (control) => (isSwap(control) ? { kind: 'refused', code: 'would-lose-quorum', message: 'Too few would remain.' } : null)
    expect(await replace(clusterId, 'n4')).toEqual(ok({ nodeId: 'n5' }))
    await ended(clusterId, 'failed')
    expect(stateOf(clusterId).replacement?.failure?.message).toContain('n5 was taken back.')
    expect(nodesOf(clusterId)).toEqual(['n1', 'n2', 'n3', 'n4'])
    answer = () => null
    asked = []
    expect(await replace(clusterId, 'n4')).toEqual(ok({ nodeId: 'n6' }))
    await ended(clusterId, 'done')
    expect(asked).toMatchObject([{ mode: 'joint', changes: [{ kind: 'set', id: 'n6', member: 'witness' }, { kind: 'remove', id: 'n4' }] }])
  })
})

describe('a replacement is refused at once', () => {
  it('where the new node cannot join: it is taken back, and nothing is under way', async () => {
    const clusterId = await running()
    answer = () => ({ kind: 'refused', code: 'not-ready', message: 'This leader is new.' })
    expect(await replace(clusterId, 'n2')).toMatchObject({ error: { code: 'group-refused' } })
    expect(stateOf(clusterId).replacement).toBeNull()
    expect(nodesOf(clusterId)).toEqual(['n1', 'n2', 'n3'])
  })

  it('of a stranger, and in PBFT, whose members are fixed', async () => {
    const clusterId = await running()
    expect(await replace(clusterId, 'n9')).toMatchObject({ error: { code: 'not-found' } })
    expect(await replace(await running('pbft', 4), 'n2')).toMatchObject({ error: { code: 'protocol-unsupported' } })
  })
})
