import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isUnknown, type NodeObservation } from '../../src/core/observation'
import { derive } from '../../src/core/observe'
import { EtcdCluster } from '../../src/main/console/engines'
import { EtcdTestCluster, etcdInstalled } from './support/etcd-cluster'
import { until } from './support/until'

const TARGET = { tls: null, auth: null }

function attach(endpoints: string[], timeoutMs = 1_000): EtcdCluster {
  return new EtcdCluster({ clusterId: 'under-test', target: { ...TARGET, endpoints }, tls: null, withheld: null, nowMs: Date.now, timeoutMs })
}

const group = (observation: NodeObservation) => {
  const first = observation.groups[0]
  if (first === undefined) throw new Error(`${observation.name} told no group: ${observation.reason ?? ''}`)
  return first
}
const leaderOf = (observations: readonly NodeObservation[]) =>
  observations.find((each) => each.reachability === 'ok' && group(each).role === 'leader')
const termOf = (observation: NodeObservation): bigint => {
  const { fence } = group(observation)
  if (isUnknown(fence)) throw new Error('no term')
  return fence.value
}

describe.skipIf(!etcdInstalled())('a real etcd of three members', () => {
  let etcd: EtcdTestCluster
  beforeAll(async () => { etcd = await EtcdTestCluster.start() })
  afterAll(async () => { await etcd.close() })

  test('every member tells its own word, with ids beyond 2^53 intact', async () => {
    const cluster = attach(etcd.endpoints)
    try {
      const observations = await cluster.observeAll()
      expect(observations.map((each) => each.reachability)).toEqual(['ok', 'ok', 'ok'])
      expect(observations.map((each) => each.name).sort()).toEqual(['n1', 'n2', 'n3'])
      const listed = etcd.ctl(['member', 'list']).stdout
      for (const each of observations) expect(listed).toContain(each.nodeId)
      const leader = leaderOf(observations)
      expect(leader).toBeDefined()
      for (const each of observations) {
        expect(group(each).leaderId).toBe(leader?.nodeId)
        expect(each.version).toBe('3.4.23')
        expect(each.rttMs).toBeGreaterThan(0)
        expect(group(each).fence).toMatchObject({ kind: 'raft-term' })
        expect(group(each).log.committed).toMatchObject({ unit: 'entries' })
        expect(each.storage.usedBytes).toBeGreaterThan(0n)
        expect(isUnknown(each.storage.quotaBytes)).toBe(true)
      }
      const peers = leader === undefined ? [] : group(leader).peers
      expect(peers).toHaveLength(2)
      for (const peer of peers) expect(peer.flow).toBe('replicate')
    } finally {
      cluster.close()
    }
  })

  test('the leader is killed: another leads in a later term, the dead one stays shown', async () => {
    const cluster = attach(etcd.endpoints)
    try {
      const before = leaderOf(await cluster.observeAll())
      if (before === undefined) throw new Error('no leader')
      await etcd.kill(before.name)
      try {
        const after = await until('another member leads, and the other follows it', 15_000, async () => {
          const observations = await cluster.observeAll()
          const leader = leaderOf(observations)
          // A new leader may be asked before its own status names the new term, and the other before it has heard of it.
          const isNew = leader !== undefined && leader.nodeId !== before.nodeId && termOf(leader) > termOf(before)
          return isNew && observations.every((each) => each.reachability !== 'ok' || group(each).leaderId === leader.nodeId) && observations
        })
        expect(after).toHaveLength(3)
        const next = leaderOf(after)
        expect(next === undefined ? 0n : termOf(next)).toBeGreaterThan(termOf(before))
        expect(after.find((each) => each.nodeId === before.nodeId)?.reachability).toBe('refused')
        const derived = derive(cluster.moment(), Date.now())
        expect(derived.state).toBe('at-risk')
        expect(derived.margin).toMatchObject({ voters: 3, answering: 2, canLose: 0 })
      } finally {
        // The stories that follow need all three.
        etcd.restart(before.name)
      }
      await until('the member is back', 15_000, async () => (await cluster.observeAll()).every((each) => each.reachability === 'ok'))
    } finally {
      cluster.close()
    }
  })

  test('a hanging member times out alone; the others answer at once', async () => {
    const arrivals = new Map<string, number>()
    let startedMs = 0
    const cluster = new EtcdCluster({
      clusterId: 'under-test', target: { ...TARGET, endpoints: etcd.endpoints }, tls: null, withheld: null, nowMs: Date.now, timeoutMs: 1_000,
      onObservation: (observation) => arrivals.set(observation.name, Date.now() - startedMs),
    })
    try {
      const follower = (await cluster.observeAll()).find((each) => group(each).role === 'follower')
      if (follower === undefined) throw new Error('no follower')
      etcd.signal(follower.name, 'SIGSTOP')
      startedMs = Date.now()
      arrivals.clear()
      const round = await cluster.observeAll()
      expect(round.find((each) => each.name === follower.name)).toMatchObject({ reachability: 'timeout', groups: [] })
      for (const each of round.filter((one) => one.name !== follower.name)) {
        expect(each.reachability).toBe('ok')
        expect(arrivals.get(each.name)).toBeLessThan(800)
      }
      etcd.ctl(['put', 'while', 'stopped'])
      const behind = await until('the leader tells that it is behind', 5_000, async () => {
        const leader = leaderOf(await cluster.observeAll())
        const entries = leader === undefined ? undefined : group(leader).peers.find((peer) => peer.id === follower.nodeId)?.lag.entries
        return typeof entries === 'bigint' && entries > 0n && entries
      })
      expect(behind).toBeGreaterThan(0n)
    } finally {
      for (const member of etcd.members) etcd.signal(member.name, 'SIGCONT')
      cluster.close()
    }
  })

  test('a member that hung from the first question on is told by its own id, each round alike, and answers once it goes on', async () => {
    etcd.signal('n2', 'SIGSTOP')
    const cluster = attach(etcd.endpoints, 500)
    try {
      for (let round = 0; round < 5; round += 1) {
        const hung = (await cluster.observeAll()).filter((each) => each.reachability !== 'ok')
        expect(hung.map((each) => [each.name, each.reachability])).toEqual([['n2', 'timeout']])
      }
      etcd.signal('n2', 'SIGCONT')
      await until('n2 answers', 10_000, async () => (await cluster.observeAll()).some((each) => each.name === 'n2' && each.reachability === 'ok'))
    } finally {
      etcd.signal('n2', 'SIGCONT')
      cluster.close()
    }
  })

  test('attached with one member down, it is one and the same member before and after', async () => {
    await etcd.kill('n3')
    const cluster = attach(etcd.endpoints)
    try {
      await cluster.observeAll()
      const round = await cluster.observeAll()
      expect(round).toHaveLength(3)
      expect(cluster.expected.map((member) => member.name).sort()).toEqual(['n1', 'n2', 'n3'])
      const dead = round.find((each) => each.name === 'n3')
      expect(dead?.reachability).toBe('refused')
      etcd.restart('n3')
      const back = await until('n3 answers', 15_000,
        async () => (await cluster.observeAll()).find((each) => each.name === 'n3' && each.reachability === 'ok'))
      expect(back.nodeId).toBe(dead?.nodeId)
    } finally {
      cluster.close()
    }
  })

  test('one endpoint is enough to find all members', async () => {
    const cluster = attach(etcd.endpoints.slice(0, 1))
    try {
      expect((await cluster.observeAll()).length).toBeGreaterThanOrEqual(1)
      expect((await cluster.observeAll()).map((each) => each.name).sort()).toEqual(['n1', 'n2', 'n3'])
    } finally {
      cluster.close()
    }
  })

  test('without a quorum the last member still answers, and says that it has no leader', async () => {
    const cluster = attach(etcd.endpoints)
    try {
      await cluster.observeAll()
      await etcd.kill('n1')
      await etcd.kill('n2')
      const left = await until('n3 has no leader', 15_000, async () => {
        const round = await cluster.observeAll()
        return round.find((each) => each.name === 'n3' && each.reachability === 'ok' && group(each).leaderId === null)
      })
      expect(['candidate', 'follower']).toContain(group(left).role)
      expect(derive(cluster.moment(), Date.now()).state).toBe('no-quorum')
      etcd.restart('n1')
      etcd.restart('n2')
      await etcd.ready()
    } finally {
      cluster.close()
    }
  })

  test('a learner is a learner and no voter; removed by the majority it is expected no more', async () => {
    const cluster = attach(etcd.endpoints)
    try {
      const process = await etcd.addLearner('learner')
      const learner = await until('the learner answers', 15_000, async () =>
        (await cluster.observeAll()).find((each) => each.reachability === 'ok' && group(each).role === 'learner'))
      expect(cluster.expected.find((member) => member.id === learner.nodeId)).toMatchObject({ voter: false, endpoint: process.endpoint })
      expect(etcd.ctl(['member', 'remove', learner.nodeId]).status).toBe(0)
      await until('it is expected no more', 10_000, async () => {
        await cluster.observeAll()
        return !cluster.expected.some((member) => member.id === learner.nodeId)
      })
      expect(cluster.expected).toHaveLength(3)
    } finally {
      cluster.close()
    }
  })
})

describe.skipIf(!etcdInstalled())('an etcd out of space', () => {
  test('its NOSPACE alarm is told', async () => {
    const etcd = await EtcdTestCluster.start({ members: 1, quotaBytes: 16 * 1024 * 1024 })
    const cluster = attach(etcd.endpoints)
    try {
      const value = 'x'.repeat(1_000_000)
      await until('the quota is reached', 60_000, () => etcd.ctl(['put', 'fill'], value).stderr.includes('database space exceeded'))
      const full = await until('the alarm is seen', 10_000, async () => (await cluster.observeAll()).find((each) => each.alarms.length > 0))
      expect(full.alarms[0]).toMatchObject({ code: 'NOSPACE' })
      expect(full.alarms[0]?.text).toContain('n1')
    } finally {
      cluster.close()
      await etcd.close()
    }
  })
})
