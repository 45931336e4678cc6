// npm run bench -- sim [--seconds N]: virtual seconds that the simulator runs for each second of one core, five Raft nodes under load,
// all faults and all checks on. Prints JSON.
import { parseArgs } from 'node:util'
import { drawPlan, Simulation, type SimulationPlan } from '../src/sim'

const BUDGET_RATIO = 1000
const WARM_UP_SEEDS = 60

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } })
const secondsMax = Math.max(1, Number(values.seconds))

/** WAN-like: a tick of 100 ms, ten operations a second. */
function planOf(seed: number, faults: boolean): SimulationPlan {
  const drawn = drawPlan('raft', seed, { profile: 'mixed', nodes: 5, spares: 0, durationMs: 30_000, timing: { tickMs: 100, electionTicks: 10, heartbeatTicks: 2 }, turnMs: 0 })
  return { ...drawn, workload: { ...drawn.workload, operationsPerSecond: 10, clients: 4 }, ...(faults ? {} : { faults: [] }) }
}

function measure(faults: boolean): { seeds: number; virtualSeconds: number; coreSeconds: number; ratio: number; stepsPerSecond: number; millisecondsPerSeed: number } {
  for (let seed = 1; seed <= WARM_UP_SEEDS; seed++) new Simulation(planOf(seed, faults)).run()
  const begun = process.cpuUsage()
  const coreSeconds = (): number => {
    const { user, system } = process.cpuUsage(begun)
    return (user + system) / 1e6
  }
  let virtualMs = 0
  let steps = 0
  let seeds = 0
  for (; coreSeconds() < secondsMax / 2; seeds++) {
    const report = new Simulation(planOf(1000 + seeds, faults)).run()
    if (report.violation !== null) throw new Error(`seed ${1000 + seeds} violates ${report.violation.invariant}: ${report.violation.message}`)
    virtualMs += report.virtualMs
    steps += report.counts.steps
  }
  const spent = coreSeconds()
  return {
    seeds, virtualSeconds: Math.round(virtualMs / 1000), coreSeconds: Math.round(spent * 100) / 100, ratio: Math.round(virtualMs / 1000 / spent),
    stepsPerSecond: Math.round(steps / spent), millisecondsPerSeed: Math.round((spent * 1e5) / seeds) / 100,
  }
}

console.log(JSON.stringify({ nodes: 5, operationsPerSecond: 10, calm: measure(false), faults: measure(true), budget: { ratio: BUDGET_RATIO } }, null, 2))
