import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClusterMoment, NodeObservation } from '../observation'
import { answered, leader, link, momentOf, NOW, peer, silent } from './cluster.fixture'
import { applyChange, DEFAULT_THRESHOLDS, derive, eventsBetween, recall, samplesOf, samplesOfLag, say, SENTENCES, timelineOf, type Earlier } from './index'

const kinds = (before: ClusterMoment | null, after: ClusterMoment): string[] => eventsBetween(before, after).map(({ kind, nodeId }) => (nodeId === undefined ? kind : `${kind} ${nodeId}`))

describe('events', () => {
  const calm = momentOf([answered('n1'), leader('n2'), answered('n3')])

  test('the first moment and an equal one bring none', () => {
    expect(eventsBetween(null, calm)).toEqual([])
    expect(eventsBetween(calm, { ...calm, observations: calm.observations.map((each) => ({ ...each })) })).toEqual([])
  })

  test('a leader is killed and another elected: each change is told once', () => {
    const story = [
      silent('n2', 'refused', NOW + 100),
      answered('n3', { role: 'candidate', term: 8, leader: null, atMs: NOW + 300 }),
      leader('n3', { term: 8, atMs: NOW + 320 }),
      answered('n1', { term: 8, leader: 'n3', atMs: NOW + 400 }),
      answered('n2', { term: 8, leader: 'n3', atMs: NOW + 900 }),
    ]
    let moment = calm
    const told: string[][] = []
    for (const each of story) {
      const next = applyChange(moment, each)
      told.push(kinds(moment, next))
      moment = next
    }
    expect(told).toEqual([
      ['node-down n2', 'leader-lost n2', 'quorum-lost'],
      ['election-started n3', 'epoch-changed', 'disagreement'],
      ['leader-elected n3'],
      ['quorum-regained', 'agreement'],
      ['node-up n2'],
    ])
  })

  test('who answers for the first time is not told as being back, and neither is a link', () => {
    const unborn = momentOf([silent('n1', 'unknown'), answered('n2', { links: [link('n1', false)] })])
    const born = momentOf([answered('n1'), answered('n2', { links: [link('n1', true)] })])
    const words = (earlier: Earlier): string[] => eventsBetween(unborn, born, DEFAULT_THRESHOLDS, earlier).slice(0, 2).map((event) => say(event.sentence))
    expect(words(recall([unborn]))).toEqual(['n1 answers.', 'The link from n2 to n1 is up.'])
    expect(words(recall([born, unborn]))).toEqual(['n1 answers again.', 'The link from n2 to n1 is up again.'])
  })

  test('links, alarms, versions and members', () => {
    const before = momentOf([leader('n2', { links: [link('n1', true)] }), answered('n1')])
    const after = momentOf([{ ...leader('n2', { links: [link('n1', false)], alarms: ['CORRUPT'], voters: ['n1', 'n2', 'n4'] }), version: '2' }, answered('n1')])
    expect(kinds(before, after)).toEqual(['link-down n2', 'alarm-raised n2', 'version-changed n2', 'member-added n4', 'member-removed n3', 'disagreement'])
  })

  test('a deposed leader changes its role', () => {
    expect(kinds(calm, applyChange(calm, answered('n2', { term: 8, leader: null, atMs: NOW + 1 })))).toContain('role-changed n2')
  })
})

