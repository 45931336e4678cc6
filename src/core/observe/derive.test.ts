import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClusterMoment, NodeObservation } from '../observation'
import { unknown } from '../observation'
import { answered, expecting, leader, link, momentOf, NOW, peer, silent } from './cluster.fixture'
import { derive, recall, say } from './index'

const quorate = (atMs = NOW): ClusterMoment => momentOf([answered('n1', { atMs }), leader('n2', { atMs }), answered('n3', { atMs })], undefined, atMs)
const spoken = (moment: ClusterMoment, nowMs = NOW, earlier: readonly ClusterMoment[] = []): string => say(derive(moment, nowMs, undefined, earlier).sentence)

describe('the state in words', () => {
  const withLearner = expecting(['n1', 'n2', 'n3'], ['n4'])
  const five = ['n1', 'n2', 'n3', 'n4', 'n5']
  const table: readonly [string, ClusterMoment, string, (readonly ClusterMoment[])?][] = [
    ['all agree', quorate(), 'Quorate. 3 of 3 voters agree on n2 in term 7. Can lose 1 more.'],
    ['one is silent', momentOf([answered('n1'), leader('n2'), silent('n3')]), 'At risk. n3 has not answered for 12 s. Losing one more stops writes.', [quorate(NOW - 12_000)]],
    ['one was never heard', momentOf([answered('n1'), leader('n2')]), 'At risk. n3 does not answer. Losing one more stops writes.'],
    ['two of five are silent', momentOf([...['n1', 'n3'].map((id) => answered(id, { voters: five })), leader('n2', { voters: five }), silent('n4'), silent('n5')], expecting(five)),
      'At risk. n4, n5 do not answer. Losing one more stops writes.'],
    ['one of five is silent', momentOf([...['n1', 'n3', 'n4'].map((id) => answered(id, { voters: five })), leader('n2', { voters: five }), silent('n5')], expecting(five)),
      'At risk. n5 does not answer. Can lose 1 more.'],
    ['a partitioned candidate', momentOf([answered('n1'), leader('n2'), answered('n3', { role: 'candidate', term: 9, leader: null })]),
      'At risk. n3 does not follow n2 in term 7. Losing one more stops writes.'],
    ['a majority is down', momentOf([answered('n1', { leader: null, role: 'candidate', term: 8 }), silent('n2', 'refused'), silent('n3')]),
      'No quorum. 1 of 3 voters answers; writes have stopped for 48 s.', [quorate(NOW - 49_000), momentOf([silent('n2', 'refused', NOW - 48_000)], undefined, NOW - 48_000)]],
    ['nobody leads', momentOf(['n1', 'n2', 'n3'].map((id) => answered(id, { leader: null }))),
      'No quorum. 3 of 3 voters answer but no majority agrees on a leader; writes have stopped.'],
    ['nothing heard for long', quorate(NOW - 120_000), 'Unknown. Nothing heard for 2 min; last seen quorate.', [quorate(NOW - 120_000)]],
    ['nothing heard ever', momentOf([]), 'Unknown. Nothing has been heard yet.'],
    ['behind a broken tunnel', momentOf([answered('n1'), silent('n2', 'tunnel-down'), silent('n3', 'tunnel-down')]), 'Unknown. 1 of 3 voters answers, too few to tell.'],
    ['every question timed out, so the console itself may be cut off', momentOf(['n1', 'n2', 'n3'].map((id) => silent(id))), 'Unknown. Nothing heard for 30 s; last seen quorate.', [quorate(NOW - 30_000)]],
    ['every connection was refused', momentOf(['n1', 'n2', 'n3'].map((id) => silent(id, 'refused'))), 'No quorum. 0 of 3 voters answer; writes have stopped.'],
    ['before the first election', momentOf(['n1', 'n2'].map((id) => answered(id, { leader: null, term: 0, last: 0, committed: 0, applied: 0 }))),
      'Starting. 2 of 3 voters answer; no leader has been elected yet.'],
    ['stopped on purpose', momentOf(['n1', 'n2', 'n3'].map((id) => silent(id, 'stopped'))), 'Stopped. All 3 voters were stopped.'],
    ['a single voter', momentOf([leader('n1', { voters: ['n1'] })], expecting(['n1'])), 'At risk. n1, the only voter, leads in term 7. Losing it stops writes.'],
    ['a learner is missing', momentOf([...['n1', 'n3'].map((id) => answered(id, { learners: ['n4'] })), leader('n2', { learners: ['n4'] }), silent('n4')], withLearner),
      'Quorate. 3 of 3 voters agree on n2 in term 7. Can lose 1 more.'],
  ]
  test.each(table)('%s', (_name, moment, words, earlier) => expect(spoken(moment, NOW, earlier)).toBe(words))

  test('a leader that was killed is not agreed on, although both followers still name it', () => {
    const moment = momentOf([answered('n1'), silent('n2', 'refused'), answered('n3')])
    const { state, leader: claim, margin } = derive(moment, NOW)
    expect([state, claim, margin.canLose]).toEqual(['no-quorum', { value: null, by: 'console', atMs: NOW }, -2])
  })

  test('a stale answer agrees with nobody', () => {
    const moment = momentOf([answered('n1', { atMs: NOW - 60_000 }), leader('n2'), answered('n3')])
    expect(derive(moment, NOW).margin).toMatchObject({ answering: 2, agreeing: 2, canLose: 0, critical: ['n2', 'n3'] })
  })

  test('members are called by name', () => {
    const expected = [...expecting(['n1', 'n2']), { id: 'ab12', name: 'tokyo', endpoint: 'x:1', voter: true }]
    const moment = momentOf([answered('n1', { leader: 'ab12', voters: ['n1', 'n2', 'ab12'] }), answered('n2', { leader: 'ab12' }), leader('ab12', { voters: ['n1', 'n2', 'ab12'] })], expected)
    expect(spoken(moment)).toBe('Quorate. 3 of 3 voters agree on tokyo in term 7. Can lose 1 more.')
  })
})

