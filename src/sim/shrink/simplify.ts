/** Ways to make a plan plainer, each with a name; tried one after the other, and kept where the violation stays. */
import type { FaultEvent, ModelKind, SimulationPlan } from '../plan'

export interface Simplification {
  readonly text: string
  /** Null where there is nothing to simplify. */
  readonly apply: (plan: SimulationPlan) => SimulationPlan | null
}

const network = (text: string, name: 'lossShare' | 'duplicationShare' | 'reorderingShare' | 'clogShare'): Simplification => ({
  text, apply: (plan) => (plan.network[name] === 0 ? null : { ...plan, network: { ...plan.network, [name]: 0 } }),
})

const MODELS: readonly ModelKind[] = ['counter', 'lock', 'queue', 'kv', 'register']

const withoutModel = (model: ModelKind): Simplification => ({
  text: `without ${model} operations`,
  apply: (plan) => {
    const { mix } = plan.workload
    if (mix[model] === 0 || MODELS.every((each) => each === model || mix[each] === 0)) return null
    return { ...plan, workload: { ...plan.workload, mix: { ...mix, [model]: 0 } } }
  },
})

function workload<Name extends keyof SimulationPlan['workload']>(text: string, name: Name, value: SimulationPlan['workload'][Name]): Simplification {
  return { text, apply: (plan) => (plan.workload[name] === value ? null : { ...plan, workload: { ...plan.workload, [name]: value } }) }
}

function option<Name extends keyof SimulationPlan['options']>(text: string, name: Name, value: SimulationPlan['options'][Name]): Simplification {
  return { text, apply: (plan) => (plan.options[name] === value ? null : { ...plan, options: { ...plan.options, [name]: value } }) }
}

/** Only the first `to` nodes, where no fault speaks of those that go. */
function withFirst(to: number, plan: SimulationPlan): SimulationPlan | null {
  const gone = Array.from({ length: plan.nodes + plan.spares - to }, (_, i) => `"n${to + 1 + i}"`)
  const faults = JSON.stringify(plan.faults)
  return gone.some((id) => faults.includes(id)) ? null : { ...plan, nodes: Math.min(plan.nodes, to), spares: 0, clocks: plan.clocks.slice(0, to) }
}

const fewerNodes = (to: number): Simplification => ({
  text: `${to} nodes`, apply: (plan) => (plan.nodes <= to || plan.spares > 0 ? null : withFirst(to, plan)),
})

export const SIMPLIFICATIONS: readonly Simplification[] = [
  network('no duplication', 'duplicationShare'), network('no reordering', 'reorderingShare'), network('no clogging', 'clogShare'), network('no loss', 'lossShare'),
  {
    text: 'all clocks alike',
    apply: (plan) => (plan.clocks.every((clock) => clock.rate === 1 && clock.skewMs === 0) ? null : { ...plan, clocks: plan.clocks.map(({ node }) => ({ node, rate: 1, skewMs: 0 })) }),
  },
  { text: 'constant delays', apply: (plan) => (plan.network.delay.shape === 'constant' ? null : { ...plan, network: { ...plan.network, delay: { ...plan.network.delay, shape: 'constant' } } }) },
  { text: 'each input a turn of its own', apply: (plan) => (plan.turnMs === 0 ? null : { ...plan, turnMs: 0 }) },
  { text: 'no liars', apply: (plan) => (plan.byzantine.length === 0 ? null : { ...plan, byzantine: [] }) },
  { text: 'no spare nodes', apply: (plan) => (plan.spares === 0 ? null : withFirst(plan.nodes, plan)) },
  fewerNodes(3), fewerNodes(4), fewerNodes(5),
  workload('one client', 'clients', 1), workload('two clients', 'clients', 2),
  ...MODELS.map(withoutModel),
  workload('one key', 'keys', 1), workload('no reads', 'readShare', 0), workload('reads at the leader', 'reads', 'leader'), workload('sessions are not closed', 'closeShare', 0),
  workload('nothing is deleted', 'deleteShare', 0), workload('nobody waits for locks', 'waitShare', 0), workload('room for all sessions', 'sessionsMax', 4096),
  workload('short values', 'valueBytes', 8),
  option('no snapshots', 'snapshotAfterEntries', 0), option('no forwarding', 'forwardProposals', false), option('reads by index', 'readMode', 'index'),
  option('appends of any size', 'appendBytesMax', 4000), option('many messages in flight', 'inflightMessagesMax', 16), option('the log stays in memory', 'logWindowBytesMax', 100_000),
]

/** Plainer forms of one fault. */
export function plainer(fault: FaultEvent): readonly FaultEvent[] {
  const forms: FaultEvent[] = []
  if (fault.when !== undefined) {
    const { when: _when, ...rest } = fault
    forms.push(rest)
  }
  if ('untilMs' in fault) {
    const lengthMs = fault.untilMs - fault.atMs
    if (lengthMs > 200) forms.push({ ...fault, untilMs: fault.atMs + Math.round(lengthMs / 4) }, { ...fault, untilMs: fault.atMs + Math.round(lengthMs / 2) })
  }
  return forms
}
