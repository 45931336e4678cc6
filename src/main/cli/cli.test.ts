import { describe, expect, test } from 'vitest'
import { ok } from '../../core/base'
import { silentObservation, unknown, type ClusterMoment, type NodeObservation } from '../../core/observation'
import { derive } from '../../core/observe'
import { defaultDataDirectory } from '../console/data-directory/default-data-directory'
import { EXIT } from './exit-codes'
import { slowLink } from './fault-command'
import { exitCodeOfMoment } from './observe'
import { exitCodeOf } from './outcome'
import { observationJson } from './public-json'
import { parseProtocolOptions } from './protocol-options'
import { parseBandwidth, parseGroups, parseMilliseconds, parseShare } from './quantities'
import { columns, observationTable, size } from './table'
import { parseTarget } from './target'

describe('targets', () => {
  const plain = { tls: null, auth: null }
  test.each([
    ['etcd://a', { ...plain, endpoints: ['a:2379'] }],
    ['etcd://10.0.0.1:1,10.0.0.2:2/', { ...plain, endpoints: ['10.0.0.1:1', '10.0.0.2:2'] }],
    ['etcd://[::1]:5', { ...plain, endpoints: ['[::1]:5'] }],
    ['etcd://[::1]', { ...plain, endpoints: ['[::1]:2379'] }],
    ['etcds://a', { endpoints: ['a:2379'], auth: null, tls: { ca: null, certificate: null, key: null, serverName: null } }],
  ])('%s', (text, target) => {
    expect(parseTarget(text, {})).toEqual(ok({ kind: 'etcd', target }))
  })

  test('a name is the name of a cluster', () => {
    expect(parseTarget('Local cluster', {})).toEqual(ok({ kind: 'named', name: 'Local cluster' }))
  })

  test.each([
    ['', {}], ['etcd://', {}], ['etcd://a:port', {}], ['etcd://a:b:c', {}], ['https://a', {}], ['zk://a', {}],
    ['etcd://a', { ca: 'ca.pem' }], ['etcds://a', { cert: 'c.pem' }], ['etcd://a', { user: 'root' }], ['demo', { user: 'root', password: 'x' }],
  ])('%j with %j is wrong usage, and says what to write', (text, options) => {
    const parsed = parseTarget(text, options)
    expect(parsed).toMatchObject({ ok: false, error: { code: 'usage', hint: expect.any(String) as unknown } })
  })
})

test('a password in the target is refused and not repeated', () => {
  const parsed = parseTarget('etcd://root:s3cret@a', {})
  expect(parsed).toMatchObject({ ok: false, error: { message: expect.stringContaining('do not belong in the target') as unknown } })
  expect(JSON.stringify(parsed)).not.toContain('s3cret')
})

describe('what the nodes of a new cluster run with', () => {
  test('is nothing said, or what was said and no more', () => {
    expect(parseProtocolOptions('raft', {})).toEqual(ok(null))
    expect(parseProtocolOptions('pbft', {})).toEqual(ok(null))
    expect(parseProtocolOptions('paxos', { reads: 'lease' })).toEqual(ok({ reads: 'lease' }))
    expect(parseProtocolOptions('pbft', { tentative: true })).toEqual(ok({ tentative: true }))
    expect(parseProtocolOptions('raft', { reads: 'index', forwarding: true, snapshotAfter: '5000' })).toEqual(ok({ reads: 'index', forwarding: true, snapshotAfterEntries: 5000 }))
  })

  test.each([['raft', { snapshotAfter: '99' }], ['raft', { snapshotAfter: '5k' }], ['raft', { snapshotAfter: '10000001' }], ['pbft', { forwarding: true }],
    ['pbft', { forwarding: true, tentative: true }], ['raft', { tentative: true }]] as const)('%s with %j is wrong usage', (protocol, given) => {
    expect(parseProtocolOptions(protocol, given)).toMatchObject({ ok: false, error: { code: 'usage', hint: expect.any(String) as unknown } })
  })
})

describe('quantities', () => {
  test('times, shares, bandwidths and groups', () => {
    expect([parseMilliseconds('150'), parseMilliseconds('150ms'), parseMilliseconds('1.5s')]).toEqual([ok(150), ok(150), ok(1500)])
    expect([parseShare('0.1'), parseShare('10%')]).toEqual([ok(0.1), ok(0.1)])
    expect([parseBandwidth('64k'), parseBandwidth('1M'), parseBandwidth('5000')]).toEqual([ok(64_000), ok(1_000_000), ok(5_000)])
    expect(parseGroups('n1,n2/n3')).toEqual(ok([['n1', 'n2'], ['n3']]))
    for (const wrong of [parseMilliseconds('soon'), parseShare('120%'), parseBandwidth('1G'), parseGroups('n1//n2'),
      parseGroups('n1/n1')]) expect(wrong).toMatchObject({ ok: false })
  })

  test('a slowed link', () => {
    expect(slowLink('a', 'b', { latency: '10', loss: '5%', oneWay: true })).toEqual(
      ok({ kind: 'link', from: 'a', to: 'b', bothWays: false, cut: false, latencyMs: 10, jitterMs: 0, loss: 0.05, bytesPerSecondMax: null }))
    expect(slowLink('a', 'b', {})).toMatchObject({ ok: false })
    expect(slowLink('a', 'b', { latency: 'x' })).toMatchObject({ ok: false })
  })
})

