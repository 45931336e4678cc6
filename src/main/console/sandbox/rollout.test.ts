/** A change of the options of a cluster of made-up processes: planned, refused, carried out member by member, cancelled and found again. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ok } from '../../../core/base'
import type { ProtocolName } from '../../../core/machine'
import { unknown, type NodeObservation } from '../../../core/observation'
import type { SandboxProtocolOptions, SandboxState } from '../../../contract/sandbox'
import { FakeAgent, said } from './agents.fixture'
import type { RolloutNews } from './rollout'
import { createSandbox, type Sandbox } from './sandbox'

const VOTERS = ['n1', 'n2', 'n3']
let directory: string
let sandbox: Sandbox
let agents: FakeAgent[]
let news: RolloutNews[]
let states: SandboxState[]
let leader: string
/** How far a member says that it has applied; 100 is committed. */
let appliedBy: (nodeId: string) => bigint
let answers: (nodeId: string) => boolean
let onFork: (agent: FakeAgent, nodeId: string) => void

const none = unknown('not-reported')
const at = (value: bigint) => ({ unit: 'entries', lineage: 'g', value }) as const
const word = (nodeId: string, voters: readonly string[]): NodeObservation => ({
  ...said, nodeId,
  groups: [{
    groupId: 'g', role: nodeId === leader ? 'leader' : 'follower', fence: { kind: 'raft-term', value: 2n }, leaderId: leader,
    members: voters.map((id) => ({ id, name: id, address: 'a:1', voter: true })), peers: [],
    log: { firstAvailable: none, last: none, persisted: none, committed: at(100n), applied: at(appliedBy(nodeId)) },
  }],
})

/** Its word is made as it is asked, so that all speak of the same leader. */
class Member extends FakeAgent {
  readonly nodeId: string
  private readonly voters: readonly string[]

  constructor(pid: number, name: string, voters: readonly string[]) {
    super(pid, name)
    this.nodeId = name.split('/')[1] ?? ''
    this.voters = voters
  }

  override post(message: Parameters<FakeAgent['post']>[0]): void {
    this.word = word(this.nodeId, this.voters)
    this.answers = answers(this.nodeId)
    if (message.kind === 'control') {
      this.outcome = this.nodeId === leader ? { kind: 'done' } : { kind: 'not-leader', leaderId: leader }
      if (this.nodeId === leader && message.control.kind === 'transfer-leadership') leader = message.control.to ?? this.voters.find((id) => id !== leader) ?? leader
    }
    super.post(message)
  }
}

let voters: readonly string[]
const make = (): Sandbox => createSandbox({
  directory, nowMs: Date.now, pollIntervalMs: () => 20, log: { info: () => {}, warn: () => {}, error: () => {} },
  processHost: {
    fork: async (name) => {
      const agent = new Member(1_000_000_000 + agents.length, name, voters)
      agents.push(agent)
      onFork(agent, agent.nodeId)
      return ok(agent)
    },
  },
  onObservation: () => {}, onState: (state) => void states.push(state), onMembers: () => {}, onLoadState: () => {}, onLoadSample: () => {},
  onReplaced: () => {}, onRollout: (_clusterId, each) => void news.push(each),
})

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-rollout-'))
  agents = []
  news = []
  states = []
  leader = 'n1'
  voters = VOTERS
  appliedBy = () => 100n
  answers = () => true
  onFork = () => {}
  sandbox = make()
})
afterEach(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true, force: true })
})

async function running(options?: SandboxProtocolOptions, protocol: ProtocolName = 'raft', nodes = 3): Promise<string> {
  const created = await sandbox.create('Story', nodes, protocol, options)
  if (!created.ok) throw new Error(created.error.message)
  expect(await sandbox.start(created.value.clusterId)).toEqual(ok(null))
  return created.value.clusterId
}
const stateOf = (clusterId: string): SandboxState => {
  const state = sandbox.state(clusterId)
  if (!state.ok) throw new Error(state.error.message)
  return state.value
}
const phaseOf = (clusterId: string) => stateOf(clusterId).rollout?.phase
const fileOf = (clusterId: string): unknown => JSON.parse(readFileSync(path.join(directory, clusterId, 'cluster.json'), 'utf8'))
const forked = (from = 0): readonly string[] => agents.slice(from).map(({ name }) => name.split('/')[1] ?? '')
const snapshotsOf = (clusterId: string) => stateOf(clusterId).nodes.map(({ runsWith }) => runsWith?.snapshot.afterEntries ?? null)

