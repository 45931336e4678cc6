import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodeObservation } from '../observation'
import { faultyAtLeast, type Accusation } from './accusations'
import { answered, expecting, momentOf, NOW, peer, silent, type Told } from './cluster.fixture'
import { derive, eventsBetween, say } from './index'
import { failuresTolerated, quorumSize } from './quorum-rule'

const FOUR = ['n1', 'n2', 'n3', 'n4']
const SEVEN = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7']
const view = (value: number) => ({ kind: 'view' as const, value: BigInt(value) })
const replica = (id: string, voters: readonly string[], told: Told = {}): NodeObservation =>
  answered(id, { role: told.leader === id || (told.leader === undefined && id === 'n1') ? 'primary' : 'replica', leader: 'n1', fence: view(0), voters, ...told })
const group = (voters: readonly string[], told: Readonly<Record<string, Told | NodeObservation>> = {}) => momentOf(voters.map((id) => {
  const each = told[id]
  return each !== undefined && 'nodeId' in each ? each : replica(id, voters, each)
}), expecting(voters))

const spoken = (moment: ReturnType<typeof group>): string => say(derive(moment, NOW).sentence)

describe('a group in which members may lie', () => {
  test('of four one may be lost, of seven two', () => {
    expect(spoken(group(FOUR))).toBe('Quorate. 4 of 4 voters agree on n1 in view 0. Can lose 1 more.')
    expect(spoken(group(SEVEN))).toBe('Quorate. 7 of 7 voters agree on n1 in view 0. Can lose 2 more.')
    expect(derive(group(FOUR), NOW).margin).toMatchObject({ voters: 4, agreeing: 4, faulty: 0, needed: 3, canLose: 1 })
  })

  test('two of four lost are too many, which a majority rule would not see of seven', () => {
    expect(derive(group(FOUR, { n3: silent('n3', 'ended'), n4: silent('n4', 'ended') }), NOW).state).toBe('no-quorum')
    const threeOfSeven = group(SEVEN, { n5: silent('n5', 'ended'), n6: silent('n6', 'ended'), n7: silent('n7', 'ended') })
    expect(derive(threeOfSeven, NOW)).toMatchObject({ state: 'no-quorum', margin: { needed: 5, agreeing: 4 } })
  })

  test('a primary that is down takes nothing with it: the others change the view as soon as there is something to decide', () => {
    expect(spoken(group(FOUR, { n1: silent('n1', 'ended') }))).toBe('At risk. n1 does not answer. Losing one more stops writes.')
  })

  test('a primary that says it is in another view is not agreed on', () => {
    const moment = group(FOUR, { n1: { fence: view(1), leader: 'n2', role: 'replica' } })
    expect(derive(moment, NOW).state).toBe('no-quorum')
  })

  test('a liar counts as lost, though it answers and agrees', () => {
    const moment = group(FOUR, { n2: { accuses: ['n1'] }, n3: { accuses: ['n1'] } })
    expect(spoken(moment)).toBe('At risk. n1 has broken the protocol, by the word of others. Losing one more stops writes.')
    expect(derive(moment, NOW).margin).toMatchObject({ agreeing: 4, faulty: 1, canLose: 0, critical: FOUR })
    expect(spoken(group(SEVEN, { n2: { accuses: ['n1'] } }))).toBe('At risk. n1 has broken the protocol, by the word of others. Can lose 1 more.')
  })

  test('a member that says nothing to the others is not counted on, though it answers the console', () => {
    const silentTo = (id: string): Told => ({ peers: [{ ...peer(id, 0), lag: { ...peer(id, 0).lag, silentForMs: 60_000 } }] })
    const moment = group(FOUR, { n2: silentTo('n4'), n3: silentTo('n4') })
    expect(spoken(moment)).toBe('At risk. n4 says nothing to the others. Losing one more stops writes.')
    expect(derive(moment, NOW).margin).toMatchObject({ answering: 4, agreeing: 3, canLose: 0 })
    // One word is not enough: whoever says it may lie.
    expect(derive(group(FOUR, { n2: silentTo('n4') }), NOW).state).toBe('quorate')
  })

  test('one alert for each liar, on the word of all its accusers', () => {
    const { issues } = derive(group(FOUR, { n2: { accuses: ['n1'] }, n3: { accuses: ['n1'] } }), NOW)
    const told = issues.filter(({ code }) => code === 'misbehaviour' || code === 'engine-alarm')
    expect(told).toMatchObject([{ key: 'misbehaviour:n1', severity: 'critical', nodeId: 'n1', by: ['n2', 'n3'] }])
    expect(told.map((each) => say(each.sentence))).toEqual(['n1 broke the protocol, by the word of n2, n3. It proposed two different batches at view 3, sequence 17.'])
  })

  test('a liar that accuses everybody costs one, not three', () => {
    expect(derive(group(FOUR, { n4: { accuses: ['n1', 'n2', 'n3'] } }), NOW).margin).toMatchObject({ faulty: 1, canLose: 0 })
  })

  test('an accused member that does not agree anyway is not counted twice', () => {
    expect(derive(group(FOUR, { n4: silent('n4', 'ended'), n2: { accuses: ['n4'] } }), NOW).margin).toMatchObject({ agreeing: 3, faulty: 0, canLose: 0 })
  })

  test('events say primary and view', () => {
    const before = group(FOUR)
    const told: Told = { fence: view(1), leader: 'n2' }
    const after = { ...momentOf(FOUR.map((id) => answered(id, { voters: FOUR, role: id === 'n2' ? 'primary' : 'replica', ...told, atMs: NOW + 1 })), expecting(FOUR), NOW + 1) }
    const words = eventsBetween(before, after).map((each) => say(each.sentence))
    expect(words).toContain('n2 is primary in view 1.')
    expect(words).toContain('The view went from 0 to 1.')
    const asking = group(FOUR, { n3: { role: 'candidate', leader: null, fence: view(1) } })
    expect(eventsBetween(before, asking).map((each) => say(each.sentence))).toContain('n3 asks for view 1.')
    const accusing = group(FOUR, { n2: { accuses: ['n1'] } })
    expect(eventsBetween(before, accusing).map((each) => say(each.sentence))).toEqual(['n2 says that n1 broke the protocol. It proposed two different batches at view 3, sequence 17.'])
    expect(eventsBetween(accusing, accusing)).toEqual([])
  })
})

