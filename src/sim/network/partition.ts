/** Which links a partition cuts, as ordered pairs. */
import type { PartitionShape } from '../plan'

export type Pair = readonly [from: string, to: string]

/** `nodes` are all of the simulation's nodes; one that no group names is in a group of its own. */
export function cutsOf(shape: PartitionShape, nodes: readonly string[]): readonly Pair[] {
  const pairs = nodes.flatMap((from) => nodes.flatMap((to): Pair[] => (from === to ? [] : [[from, to]])))
  return pairs.filter(([from, to]) => isCut(shape, nodes, from, to))
}

function isCut(shape: PartitionShape, nodes: readonly string[], from: string, to: string): boolean {
  switch (shape.shape) {
    case 'groups': {
      const group = shape.groups.find((each) => each.includes(from))
      return group === undefined || !group.includes(to)
    }
    case 'one-way': return shape.from.includes(from) && shape.to.includes(to)
    case 'isolate': return from === shape.node || to === shape.node
    case 'ring': {
      const apart = Math.abs(nodes.indexOf(from) - nodes.indexOf(to))
      return apart !== 1 && apart !== nodes.length - 1
    }
    case 'bridge': {
      if (from === shape.bridge || to === shape.bridge) return false
      const others = nodes.filter((id) => id !== shape.bridge)
      const isLeft = (id: string): boolean => others.indexOf(id) < others.length / 2
      return isLeft(from) !== isLeft(to)
    }
  }
}