const about = (nodeId: string) => ({ clusterId: 'c', nodeId, name: `name-${nodeId}`, atMs: 1_000,
  source: { endpoint: `${nodeId}:1`, path: 'direct' as const } })
const big = 2n ** 63n + 1n
const none = unknown('not-reported')

function answering(nodeId: string): NodeObservation {
  return {
    ...silentObservation(about(nodeId), 'refused', ''), reachability: 'ok', rttMs: 1.25, version: '9.9',
    groups: [{
      groupId: 'raft', role: nodeId === 'a' ? 'leader' : 'follower', leaderId: 'a', fence: { kind: 'raft-term', value: big }, members: none,
      log: { firstAvailable: none, last: none, persisted: none, committed: { unit: 'entries', lineage: 'l', value: big }, applied: none },
      peers: [],
    }],
  }
}

const moment: ClusterMoment = {
  clusterId: 'c', atMs: 1_000, expected: ['a', 'b', 'c'].map((id) => ({ id, name: `name-${id}`, endpoint: `${id}:1`, voter: true })),
  observations: [answering('a'), answering('b'), silentObservation(about('c'), 'timeout', 'It hangs. Look.')],
}
const identity = { target: 'etcd://a:1', id: 'cafe', name: 'etcd://a:1', engine: 'etcd 9.9' }

describe('output', () => {
  test('JSON holds 64-bit numbers as text and unknown with its reason', () => {
    const told = JSON.parse(observationJson(identity, moment, derive(moment, 1_000))) as Record<string, unknown>
    expect(told).toMatchObject({
      version: 1, target: 'etcd://a:1',
      nodes: [
        { id: 'a', rttMs: 1.25, groups: [{ fence: { kind: 'raft-term', value: '9223372036854775809' },
          log: { committed: { value: '9223372036854775809' }, last: { unknown: 'not-reported' } } }] },
        { id: 'b' }, { id: 'c', reachability: 'timeout', reason: 'It hangs. Look.', rttMs: { unknown: 'unreachable' }, groups: [] },
      ],
      summary: { leaderId: 'a', fence: { value: '9223372036854775809' }, quorumMargin: { voters: 3, answering: 2, needed: 2 } },
    })
  })

  test('the table tells what is unknown as ?, never as 0', () => {
    const text = observationTable(identity, moment, derive(moment, 1_000))
    expect(text).toContain('9223372036854775809')
    expect(text.split('\n').find((line) => line.startsWith('name-c '))).toMatch(/timeout\s+\?\s+\?/)
    expect(text).toContain('It hangs. Look.')
  })

  test('columns and sizes', () => {
    expect(columns([['a', 'bb', 'c'], ['aaa', 'b', '']])).toBe('a    bb  c\naaa  b')
    expect([size(12n), size(20_480n), size(25_460_736n), size(none)]).toEqual(['12 B', '20.5 kB', '25.5 MB', '?'])
  })
})

describe('exit codes', () => {
  test('of a moment', () => {
    expect(exitCodeOfMoment(moment, 'quorate')).toBe(EXIT.ok)
    expect(exitCodeOfMoment(moment, 'at-risk')).toBe(EXIT.atRisk)
    expect(exitCodeOfMoment(moment, 'no-quorum')).toBe(EXIT.noQuorum)
    expect(exitCodeOfMoment({ ...moment, observations: moment.observations.slice(2) }, 'unknown')).toBe(EXIT.unreachable)
  })

  test('of failures', () => {
    expect(['certificate-rejected', 'no-console', 'usage', 'name-taken'].map(exitCodeOf)).toEqual([EXIT.rejected, EXIT.unreachable,
      EXIT.usage, EXIT.failed])
  })
})

test('data is where the desktop app keeps it', () => {
  expect(defaultDataDirectory('linux', {}, '/home/me')).toBe('/home/me/.config/Quorate')
  expect(defaultDataDirectory('linux', { XDG_CONFIG_HOME: '/x' }, '/home/me')).toBe('/x/Quorate')
  expect(defaultDataDirectory('darwin', {}, '/Users/me')).toBe('/Users/me/Library/Application Support/Quorate')
})
