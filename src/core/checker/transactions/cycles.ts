/** Cycles in graphs of dependencies: strongly connected components after Tarjan (1972), and short cycles by breadth-first search. */
import type { Dependency, DependencyKind, Graph } from './dependencies'

/** Components of at least two members, with the edges that `follows` accepts. Iterative: graphs are deep. */
export function components(graph: Graph, follows: (kind: DependencyKind) => boolean): number[][] {
  const size = graph.length
  const order = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const onStack = new Uint8Array(size)
  const nextEdge = new Int32Array(size)
  const stack: number[] = []
  const found: number[][] = []
  let count = 0
  const open = (node: number, path: number[]): void => {
    order[node] = low[node] = count++
    onStack[node] = 1
    stack.push(node)
    path.push(node)
  }
  const close = (node: number): void => {
    if (low[node] !== order[node]) return
    const members = stack.splice(stack.lastIndexOf(node))
    for (const each of members) onStack[each] = 0
    if (members.length > 1) found.push(members)
  }
  for (let root = 0; root < size; root++) {
    if ((order[root] as number) >= 0) continue
    const path: number[] = []
    for (open(root, path); path.length > 0;) {
      const node = path.at(-1) as number
      const edge = graph[node]?.[(nextEdge[node] as number)]
      if (edge === undefined) {
        path.pop()
        const parent = path.at(-1)
        if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number)
        close(node)
        continue
      }
      nextEdge[node] = (nextEdge[node] as number) + 1
      if (!follows(edge.kind)) continue
      if ((order[edge.to] as number) < 0) open(edge.to, path)
      else if (onStack[edge.to] === 1) low[node] = Math.min(low[node] as number, order[edge.to] as number)
    }
  }
  return found
}

/** The shortest way from one member to another within a component, at most `edgesMax` long. */
export function shortestPath(
  graph: Graph, from: number, to: number, within: ReadonlySet<number>, follows: (kind: DependencyKind) => boolean, edgesMax = Infinity,
): Dependency[] | null {
  const arrived = new Map<number, Dependency | null>([[from, null]])
  let frontier = [from]
  for (let length = 0; frontier.length > 0 && length < edgesMax; length++) {
    const next: number[] = []
    for (const node of frontier) {
      for (const edge of graph[node] ?? []) {
        if (!follows(edge.kind) || !within.has(edge.to)) continue
        if (edge.to === to) return [...wayTo(arrived, node), edge]
        if (arrived.has(edge.to)) continue
        arrived.set(edge.to, edge)
        next.push(edge.to)
      }
    }
    frontier = next
  }
  return null
}

function wayTo(arrived: ReadonlyMap<number, Dependency | null>, node: number): Dependency[] {
  const way: Dependency[] = []
  for (let edge = arrived.get(node); edge !== undefined && edge !== null; edge = arrived.get(edge.from)) way.push(edge)
  return way.reverse()
}