test('ballots are written as the protocol writes them', () => {
  const fence = { kind: 'ballot' as const, value: 7n * 1024n + 2n, label: '7.n2' }
  const moment = momentOf(['n1', 'n2', 'n3'].map((id) => answered(id, { role: id === 'n2' ? 'leader' : 'follower', fence })))
  expect(spoken(moment)).toBe('Quorate. 3 of 3 voters agree on n2 in ballot 7.n2. Can lose 1 more.')
  const cells = derive(moment, NOW).matrix.rows.flatMap(({ cells: each }) => each.filter(({ column }) => column === 'fence'))
  expect(cells.map(({ claim }) => ('value' in claim ? claim.value : ''))).toEqual(['7.n2', '7.n2', '7.n2'])
})

test('what a group tolerates, and what it needs', () => {
  for (const voters of [1, 3, 4, 5, 7]) {
    const ids = Array.from({ length: voters }, (_, i) => `n${i}`)
    for (const rule of ['majority', 'byzantine'] as const) expect(voters - quorumSize(rule, ids)).toBeGreaterThanOrEqual(failuresTolerated(rule, voters))
  }
  expect([1, 3, 5, 7].map((voters) => failuresTolerated('majority', voters))).toEqual([0, 1, 2, 3])
  expect([1, 4, 7].map((voters) => failuresTolerated('byzantine', voters))).toEqual([0, 1, 2])
})

test('the true liars always explain every accusation, so no fewer are claimed than there can be and never more than there are', () => {
  fc.assert(fc.property(fc.subarray(SEVEN), fc.array(fc.tuple(fc.constantFrom(...SEVEN), fc.constantFrom(...SEVEN))), (liars, pairs) => {
    // Honest members accuse liars only; a liar accuses whom it likes.
    const accusations: Accusation[] = pairs.filter(([by, about]) => by !== about && (liars.includes(by) || liars.includes(about))).map(([by, about]) => ({ by, about, text: '' }))
    const least = faultyAtLeast(accusations, SEVEN)
    expect(least).toBeLessThanOrEqual(liars.length)
    expect(least > 0).toBe(accusations.length > 0)
  }))
})