describe('an option that members may hold differently', () => {
  it('is brought to them one at a time, followers first, the leader after it has handed leadership on', async () => {
    const clusterId = await running()
    const planned = await sandbox.planOptions(clusterId, { snapshotAfterEntries: 500 })
    expect(planned).toEqual(ok({
      changes: [{ option: 'snapshotAfterEntries', from: 100_000, to: 500 }], canLose: 1, later: [], refused: null,
      restarts: [{ nodeId: 'n2', votes: true, leads: false }, { nodeId: 'n3', votes: true, leads: false }, { nodeId: 'n1', votes: true, leads: true }],
    }))
    expect(snapshotsOf(clusterId)).toEqual([100_000, 100_000, 100_000])
    const mostDown = { count: 0 }
    onFork = () => { mostDown.count = Math.max(mostDown.count, VOTERS.length - agents.filter(({ alive }) => alive).length) }
    expect(await sandbox.setOptions(clusterId, { snapshotAfterEntries: 500 })).toEqual(planned)
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(forked(3)).toEqual(['n2', 'n3', 'n1'])
    expect(mostDown.count).toBe(0)
    expect(leader).toBe('n2')
    expect(snapshotsOf(clusterId)).toEqual([500, 500, 500])
    expect(stateOf(clusterId)).toMatchObject({ options: { snapshot: { afterEntries: 500, trailingEntries: 50 } }, rollout: { steps: [{ nodeId: 'n2', step: 'done' }, { nodeId: 'n3', step: 'done' }, { nodeId: 'n1', step: 'done' }], failure: null } })
    expect(news.map((each) => (each.kind === 'member' ? each.nodeId : each.kind))).toEqual(['begun', 'n2', 'n3', 'n1', 'ended'])
    expect(fileOf(clusterId)).toMatchObject({ running: true, options: { snapshotAfterEntries: 500 } })
  })

  it('is on disk before the first member is restarted, and found by the console that comes after', async () => {
    const clusterId = await running({ forwarding: true })
    let onDisk: unknown = null
    onFork = () => { onDisk ??= fileOf(clusterId) }
    await sandbox.setOptions(clusterId, { snapshotAfterEntries: 500 })
    await expect.poll(() => onDisk).toMatchObject({ options: { forwarding: true, snapshotAfterEntries: 500 } })
    await sandbox.close()
    sandbox = make()
    await sandbox.load()
    await sandbox.start(clusterId)
    expect(snapshotsOf(clusterId)).toEqual([500, 500, 500])
    expect(stateOf(clusterId).nodes.every(({ runsWith }) => runsWith?.forwarding)).toBe(true)
  })

  it('needs no remembering once it is as usual again', async () => {
    const clusterId = await running({ snapshotAfterEntries: 500 })
    await sandbox.setOptions(clusterId, { snapshotAfterEntries: 100_000 })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(fileOf(clusterId)).not.toHaveProperty('options')
  })

  it('waits for a member to catch up before it goes to the next', async () => {
    const clusterId = await running()
    let isBehind = true
    appliedBy = (nodeId) => (nodeId === 'n2' && isBehind ? 99n : 100n)
    await sandbox.setOptions(clusterId, { forwarding: true })
    await expect.poll(() => stateOf(clusterId).rollout?.steps[0]).toEqual({ nodeId: 'n2', step: 'catching-up' })
    await expect.poll(() => agents.at(-1)?.heard.filter(({ kind }) => kind === 'observe').length ?? 0).toBeGreaterThan(8)
    expect(forked(3)).toEqual(['n2'])
    isBehind = false
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
  })

  it('leaves the next alone while another is down, and goes on once that is back', async () => {
    const clusterId = await running()
    onFork = (_agent, nodeId) => {
      if (nodeId !== 'n2') return
      leader = 'n2'
      agents.find(({ name }) => name.endsWith('/n1'))?.end({ code: null, signal: 'SIGKILL' })
    }
    await sandbox.setOptions(clusterId, { forwarding: true })
    await expect.poll(() => stateOf(clusterId).rollout?.steps, { timeout: 4_000 }).toEqual([{ nodeId: 'n2', step: 'done' }, { nodeId: 'n3', step: 'awaiting-quorum' }, { nodeId: 'n1', step: 'waiting' }])
    const heard = agents.at(-1)?.heard.length ?? 0
    await expect.poll(() => agents.at(-1)?.heard.length ?? 0, { timeout: 4_000 }).toBeGreaterThan(heard + 10)
    expect(forked(3)).toEqual(['n2'])
    await sandbox.act(clusterId, 'n1', 'start')
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(forked(3)).toEqual(['n2', 'n1', 'n3'])
  }, 20_000)

  it('stops at a member that does not start, says what to do, and goes on when asked again', async () => {
    const clusterId = await running()
    let isFull = true
    onFork = (agent, nodeId) => { if (nodeId === 'n3' && isFull) agent.startsWith = { kind: 'failed', code: 'no-space', message: 'The disk is full.', hint: 'Free some space.' } }
    await sandbox.setOptions(clusterId, { snapshotAfterEntries: 500 })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('failed')
    expect(stateOf(clusterId).rollout).toMatchObject({
      steps: [{ nodeId: 'n2', step: 'done' }, { nodeId: 'n3', step: 'later' }, { nodeId: 'n1', step: 'waiting' }],
      failure: { message: 'n3 did not start with the new options: The disk is full.', hint: 'Free some space. Then go on with the change, or change the options back.' },
    })
    expect(snapshotsOf(clusterId)).toEqual([100_000, 500, null])
    isFull = false
    await sandbox.act(clusterId, 'n3', 'start')
    expect(await sandbox.setOptions(clusterId, {})).toMatchObject({ ok: true, value: { changes: [], restarts: [{ nodeId: 'n1' }] } })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(snapshotsOf(clusterId)).toEqual([500, 500, 500])
  })

  it('is cancelled between two members: those that were restarted keep it', async () => {
    const clusterId = await running()
    onFork = (_agent, nodeId) => { if (nodeId === 'n2') expect(sandbox.cancelOptions(clusterId)).toEqual(ok(null)) }
    await sandbox.setOptions(clusterId, { snapshotAfterEntries: 500 })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('cancelled')
    expect(snapshotsOf(clusterId)).toEqual([100_000, 500, 100_000])
    expect(states.some(({ rollout }) => rollout?.phase === 'cancelling')).toBe(true)
    expect(sandbox.cancelOptions(clusterId)).toMatchObject({ error: { code: 'wrong-state' } })
    // Back to where it was: only the one that has changed is restarted.
    expect(await sandbox.setOptions(clusterId, { snapshotAfterEntries: 100_000 })).toMatchObject({ value: { restarts: [{ nodeId: 'n2' }] } })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
  })

  it('ends where the cluster is stopped, and no process is started behind its back', async () => {
    const clusterId = await running()
    appliedBy = (nodeId) => (nodeId === 'n2' ? 1n : 100n)
    await sandbox.setOptions(clusterId, { snapshotAfterEntries: 500 })
    await expect.poll(() => stateOf(clusterId).rollout?.steps[0]?.step).toBe('catching-up')
    await sandbox.stop(clusterId)
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('failed')
    expect(stateOf(clusterId).rollout?.failure?.message).toBe('The cluster was stopped meanwhile.')
    expect(agents.every(({ alive }) => !alive)).toBe(true)
    expect(forked(3)).toEqual(['n2'])
  })

  it('starts no member that was being restarted as the cluster was stopped', async () => {
    const clusterId = await running()
    const member = agents.find(({ name }) => name.endsWith('/n2'))
    if (member) member.stopsWhenAsked = false
    await sandbox.setOptions(clusterId, { snapshotAfterEntries: 500 })
    await expect.poll(() => stateOf(clusterId).rollout?.steps[0]?.step).toBe('restarting')
    const stopped = sandbox.stop(clusterId)
    member?.end({ code: 0, signal: null })
    await stopped
    await expect.poll(() => phaseOf(clusterId)).toBe('failed')
    expect(forked(3)).toEqual([])
    expect(stateOf(clusterId).nodes.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  it('is not begun twice, and holds back changes of the members', async () => {
    const clusterId = await running()
    appliedBy = (nodeId) => (nodeId === 'n2' && forked(3).includes('n2') ? 1n : 100n)
    await sandbox.setOptions(clusterId, { snapshotAfterEntries: 500 })
    expect(await sandbox.setOptions(clusterId, { forwarding: true })).toMatchObject({ error: { code: 'change-in-flight' } })
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toMatchObject({ error: { code: 'wrong-state' } })
    expect(await sandbox.transferLeadership(clusterId, 'n2')).toMatchObject({ error: { code: 'wrong-state' } })
    expect(await sandbox.recover(clusterId)).toMatchObject({ error: { code: 'wrong-state' } })
  })
})

describe('whom a cluster prefers to lead', () => {
  const handedTo = () => agents.flatMap(({ heard }) => heard.flatMap((message) => (message.kind === 'control' && message.control.kind === 'transfer-leadership' ? [message.control.to] : [])))

  it('leads once all members know it: the old leader, which does not, hands over to it by name', async () => {
    const clusterId = await running()
    expect(await sandbox.setOptions(clusterId, { prefer: ['n9', 'n3', 'n1'] })).toMatchObject({ value: { changes: [{ option: 'prefer', from: [], to: ['n9', 'n3', 'n1'] }], restarts: [{ nodeId: 'n2' }, { nodeId: 'n3' }, { nodeId: 'n1' }] } })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(handedTo()).toEqual(['n3'])
    expect(leader).toBe('n3')
    expect(stateOf(clusterId)).toMatchObject({ options: { prefer: ['n9', 'n3', 'n1'] }, nodes: [{ runsWith: { prefer: ['n9', 'n3', 'n1'] } }, {}, {}] })
    expect(fileOf(clusterId)).toMatchObject({ options: { prefer: ['n9', 'n3', 'n1'] } })
    expect(await sandbox.setOptions(clusterId, { prefer: ['n9', 'n3', 'n1'] })).toMatchObject({ error: { code: 'nothing-to-do' } })
  })

  it('leads after a start, whoever won the first election; one that is no member is not waited for', async () => {
    const clusterId = await running({ prefer: ['n9', 'n3', 'n1'] })
    await expect.poll(() => leader).toBe('n3')
    expect(handedTo()).toEqual(['n3'])
    expect(stateOf(clusterId).rollout).toBeNull()
  })

  it('is not asked to lead where it leads already', async () => {
    const clusterId = await running({ prefer: ['n1'] })
    await sandbox.setOptions(clusterId, { forwarding: true })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(handedTo()).toEqual([null, 'n1'])
  })

  it('leads again after it was restarted itself, whatever the change was about', async () => {
    const clusterId = await running({ prefer: ['n1', 'n2'] })
    await sandbox.setOptions(clusterId, { forwarding: true })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(handedTo()).toEqual(['n2', 'n1'])
    expect(leader).toBe('n1')
  })

  it('is not waited for where it does not lead: anybody else takes over instead', async () => {
    const clusterId = await running()
    const old = agents.find(({ name }) => name.endsWith('/n1')) as FakeAgent
    const post = old.post.bind(old)
    old.post = (message) => {
      if (message.kind !== 'control' || message.control.kind !== 'transfer-leadership' || message.control.to === null) return post(message)
      old.heard.push(message)
      setImmediate(() => old.say({ kind: 'control-outcome', id: message.id, outcome: { kind: 'refused', code: 'not-ready', message: 'n3 did not catch up.' } }))
    }
    await sandbox.setOptions(clusterId, { prefer: ['n3'] })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(handedTo()).toEqual(['n3', null, 'n3'])
    expect(leader).toBe('n3')
  })

  it('is nobody again by an empty list, which needs no remembering', async () => {
    const clusterId = await running({ prefer: ['n2'] })
    await sandbox.setOptions(clusterId, { prefer: [] })
    await expect.poll(() => phaseOf(clusterId), { timeout: 10_000 }).toBe('done')
    expect(fileOf(clusterId)).not.toHaveProperty('options')
    expect(stateOf(clusterId).nodes.every(({ runsWith }) => runsWith?.prefer === undefined)).toBe(true)
  })

  it('is no option of Paxos, whose ballots know no preference', async () => {
    const clusterId = await running(undefined, 'paxos')
    expect(await sandbox.planOptions(clusterId, { prefer: ['n2'] })).toMatchObject({ error: { code: 'protocol-unsupported', hint: 'Options of Multi-Paxos: reads, forwarding, snapshot-after.' } })
  })
})

describe('a change of the options is refused', () => {
  it('where a member is missing already: nobody is restarted', async () => {
    const clusterId = await running()
    await sandbox.act(clusterId, 'n3', 'kill')
    const refused = { code: 'would-lose-quorum', message: expect.stringContaining('cannot spare a member now') as unknown, hint: expect.stringContaining('Bring back') as unknown }
    expect(await sandbox.planOptions(clusterId, { forwarding: true })).toMatchObject({ value: { refused, later: ['n3'], canLose: 0 } })
    expect(await sandbox.setOptions(clusterId, { forwarding: true })).toMatchObject({ error: refused })
    expect(forked()).toHaveLength(3)
    expect(fileOf(clusterId)).not.toHaveProperty('options')
  })

  it('of a single voter, which is told to stop first', async () => {
    voters = ['n1']
    const clusterId = await running(undefined, 'raft', 1)
    expect(await sandbox.setOptions(clusterId, { forwarding: true })).toMatchObject({ error: { code: 'would-lose-quorum', message: expect.stringContaining('one voter') as unknown, hint: expect.stringContaining('Stop the cluster') as unknown } })
  })

  it('where nothing would change, and of PBFT what it has not', async () => {
    const clusterId = await running({ forwarding: true })
    expect(await sandbox.setOptions(clusterId, { forwarding: true })).toMatchObject({ error: { code: 'nothing-to-do' } })
    const other = await sandbox.create('Generals', 4, 'pbft')
    const otherId = other.ok ? other.value.clusterId : ''
    expect(await sandbox.planOptions(otherId, { forwarding: true })).toMatchObject({ error: { code: 'protocol-unsupported' } })
    expect(await sandbox.planOptions(otherId, { tentative: true })).toMatchObject({ value: { changes: [{ option: 'tentative', from: false, to: true }], refused: null } })
    expect(await sandbox.setOptions('sandbox-none', {})).toMatchObject({ error: { code: 'not-a-sandbox' } })
  })
})

describe('how reads are answered', () => {
  it('cannot be changed while members run, for a lease needs the promise of all voters', async () => {
    const clusterId = await running()
    expect(await sandbox.setOptions(clusterId, { reads: 'lease', forwarding: true })).toMatchObject({ error: { code: 'needs-stop', hint: expect.stringContaining('Stop the cluster') as unknown } })
    expect(forked()).toHaveLength(3)
  })

  it('is changed while none runs, and holds for all from the next start', async () => {
    const clusterId = await running()
    await sandbox.stop(clusterId)
    expect(await sandbox.setOptions(clusterId, { reads: 'lease' })).toEqual(ok({ changes: [{ option: 'reads', from: 'index', to: 'lease' }], restarts: [], later: [], canLose: null, refused: null }))
    expect(stateOf(clusterId)).toMatchObject({ options: { reads: 'lease' }, nodes: [{ runsWith: null }, { runsWith: null }, { runsWith: null }], rollout: null })
    await sandbox.start(clusterId)
    expect(stateOf(clusterId).nodes.map(({ runsWith }) => runsWith?.reads)).toEqual(['lease', 'lease', 'lease'])
  })
})
