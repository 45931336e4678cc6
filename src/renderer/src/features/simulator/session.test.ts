import { describe, expect, it } from 'vitest'
import { drawPlan } from '../../../../sim'
import { cutLinks, FAULT_GROUPS, faultOf, FIRST_CHOICES, NODE_COUNTS, planOf, PROTOCOLS, splitFault, type Choices } from './choices'
import { clockOf } from './phrases'
import { SimulatorSession } from './session'

const choices = (change: Partial<Choices>): Choices => ({ ...FIRST_CHOICES, ...change })
const begin = (change: Partial<Choices> = {}): SimulatorSession => new SimulatorSession(planOf(choices(change)), 0)
const AT_MS = 3_000
const IDS = ['n1', 'n2', 'n3', 'n4', 'n5']

describe('a session', () => {
  it('shows the same moment again after going back, and knows nothing it did not see', () => {
    const session = begin()
    session.goTo(AT_MS)
    const first = session.frame()
    session.goTo(2 * AT_MS)
    const later = session.frame()
    expect(later.nowMs).toBe(2 * AT_MS)
    session.goTo(AT_MS)
    const again = session.frame()
    expect({ ...again, seenToMs: 0, timeline: null }).toEqual({ ...first, seenToMs: 0, timeline: null })
    expect(again.seenToMs).toBe(2 * AT_MS)
    expect(again.timeline).toEqual(later.timeline)
    session.goTo(2 * AT_MS)
    expect(session.frame()).toEqual(later)
  })

  it('steps to the next thing that people look at', () => {
    const session = begin()
    session.goTo(AT_MS)
    const before = session.nowMs
    for (let i = 0; i < 20; i++) session.step()
    expect(session.nowMs).toBeGreaterThan(before)
    expect(session.nowMs).toBeLessThan(before + 5_000)
  })

  it('forks: what was is the same, what comes is another run', () => {
    const session = begin()
    // As a film is paused: between two steps of time.
    session.goTo(AT_MS + 0.3)
    const before = session.frame()
    session.inject(faultOf('crash', 'n2', [], AT_MS, 2_000))
    const forked = session.frame()
    expect(forked.events.filter((event) => event.atMs < AT_MS)).toEqual(before.events.filter((event) => event.atMs < AT_MS))
    expect(forked.plan.faults.length).toBe(before.plan.faults.length + 1)
    expect(forked.faults.find(({ isInForce }) => isInForce)?.what).toMatchObject({ kind: 'crash', node: 'n2' })
    session.goTo(AT_MS + 1_000)
    expect(session.frame().nodes.find((node) => node.id === 'n2')?.isUp).toBe(false)
  })

  it('hands leadership over in a protocol whose seeds do not, and leaves the past as it was', () => {
    const session = begin({ protocol: 'pbft' })
    session.goTo(2 * AT_MS)
    const before = session.frame()
    const to = before.nodes.find((node) => node.role !== 'leader')?.id ?? ''
    session.inject(faultOf('transfer-leadership', to, [], 2 * AT_MS, 0))
    expect(session.frame().events.filter(({ atMs }) => atMs < 2 * AT_MS)).toEqual(before.events.filter(({ atMs }) => atMs < 2 * AT_MS))
    session.goTo(2 * AT_MS + 1_000)
    expect(session.frame().nodes.find((node) => node.id === to)?.role).toBe('leader')
  })

  it('knows which faults are in force, whom they struck, and when they really came', () => {
    const session = begin({ protocol: 'paxos', groups: ['network', 'process', 'operator'] })
    session.goTo(session.simulation.endMs)
    const { faults, plan } = session.frame()
    const lasting = faults.find(({ what }) => what.kind === 'partition')
    if (lasting === undefined) throw new Error('the seed draws no partition any more')
    expect(faults.every(({ isInForce }) => !isInForce)).toBe(true)
    expect(lasting.fromMs).toBeGreaterThanOrEqual(plan.faults[lasting.at]?.atMs ?? Infinity)
    session.goTo(lasting.fromMs + 1)
    expect(session.frame().faults.find(({ at }) => at === lasting.at)?.isInForce).toBe(true)
    expect(cutLinks([lasting.what], IDS).size).toBeGreaterThan(0)
    session.goTo(0)
    expect(session.frame().faults.filter(({ isInForce }) => isInForce)).toEqual([])
  })

  it('gives its verdict once the end was seen, and forgets it in a fork', () => {
    const session = begin()
    expect(session.frame().verdict).toBeNull()
    session.goTo(session.simulation.endMs)
    expect(session.frame().verdict).toBe('linearizable')
    session.goTo(AT_MS)
    expect(session.frame().verdict).toBe('linearizable')
    session.inject(faultOf('crash', 'n2', [], AT_MS, 2_000))
    expect(session.frame().verdict).toBeNull()
  })

  it('shows messages under way and the same stretch of every log', () => {
    const session = begin({ profile: 'calm', groups: [] })
    session.goTo(2 * AT_MS)
    let seen = 0
    for (let atMs = 2 * AT_MS; atMs < 2 * AT_MS + 1_000; atMs += 20) {
      session.goTo(atMs)
      const { messages, nowMs } = session.frame()
      for (const message of messages) {
        expect(message.sentMs).toBeLessThanOrEqual(nowMs)
        expect(message.arrivesMs).toBeGreaterThanOrEqual(nowMs)
      }
      seen += messages.length
    }
    expect(seen).toBeGreaterThan(0)
    const { logs } = session.frame()
    expect(logs.map((log) => log.nodeId)).toEqual(IDS)
    const [one, ...others] = logs.map((log) => log.rows[0])
    for (const other of others) expect(other?.index).toBe(one?.index)
  })

  it('finds what one liar too many breaks, and tells the shortest story', () => {
    const session = begin({ protocol: 'pbft', nodes: 4, beyond: true, groups: ['network', 'byzantine'] })
    session.goTo(session.simulation.endMs)
    const { violation } = session.frame()
    expect(violation).not.toBeNull()
    const shortest = session.explain()
    expect(shortest?.explanation.violation?.invariant).toBe(violation?.invariant)
    expect(shortest?.explanation.events.length).toBeGreaterThan(2)
    expect(shortest?.plan.faults.length).toBeLessThanOrEqual(session.frame().plan.faults.length)
    // Whoever scrubs back to look for the cause still reads what broke.
    session.goTo(0)
    expect(session.frame().violation).toEqual(violation)
  })

  it.each([['raft', 'Leader Lease'], ['paxos', 'Lease'], ['pbft', 'Prepared Certificates']] as const)('shows with its first seed what breaks %s where an assumption is broken', (protocol, invariant) => {
    const session = begin({ protocol, nodes: NODE_COUNTS[protocol].at(-2) ?? 0, beyond: true })
    session.goTo(session.simulation.endMs)
    expect(session.frame().violation?.invariant).toContain(invariant)
  })
})