describe('between two configurations', () => {
  // n4 takes the place of n3, by the leader's word.
  const words = { voters: ['n1', 'n2', 'n3', 'n4'], halves: { n3: 'outgoing', n4: 'incoming' } } as const
  const between = (...others: NodeObservation[]): ClusterMoment => momentOf([leader('n2', words), ...others], expecting(['n1', 'n2', 'n3', 'n4']))

  test('each has to agree, and two of three in both are enough, though they are but half of the four', () => {
    const { state, margin, topology } = derive(between(answered('n1', words), silent('n3'), silent('n4')), NOW)
    expect([state, margin.voters, margin.agreeing, margin.needed, margin.canLose, margin.critical]).toEqual(['at-risk', 4, 2, 2, 0, ['n1', 'n2']])
    expect(topology.nodes.map(({ id, half }) => [id, half])).toEqual([['n1', undefined], ['n2', undefined], ['n3', 'outgoing'], ['n4', 'incoming']])
  })

  test('the one that is short decides: the other half does not make up for it', () => {
    const { margin } = derive(between(answered('n1', words), silent('n3'), answered('n4', words)), NOW)
    expect([margin.agreeing, margin.canLose, margin.critical]).toEqual([3, 0, ['n1', 'n2']])
    expect(derive(between(silent('n1', 'refused'), silent('n3', 'refused'), answered('n4', words)), NOW).state).toBe('no-quorum')
    expect(derive(between(silent('n1', 'refused'), silent('n3'), answered('n4', words)), NOW).margin.canLose).toBeLessThan(0)
  })

  test('all four agree: one more may fail', () => expect(spoken(between(...['n1', 'n3', 'n4'].map((id) => answered(id, words))))).toBe('Quorate. 4 of 4 voters agree on n2 in term 7. Can lose 1 more.'))
})

