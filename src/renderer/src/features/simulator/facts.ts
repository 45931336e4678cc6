/** What a plan is made of beside its faults, as phrases: the system model, how reads are made safe, who lies, whose clock is wrong. Pure. */
import type { SimulationPlan } from '../../../../sim'
import { clockOf, faultPhrase, type Phrase } from './phrases'

/** A clock this far off is worth a word. */
const RATE_OFF_MIN = 0.1

export function factsOf(plan: SimulationPlan): readonly Phrase[] {
  const fact = (key: string, parameters: Phrase['parameters'] = {}): Phrase => ({ key: `simulator.facts.${key}`, parameters })
  const { synchrony, network, durationMs } = plan
  const model = synchrony.kind === 'asynchronous' ? fact('asynchronous')
    : synchrony.kind === 'synchronous' ? fact('synchronous', { ms: Math.round(synchrony.deltaMs) })
      : fact('partially-synchronous', { ms: Math.round(synchrony.deltaMs), time: clockOf(synchrony.stabilisedAtMs) })
  const rates = ([['loss', network.lossShare], ['duplication', network.duplicationShare], ['reordering', network.reorderingShare]] as const)
    .filter(([, share]) => share > 0)
    .map(([kind, share]) => faultPhrase({ kind, share, atMs: 0, untilMs: durationMs }))
  return [
    model,
    ...(plan.protocol === 'pbft' ? [] : [fact(`reads-${plan.options.readMode}`)]),
    ...plan.byzantine.map((liar) => (liar.kind === 'twins' ? fact('twins', { node: liar.node }) : fact(liar.behaviour, { node: liar.node, from: clockOf(liar.fromMs), until: clockOf(liar.untilMs) }))),
    ...plan.clocks.filter(({ rate }) => Math.abs(rate - 1) > RATE_OFF_MIN).map(({ node, rate }) => faultPhrase({ kind: 'clock-drift', node, rate, atMs: 0, untilMs: durationMs })),
    ...rates,
  ]
}