describe('choices', () => {
  it.each(PROTOCOLS)('of everything give the run of %s that the command line makes of the seed', (protocol) => {
    const nodes = NODE_COUNTS[protocol].at(-2) ?? 0
    for (let seed = 1; seed <= 20; seed++) expect(planOf(choices({ protocol, nodes, seed, groups: FAULT_GROUPS }))).toEqual(drawPlan(protocol, seed, { nodes, profile: 'mixed' }))
  })
})

describe('faults', () => {
  it('cut the links that they cut', () => {
    expect([...cutLinks([splitFault([['n1', 'n2'], ['n3']], 0, 1)], ['n1', 'n2', 'n3'])].sort()).toEqual(['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2'])
    expect([...cutLinks([faultOf('one-way', 'n1', ['n2', 'n3'], 0, 1)], ['n1', 'n2', 'n3'])].sort()).toEqual(['n1>n2', 'n1>n3'])
    const ring = cutLinks([faultOf('ring', 'n1', [], 0, 1)], IDS)
    expect(ring.has('n1>n5')).toBe(false)
    expect(ring.has('n1>n3')).toBe(true)
    const bridge = cutLinks([faultOf('bridge', 'n3', [], 0, 1)], IDS)
    expect([...bridge].some((link) => link.includes('n3'))).toBe(false)
    expect(bridge.size).toBe(8)
  })
})

it('time is told in minutes, seconds and milliseconds', () => {
  expect(clockOf(0)).toBe('0:00.000')
  expect(clockOf(61_234.4)).toBe('1:01.234')
})
