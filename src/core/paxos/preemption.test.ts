/** A leader that others have left behind, and does not know it yet. */
import { describe, expect, it } from 'vitest'
import { TestCluster } from './cluster.fixture'

const FIVE = ['a', 'b', 'c', 'd', 'e']

/**
 * The first leader's last value reached only one member. The others elected another leader while the first one stood still, and that one's
 * value is chosen in the same slot. The first leader hears of it from everyone but the new leader.
 */
function leftBehind(snapshots: boolean): { cluster: TestCluster; old: string; loyal: string; rest: readonly string[]; applied: Map<string, string> } {
  const applied = new Map<string, string>()
  const cluster = new TestCluster({
    ids: FIVE, limits: { trailingEntriesMax: 0 },
    onApplied: ({ id }, { index, command }) => { if (index === 1) applied.set(id, command === null ? '' : Buffer.from(command).toString()) },
  })
  const old = cluster.elect()
  const [loyal, ...rest] = FIVE.filter((id) => id !== old) as [string, string, string, string]
  cluster.partition([old, loyal], rest)
  cluster.propose(old, 'x=lost')
  cluster.settleDown()
  for (let i = 0; i < 100 && cluster.leaders().every((id) => id === old); i++) {
    for (const id of rest) cluster.node(id).tick()
    cluster.settleDown()
  }
  const next = cluster.leaders().find((id) => id !== old) as string
  cluster.propose(next, 'x=kept')
  for (let i = 0; i < 3; i++) {
    for (const id of rest) cluster.node(id).tick()
    cluster.settleDown()
  }
  if (snapshots) for (const id of rest) cluster.node(id).snapshot()
  cluster.settleDown()
  cluster.heal()
  cluster.cutLink(next, old)
  cluster.cutLink(next, loyal)
  return { cluster, old, loyal, rest, applied }
}

describe('a leader that was deposed without hearing of it', () => {
  it.each([['from the log', false], ['by a snapshot', true]])('and learns what was chosen after it %s tells no one that its own value was', (_, snapshots) => {
    const { cluster, old, loyal, rest, applied } = leftBehind(snapshots)
    for (let i = 0; i < 4; i++) {
      for (const id of rest) cluster.node(id).tick()
      cluster.settleDown()
      cluster.node(old).tick()
      cluster.settleDown()
    }
    expect(cluster.node(old).state.keys.get('x')).toBe('kept')
    expect(new Set(applied.values())).toEqual(new Set(['x=kept']))
    cluster.heal()
    cluster.run(60)
    expect(cluster.node(loyal).state.keys.get('x')).toBe('kept')
  })
})
