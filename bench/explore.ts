// npm run bench -- explore [--protocol raft|paxos|pbft] [--states N] [--seconds N] [--scope NAME] [--order breadth|progress]: explores
// small clusters state by state and prints JSON: states, steps, depth, whether that was all of them, CPU time. How far it is goes
// to standard error.
import { parseArgs } from 'node:util'
import { explore, paxosSubject, pbftSubject, raftSubject, type Explored, type ExploreScope } from '../src/sim/explore'

const MIB = 1024 * 1024

const { values } = parseArgs({
  options: {
    protocol: { type: 'string' }, scope: { type: 'string' }, states: { type: 'string', default: '300000' }, seconds: { type: 'string', default: '600' },
    order: { type: 'string', default: 'breadth' },
  },
})
const statesMax = Number(values.states)
const secondsMax = Number(values.seconds)

const order = values.order === 'progress' ? 'progress' : 'breadth'

type Search = (scope: ExploreScope, onProgress: (states: number, level: number) => boolean) => Explored
const SEARCHES: Readonly<Record<string, Search>> = {
  raft: (scope, onProgress) => explore({ subject: raftSubject(), scope, order, onProgress }),
  'raft-asks-first': (scope, onProgress) => explore({ subject: raftSubject({ asksFirst: true }), scope, order, onProgress }),
  paxos: (scope, onProgress) => explore({ subject: paxosSubject(), scope, order, onProgress }),
  pbft: (scope, onProgress) => explore({ subject: pbftSubject(), scope, order, onProgress }),
}

const ONE = { termsMax: 1, proposalsMax: 1, crashesMax: 0, beatsMax: 0, statesMax }
const SCOPES: Readonly<Record<string, Omit<ExploreScope, 'nodes'>>> = {
  one: ONE, beat: { ...ONE, beatsMax: 1 }, crash: { ...ONE, crashesMax: 1 }, entries: { ...ONE, proposalsMax: 2 },
  'entries-crash': { ...ONE, proposalsMax: 2, crashesMax: 1 },
  terms: { ...ONE, termsMax: 2 }, 'terms-two-candidates': { ...ONE, termsMax: 2, candidates: ['n1', 'n2'] },
  'terms-entries': { ...ONE, termsMax: 2, proposalsMax: 2 }, 'terms-crash': { ...ONE, termsMax: 2, crashesMax: 1 },
  whole: { ...ONE, termsMax: 2, proposalsMax: 2, crashesMax: 1 },
}

const results: unknown[] = []
for (const [name, search] of Object.entries(SEARCHES)) {
  if (values.protocol !== undefined && values.protocol !== name) continue
  for (const [scopeName, small] of Object.entries(SCOPES)) {
    if (values.scope !== undefined && values.scope !== scopeName) continue
    const scope: ExploreScope = { ...small, nodes: name === 'pbft' ? 4 : 3 }
    const begun = process.cpuUsage()
    const seconds = (): number => {
      const { user, system } = process.cpuUsage(begun)
      return (user + system) / 1e6
    }
    console.error(`${name}, ${scopeName}: ${JSON.stringify(scope)}`)
    let told = -1
    const explored = search(scope, (states, level) => {
      if (level > told) console.error(`level ${level}: ${states} states, ${seconds().toFixed(1)} s`)
      told = Math.max(told, level)
      return seconds() > secondsMax
    })
    const cpuSeconds = Math.round(seconds() * 10) / 10
    results.push({ protocol: name, scope, order, ...explored, cpuSeconds, statesPerSecond: Math.round(explored.states / seconds()), residentMib: Math.round(process.memoryUsage().rss / MIB) })
    if (explored.violation) process.exitCode = 1
  }
}
console.log(JSON.stringify(results, null, 1))
