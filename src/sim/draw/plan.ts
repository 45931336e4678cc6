/** A whole plan from a seed. */
import type { ProtocolName } from '../../core/machine'
import { PLAN_VERSION, type PlanOverrides, type SimulationPlan } from '../plan'
import { adapterOf } from '../protocols'
import { streamOf } from '../streams'
import { drawProfile } from './profile'
import { drawSchedule } from './schedule'
import { drawByzantine, drawClocks, drawDisk, drawOptions, drawSize, drawTiming, drawWorkload } from './settings'

const DURATION_MS = 20_000
const DURATIONS_MS = [10_000, 20_000, 20_000, 30_000, 45_000]
/** In longest election timeouts; generous, since it ends as soon as everything has come together. */
const LIVENESS_ELECTIONS = 110

/** The plan of `seed`. What is overridden is fixed before the rest is drawn, so that the rest fits to it. */
export function drawPlan(protocol: ProtocolName, seed: number, overrides: PlanOverrides = {}): SimulationPlan {
  const random = streamOf(seed, `draw ${protocol}`)
  const drawnProfile = drawProfile(protocol, random)
  const profile = overrides.profile ?? drawnProfile
  const { nodes, spares } = { ...drawSize(protocol, profile, seed), ...definedOf(overrides, 'nodes', 'spares') }
  const durationMs = overrides.durationMs ?? DURATIONS_MS[random.integer(0, DURATIONS_MS.length)] ?? DURATION_MS
  const { timing, synchrony, network, turnMs } = { ...drawTiming(protocol, seed), ...definedOf(overrides, 'timing', 'synchrony', 'network', 'turnMs') }
  const options = overrides.options ?? drawOptions(profile, seed)
  const all = Array.from({ length: nodes + spares }, (_, i) => `n${i + 1}`)
  const ids = all.slice(0, nodes)
  const faultsMax = adapterOf(protocol).faultsMax(nodes)
  const byzantine = overrides.byzantine ?? drawByzantine(protocol, profile, ids, faultsMax, durationMs, seed)
  const liars = [...new Set(byzantine.map((each) => each.node))]
  const electionMs = timing.electionTicks * timing.tickMs
  // Where voters come and go all the time, damage beside that could cost the quorum, which is not what is looked for.
  const damageMax = profile === 'membership' || profile === 'options' ? 0 : Math.max(0, faultsMax - liars.length)
  const faults = overrides.faults ?? drawSchedule({
    protocol, profile, ids, spares: all.slice(nodes), durationMs, electionMs, delayMs: network.delay.meanMs, damageMax, liars, isLeased: options.readMode === 'lease', seed,
  })
  return {
    version: PLAN_VERSION, protocol, profile, seed, nodes, spares, durationMs,
    livenessMs: overrides.livenessMs ?? LIVENESS_ELECTIONS * 2 * electionMs * 1.5,
    timing, synchrony, turnMs, network, disk: overrides.disk ?? drawDisk(profile, seed),
    clocks: overrides.clocks ?? drawClocks(all, options, timing.tickMs, seed),
    workload: overrides.workload ?? drawWorkload(profile, seed),
    options, byzantine, faults: [...faults].sort((one, other) => one.atMs - other.atMs),
  }
}

function definedOf<Name extends keyof PlanOverrides>(overrides: PlanOverrides, ...names: readonly Name[]): { [Key in Name]?: Exclude<PlanOverrides[Key], undefined> } {
  return Object.fromEntries(names.flatMap((name) => (overrides[name] === undefined ? [] : [[name, overrides[name]]]))) as { [Key in Name]?: Exclude<PlanOverrides[Key], undefined> }
}
