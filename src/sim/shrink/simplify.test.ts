import { expect, it } from 'vitest'
import { drawPlan } from '../draw'
import type { SimulationPlan } from '../plan'
import { SIMPLIFICATIONS } from './simplify'

const simpler = (text: string, plan: SimulationPlan): SimulationPlan | null => SIMPLIFICATIONS.find((each) => each.text === text)?.apply(plan) ?? null

it('a node that a fault speaks of stays', () => {
  const plan = drawPlan('raft', 1, { profile: 'membership', nodes: 5, spares: 2, faults: [{ kind: 'crash', node: 'n6', atMs: 1, untilMs: 2 }] })
  expect(simpler('no spare nodes', plan)).toBeNull()
  const alone = simpler('no spare nodes', { ...plan, faults: [{ kind: 'crash', node: 'n4', atMs: 1, untilMs: 2 }] })
  expect(alone).toMatchObject({ nodes: 5, spares: 0 })
  expect(alone?.clocks.map(({ node }) => node)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5'])
  expect(simpler('3 nodes', alone as SimulationPlan)).toBeNull()
  expect(simpler('4 nodes', alone as SimulationPlan)).toMatchObject({ nodes: 4 })
})