describe('margin', () => {
  const cluster = fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    learners: fc.integer({ min: 0, max: 3 }),
    fates: fc.array(fc.constantFrom('agrees', 'refused', 'timeout', 'apart', 'stale', 'other-leader'), { minLength: 12, maxLength: 12 }),
  })
  const build = ({ size, learners, fates }: { size: number; learners: number; fates: readonly string[] }): ClusterMoment => {
    const voters = Array.from({ length: size }, (_, i) => `v${i}`)
    const others = Array.from({ length: learners }, (_, i) => `l${i}`)
    const words = { voters, learners: others, leader: 'v0' }
    const observations = [...voters, ...others].map((id, i): NodeObservation => {
      if (i === 0) return leader('v0', words)
      const fate = fates[i - 1]
      if (fate === 'refused' || fate === 'timeout') return silent(id, fate)
      if (fate === 'apart') return answered(id, { ...words, role: 'candidate', term: 9, leader: null })
      if (fate === 'other-leader') return answered(id, { ...words, leader: 'v1' })
      return answered(id, { ...words, role: i < size ? 'follower' : 'learner', ...(fate === 'stale' ? { atMs: NOW - 60_000 } : {}) })
    })
    return momentOf(observations, expecting(voters, others))
  }
  const without = (moment: ClusterMoment, lost: readonly string[]): ClusterMoment => ({
    ...moment, observations: moment.observations.map((each) => (lost.includes(each.nodeId) ? silent(each.nodeId, 'timeout') : each)),
  })

  test('agrees with taking members away one by one', () => {
    fc.assert(fc.property(cluster, fc.integer(), (shape, order) => {
      const moment = build(shape)
      const { margin, state, leader: claim } = derive(moment, NOW)
      // Where a majority names v1 instead, the arithmetic is about v1's followers.
      fc.pre(!('value' in claim && claim.value === 'v1'))
      const writesGoOn = (each: ClusterMoment): boolean => ['quorate', 'at-risk'].includes(derive(each, NOW).state)
      if (!writesGoOn(moment)) {
        expect(margin.canLose === null ? state === 'unknown' : margin.canLose < 0).toBe(true)
        return
      }
      // The leader is taken last: who replaces it is an election's matter, not arithmetic.
      const agreeing = moment.observations.filter((each) => {
        const group = each.groups[0]
        return each.nodeId.startsWith('v') && each.nodeId !== 'v0' && each.atMs === NOW && group?.leaderId === 'v0'
      }).map((each) => each.nodeId).sort((left, right) => ((left < right ? 1 : -1) * (order % 2 === 0 ? 1 : -1)))
      const canLose = margin.canLose ?? -1
      expect(margin.agreeing).toBe(agreeing.length + 1)
      for (let lost = 0; lost <= Math.min(canLose, agreeing.length); lost += 1) expect(writesGoOn(without(moment, agreeing.slice(0, lost)))).toBe(true)
      const tooMany = [...agreeing, 'v0'].slice(0, canLose + 1)
      if (!tooMany.includes('v0')) expect(writesGoOn(without(moment, tooMany))).toBe(false)
    }), { numRuns: 400 })
  })

  test('does not depend on the order of the answers, nor on learners', () => {
    fc.assert(fc.property(cluster, (shape) => {
      const moment = build(shape)
      const shuffled = { ...moment, observations: [...moment.observations].reverse() }
      expect(derive(shuffled, NOW).margin).toEqual({ ...derive(moment, NOW).margin })
      const { voters, answering, agreeing, canLose } = derive(build({ ...shape, learners: 0 }), NOW).margin
      expect(derive(moment, NOW).margin).toMatchObject({ voters, answering, agreeing, canLose })
    }))
  })

  test('names the failure domain whose loss stops writes', () => {
    const voters = ['a', 'b', 'c', 'd', 'e']
    const expected = expecting(voters).map((member, i) => ({ ...member, domain: i < 3 ? 'rack-1' : 'rack-2' }))
    const moment = momentOf([leader('a', { voters, leader: 'a' }), ...voters.slice(1).map((id) => answered(id, { voters, leader: 'a' }))], expected)
    expect(derive(moment, NOW).margin).toMatchObject({ canLose: 2, critical: ['rack-1'] })
  })
})

