import { describe, expect, test } from 'vitest'
import { unknown } from '../../../../core/observation'
import { alarmsOf, observationOf, type EtcdAnswer } from './observation'
import type { EtcdMember, EtcdStatus } from './protocol'

const about = { clusterId: 'c', nodeId: 'a', name: 'n1', atMs: 1, source: { endpoint: 'a:1', path: 'direct' as const } }
const status = (change: Partial<EtcdStatus> = {}): EtcdStatus => ({
  header: { cluster_id: 'cafe', member_id: 'a' }, version: '3.4.23', dbSize: 20_480n, dbSizeInUse: 16_384n, dbSizeQuota: 0n, leader: 'a',
  raftIndex: 12n,
  raftTerm: 4n, raftAppliedIndex: 11n, errors: [], isLearner: false, ...change,
})
const members: EtcdMember[] = ['a', 'b'].map((ID) => ({ ID, name: `n-${ID}`, peerURLs: [], clientURLs: [`http://${ID}:1`], isLearner: false }))
const progress = { raftState: 'StateLeader', term: 4n, progress: { a: { match: 2n ** 60n, next: 0n, state: 'StateProbe' },
  b: { match: 2n ** 60n - 3n, next: 0n, state: 'StateReplicate' } } }
const told = (change: Partial<EtcdAnswer> = {}) => {
  const { groups, ...rest } = observationOf(about, { status: status(), members, raft: progress, rttMs: 1.5, ...change })
  const group = groups[0]
  if (group === undefined) throw new Error('no group')
  return { ...rest, group }
}

describe('what a member says', () => {
  test("etcd's raftIndex is the commit index; what it does not report is unknown, not 0", () => {
    const { group, storage } = told()
    expect(group.log.committed).toEqual({ unit: 'entries', lineage: 'cafe', value: 12n })
    expect(group.log.applied).toMatchObject({ value: 11n })
    expect(group.log.firstAvailable).toEqual(unknown('not-reported'))
    expect(storage.quotaBytes).toEqual(unknown('not-reported'))
    expect(told({ raft: null }).group.log.last).toEqual(unknown('not-reported'))
  })

  test('the leader tells how far each follower is behind, exactly even beyond 2^53', () => {
    const [peer] = told().group.peers
    expect(peer).toMatchObject({ id: 'b', stage: 'flushed', flow: 'replicate', position: { value: 2n ** 60n - 3n },
      lag: { entries: 3n, basis: 'leader-progress' } })
  })

  test('without /debug/vars the followers are named and their lag is unknown', () => {
    expect(told({ raft: null }).group.peers).toEqual([expect.objectContaining({ id: 'b',
      lag: expect.objectContaining({ entries: unknown('not-reported') }) as unknown })])
  })

  test("the leader's own match is its last entry, and from 3.6 on what is on its disk", () => {
    expect(told().group.log).toMatchObject({ last: { value: 2n ** 60n }, persisted: unknown('not-reported') })
    expect(told({ status: status({ version: '3.6.1' }) }).group.log).toMatchObject({ persisted: { value: 2n ** 60n },
      last: unknown('not-reported') })
  })

  test('roles', () => {
    expect(told().group.role).toBe('leader')
    expect(told({ status: status({ leader: 'b' }) }).group).toMatchObject({ role: 'follower', leaderId: 'b', peers: [] })
    expect(told({ status: status({ isLearner: true, leader: 'b' }), members: null }).group).toMatchObject({ role: 'learner',
      members: unknown('not-reported') })
    const alone = status({ leader: '0', errors: ['etcdserver: no leader'] })
    expect(told({ status: alone, raft: null }).group).toMatchObject({ role: unknown('not-reported'), leaderId: null })
    expect(told({ status: alone, raft: { ...progress, raftState: 'StatePreCandidate' } }).group.role).toBe('candidate')
    expect(told({ status: alone }).alarms).toEqual([])
  })

  test('alarms name who raised them', () => {
    const alarms = alarmsOf(['memberID:10276657743932975437 alarm:NOSPACE ', 'alarm:CORRUPT', 'something new'], (id) => `<${id}>`)
    expect(alarms.map((alarm) => alarm.code)).toEqual(['NOSPACE', 'CORRUPT', 'ENGINE'])
    expect(alarms[0]?.text).toContain('<8e9e05c52164694d>')
  })
})
