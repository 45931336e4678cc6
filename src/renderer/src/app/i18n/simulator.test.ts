import { describe, expect, it } from 'vitest'
import { faultOf, FIRST_CHOICES, planOf, TOOLS } from '../../features/simulator/choices'
import { eventPhrase, faultPhrase } from '../../features/simulator/phrases'
import { SimulatorSession } from '../../features/simulator/session'
import english from './en'
import chinese from './zh-CN'

const lookUp = (catalogue: object, key: string): unknown => key.split('.').reduce((at: unknown, part) => (at as Record<string, unknown> | undefined)?.[part], catalogue)

describe.each([['en', english], ['zh-CN', chinese]] as const)('the simulator in %s', (_language, catalogue) => {
  it('has words for every tool and for the fault that it makes', () => {
    for (const tool of TOOLS) {
      expect(lookUp(catalogue, faultPhrase(faultOf(tool, 'n1', ['n2', 'n3'], 1, 1_000)).key), tool).toBeTypeOf('string')
      expect(lookUp(catalogue, `simulator.tools.${tool}`), tool).toBeTypeOf('string')
    }
  })

  it.each(['raft', 'paxos', 'pbft'] as const)('has words for every event of a run of %s', (protocol) => {
    const nodes = protocol === 'pbft' ? 4 : 5
    const session = new SimulatorSession(planOf({ ...FIRST_CHOICES, protocol, nodes, groups: ['process', 'network', 'disk', 'operator', 'byzantine'] }), 0)
    session.goTo(session.simulation.endMs)
    const { events } = session.frame()
    expect(events.length).toBeGreaterThan(20)
    for (const event of events) expect(lookUp(catalogue, eventPhrase(event).key), event.kind).toBeTypeOf('string')
  })
})