describe('disagreement', () => {
  test('two leaders in one term are critical', () => {
    const moment = momentOf([leader('n1', { leader: 'n1' }), leader('n2'), answered('n3')])
    const { disagreements, issues } = derive(moment, NOW)
    expect(disagreements.map(({ about }) => about)).toEqual(['leaders-in-one-reign', 'leader'])
    expect(issues.find(({ key }) => key === 'members-disagree:leaders-in-one-reign')).toMatchObject({ severity: 'critical' })
  })

  test('an old leader in an older term is behind, and is no second leader', () => {
    const moment = momentOf([leader('n1', { leader: 'n1', term: 6 }), leader('n2'), answered('n3')])
    const { disagreements, matrix, leader: claim } = derive(moment, NOW)
    expect(disagreements.map(({ about }) => about)).toEqual(['leader', 'fence'])
    expect(matrix.rows[0]?.cells.slice(0, 2).map(({ verdict }) => verdict)).toEqual(['behind', 'behind'])
    expect(claim).toMatchObject({ value: 'n2', by: 'n2' })
  })

  test('a member that says there is no leader disagrees; one that does not answer does not', () => {
    expect(derive(momentOf([answered('n1', { leader: null }), leader('n2'), answered('n3')]), NOW).disagreements).toEqual([
      { about: 'leader', views: [{ value: 'none', nodeIds: ['n1'] }, { value: 'n2', nodeIds: ['n2', 'n3'] }] },
    ])
    expect(derive(momentOf([silent('n1'), leader('n2'), answered('n3')]), NOW).disagreements).toEqual([])
  })

  test('fences of different kinds are not compared', () => {
    const odd = answered('n1')
    const ballot = { ...odd, groups: odd.groups.map((group) => ({ ...group, fence: { kind: 'ballot', value: 1n } as const })) }
    expect(derive(momentOf([ballot, leader('n2'), answered('n3')]), NOW).disagreements).toEqual([])
  })

  test('unknown cells carry their reason', () => {
    const rows = derive(momentOf([silent('n1'), leader('n2')]), NOW).matrix.rows
    expect(rows[0]?.cells[0]).toEqual({ column: 'leader', claim: { unknown: 'unreachable', by: 'n1', atMs: NOW }, verdict: 'none' })
    expect(rows[2]?.cells[0]?.claim).toEqual({ unknown: 'not-measured', by: 'n3', atMs: 0 })
  })
})

describe('lag', () => {
  test('is the leader\'s word where it gives one', () => {
    const moment = momentOf([answered('n1'), leader('n2', { peers: [peer('n1', 5), peer('n3', 40)] }), silent('n3')])
    expect(derive(moment, NOW).lag.map(({ nodeId, by, entries, basis }) => [nodeId, by, entries, basis])).toEqual([
      ['n1', 'n2', 5n, 'leader-progress'], ['n3', 'n2', 40n, 'leader-progress'],
    ])
  })

  test('is otherwise the difference of what both say, never below zero, and unknown for a silent member', () => {
    const moment = momentOf([answered('n1', { applied: 90 }), leader('n2', { committed: 100 }), silent('n3')])
    expect(derive(moment, NOW).lag).toMatchObject([
      { nodeId: 'n1', entries: 10n, bytes: unknown('not-supported'), basis: 'self-report-difference', stage: 'applied' },
      { nodeId: 'n3', entries: unknown('unreachable'), basis: 'self-report-difference' },
    ])
    const ahead = momentOf([answered('n1', { applied: 105 }), leader('n2', { committed: 100 })])
    expect(derive(ahead, NOW).lag[0]?.entries).toBe(0n)
  })

  test('of positions of different lineages is unknown', () => {
    const odd = answered('n1')
    const other = { ...odd, groups: odd.groups.map((group) => ({ ...group, log: { ...group.log, applied: { unit: 'entries', lineage: 'other', value: 1n } as const } })) }
    expect(derive(momentOf([other, leader('n2')]), NOW).lag[0]?.entries).toEqual(unknown('not-supported'))
  })

  test('has a trend and a time to catch up', () => {
    const at = (secondsAgo: number, behind: number): ClusterMoment =>
      momentOf([answered('n1', { atMs: NOW - secondsAgo * 1_000 }), leader('n2', { atMs: NOW - secondsAgo * 1_000, peers: [peer('n1', behind)] })], undefined, NOW - secondsAgo * 1_000)
    const lag = derive(at(0, 40), NOW, undefined, recall([at(3, 100), at(2, 80), at(1, 60)])).lag[0]
    expect(lag?.trendPerSecond).toBeCloseTo(-20)
    expect(lag?.etaSeconds).toBeCloseTo(2)
    expect(derive(at(0, 40), NOW).lag[0]?.trendPerSecond).toEqual(unknown('not-measured'))
  })
})