describe('timeline', () => {
  const change = (nodeId: string, atMs: number, told: Parameters<typeof answered>[1] = {}): NodeObservation => answered(nodeId, { atMs: NOW + atMs, ...told })

  test('merges what stays the same, marks elections, and leaves a gap where nothing was heard', () => {
    const base = momentOf([change('n1', 0)])
    const changes = [change('n1', 1_000), change('n1', 2_000), change('n1', 2_500, { role: 'candidate', term: 8, leader: null }), change('n1', 2_600, { role: 'leader', term: 8, leader: 'n1' }), change('n1', 20_000, { role: 'leader', term: 8, leader: 'n1' })]
    const { spans, marks } = timelineOf(base, changes, NOW, NOW + 21_000)
    expect(spans.map(({ fromMs, toMs, role }) => [fromMs - NOW, toMs - NOW, role])).toEqual([
      [0, 2_500, 'follower'], [2_500, 2_600, 'candidate'], [2_600, 5_600, 'leader'], [20_000, 21_000, 'leader'],
    ])
    expect(marks.map(({ atMs, kind }) => [atMs - NOW, kind])).toEqual([[2_500, 'election-started'], [2_600, 'leader-lost'], [2_600, 'leader-elected']])
  })

  test('spans of a member never overlap and stay within the range', () => {
    const step = fc.record({ node: fc.constantFrom('n1', 'n2'), wait: fc.integer({ min: 0, max: 5_000 }), role: fc.constantFrom('leader', 'follower', 'candidate'), term: fc.integer({ min: 1, max: 4 }) })
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 60_000 }), (steps, length) => {
      let atMs = 0
      const changes = steps.map(({ node, wait, role, term }) => change(node, (atMs += wait), { role: role as 'leader', term, leader: role === 'leader' ? node : null }))
      const { spans } = timelineOf(momentOf([]), changes, NOW, NOW + length)
      for (const node of ['n1', 'n2']) {
        let end = NOW
        for (const span of spans.filter(({ nodeId }) => nodeId === node)) {
          expect(span.fromMs).toBeGreaterThanOrEqual(end)
          expect(span.toMs).toBeGreaterThan(span.fromMs)
          end = span.toMs
        }
        expect(end).toBeLessThanOrEqual(NOW + length)
      }
    }))
  })
})

describe('changes and samples', () => {
  test('an older observation changes nothing', () => {
    const moment = momentOf([answered('n1')])
    expect(applyChange(moment, answered('n1', { atMs: NOW - 1 }))).toBe(moment)
    expect(applyChange(moment, answered('n2', { atMs: NOW + 5 }))).toMatchObject({ atMs: NOW + 5, observations: [{ nodeId: 'n1' }, { nodeId: 'n2' }] })
  })

  test('what is unknown gives no sample', () => {
    expect(samplesOf(silent('n1')).map(({ metric, value }) => [metric, value])).toEqual([['up', 0]])
    const samples = samplesOf(leader('n2', { peers: [peer('n1', 5)], links: [link('n1', true)] }))
    expect(samples.find(({ metric }) => metric === 'lag-entries')).toEqual({ nodeId: 'n2', peerId: 'n1', metric: 'lag-entries', atMs: NOW, value: 5 })
    expect(samples.some(({ metric }) => metric === 'lag-bytes')).toBe(false)
  })

  test('lag that nobody reports is sampled from the derivation, under the same name', () => {
    const derivation = derive(momentOf([answered('n1', { applied: 90 }), leader('n2')]), NOW)
    expect(samplesOfLag(derivation)).toEqual([{ nodeId: 'n2', peerId: 'n1', metric: 'lag-entries', atMs: NOW, value: 10 }])
  })
})

describe('sentences', () => {
  const keys = Object.keys(SENTENCES)
  test.each(keys)('%s has English words that use its parameters only', (key) => {
    const parameters = Object.fromEntries(SENTENCES[key as keyof typeof SENTENCES].map((name: string) => [name, name.endsWith('Key') ? 'role.leader' : name.endsWith('Ms') ? 5_000 : `<${name}>`]))
    const words = say({ key, parameters })
    expect(words).not.toMatch(/[{}]|undefined/)
    expect(words).not.toBe(key)
  })

  test('no key is the beginning of another, so that catalogues may be trees', () => {
    for (const key of keys) expect(keys.filter((other) => other.startsWith(`${key}.`))).toEqual([])
  })

  test('a sentence of a later version still says something', () => {
    const unheardOf = { key: 'event.unheard-of', parameters: { name: 'n1', forMs: 5_000 } }
    expect(say(unheardOf)).toBe('event.unheard-of (name: n1, forMs: 5000)')
    expect(say(unheardOf, { 'event.unheard-of': '{name} hums for {forMs}.' })).toBe('n1 hums for 5 s.')
  })
})
