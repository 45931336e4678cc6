import { describe, expect, it } from 'vitest'
import { kindText } from '../../composables/drawing/drawing'
import { FAULT_GROUPS, faultOf, FIRST_CHOICES, NODE_COUNTS, planOf, PROTOCOLS, TOOLS, type Choices } from '../../features/simulator/choices'
import { factsOf } from '../../features/simulator/facts'
import { eventPhrase, faultPhrase, inWords, plannedPhrase, type Phrase } from '../../features/simulator/phrases'
import { SimulatorSession } from '../../features/simulator/session'
import english from './en'
import chinese from './zh-CN'

const lookUp = (catalogue: object, key: string): unknown => key.split('.').reduce((at: unknown, part) => (at as Record<string, unknown> | undefined)?.[part], catalogue)

const LOOKED_MS = 12_000

describe.each([['en', english], ['zh-CN', chinese]] as const)('the simulator in %s', (_language, catalogue) => {
  const say = (phrase: Phrase): string => inWords(phrase, (key, parameters) => {
    const text = lookUp(catalogue, key)
    expect(text, key).toBeTypeOf('string')
    return String(text).replace(/\{(\w+)\}/g, (_whole, name: string) => String(parameters[name] ?? `{${name}}`))
  })

  it('has words for every tool and for the fault that it makes', () => {
    for (const tool of TOOLS) {
      expect(say(faultPhrase(faultOf(tool, 'n1', ['n2', 'n3'], 1, 1_000)))).not.toMatch(/[{}]/)
      expect(lookUp(catalogue, `simulator.tools.${tool}`), tool).toBeTypeOf('string')
    }
  })

  it.each(PROTOCOLS)('has words for every fault that waits in a plan of %s, and for what the plan is made of', (protocol) => {
    for (const profile of Object.keys(catalogue.simulator.profiles) as Choices['profile'][]) {
      for (let seed = 1; seed <= 10; seed++) {
        const plan = planOf({ ...FIRST_CHOICES, protocol, nodes: NODE_COUNTS[protocol].at(-2) ?? 4, groups: FAULT_GROUPS, seed, profile })
        for (const fault of plan.faults) expect(say(plannedPhrase(fault))).not.toMatch(/[{}]|^leader /)
        for (const fact of factsOf(plan)) expect(say(fact)).not.toMatch(/[{}]/)
      }
    }
  })

  it.each(PROTOCOLS)('has words for every event of a run of %s', (protocol) => {
    const session = new SimulatorSession(planOf({ ...FIRST_CHOICES, protocol, nodes: NODE_COUNTS[protocol].at(-2) ?? 4, groups: ['process', 'network', 'disk', 'operator', 'byzantine'] }), 0)
    session.goTo(session.simulation.endMs)
    const { events } = session.frame()
    expect(events.length).toBeGreaterThan(20)
    for (const event of events) expect(say(eventPhrase(event, protocol)), event.kind).not.toMatch(/[{}]/)
  })

  it.each(PROTOCOLS)('has words for every message of %s under way, and for every entry of a log', (protocol) => {
    const session = new SimulatorSession(planOf({ ...FIRST_CHOICES, protocol, nodes: NODE_COUNTS[protocol].at(-2) ?? 4, profile: 'snapshots' }), 0)
    const kinds = new Set<string>()
    const entries = new Set<string>()
    for (let atMs = 0; atMs < LOOKED_MS; atMs += 100) {
      session.goTo(atMs)
      const { messages, logs } = session.frame()
      for (const { message } of messages) kinds.add(message)
      for (const { rows } of logs) for (const { command, kind } of rows) if (command === null) entries.add(kind.replace(' ', '-'))
    }
    expect(kinds.size).toBeGreaterThan(5)
    for (const kind of kinds) expect(lookUp(catalogue, `drawing.kinds.${kind}`), kind).toBe(kindText(kind, (key) => String(lookUp(catalogue, key))))
    for (const kind of entries) expect(lookUp(catalogue, `simulator.logs.kinds.${kind}`), kind).toBeTypeOf('string')
  })
})