describe('topology and issues', () => {
  test('a fault of one direction shows on that direction only', () => {
    const moment = momentOf([answered('n1', { links: [link('n2', true)] }), leader('n2', { links: [link('n1', true, 9_000)] }), answered('n3')])
    const { topology, issues } = derive(moment, NOW)
    expect(topology.links.map(({ from, to, state }) => `${from}>${to} ${state}`)).toEqual(['n1>n2 down', 'n2>n1 up'])
    expect(issues.map(({ key }) => key)).toEqual(['link-failed:n1>n2'])
  })

  test('a cluster that is well has no issues; each fault has its own', () => {
    expect(derive(quorate(), NOW).issues).toEqual([])
    const keys = (observations: readonly NodeObservation[]): string[] => derive(momentOf(observations), NOW).issues.map(({ key }) => key)
    expect(keys([answered('n1'), leader('n2'), silent('n3')])).toEqual(['node-failed:n3', 'quorum-at-risk', 'low-availability'])
    expect(keys([answered('n1', { leader: null }), silent('n2', 'refused'), silent('n3', 'refused')])).toEqual(['node-failed:n2', 'node-failed:n3', 'quorum-lost', 'low-availability'])
    expect(keys(['n1', 'n2', 'n3'].map((id) => answered(id, { leader: null })))).toEqual(['no-leader'])
    expect(keys([answered('n1', { rttMs: 400 }), leader('n2'), answered('n3')])).toEqual(['high-latency:n1'])
    expect(keys([answered('n1', { alarms: ['NOSPACE'] }), leader('n2', { peers: [peer('n1', 5_000)] }), answered('n3')])).toEqual(['replication-lag:n1', 'engine-alarm:n1:NOSPACE'])
    expect(keys(['n1', 'n2', 'n3'].map((id) => silent(id, 'stopped')))).toEqual([])
  })

  test('any moment at all derives without error', () => {
    const anyNode = fc.constantFrom<NodeObservation>(
      answered('n1'), leader('n1'), leader('n2', { term: 9 }), silent('n2'), silent('n3', 'tunnel-down'), answered('x', { voters: [] }),
      { ...answered('n3'), groups: [] }, { ...answered('n2'), groups: [{ ...answered('n2').groups[0]!, fence: unknown('refused'), leaderId: unknown('refused'), members: unknown('refused') }] },
    )
    fc.assert(fc.property(fc.array(anyNode, { maxLength: 6 }), fc.integer({ min: -100_000, max: 100_000 }), (observations, shift) => {
      const derivation = derive(momentOf(observations), NOW + shift, undefined, [momentOf(observations)])
      for (const words of [derivation.sentence, ...derivation.issues.map((issue) => issue.sentence)]) expect(say(words)).not.toMatch(/undefined|[{}]|^\S+\.\S+$/)
    }))
  })
})
