import { describe, expect, it } from 'vitest'
import { drawPlan } from '../draw'
import type { FaultEvent } from '../plan'
import { Simulation } from '../simulation'
import type { TraceEvent } from '../types'

type FaultTrace = Extract<TraceEvent, { kind: 'fault-began' | 'fault-ended' }>

function told(faults: readonly FaultEvent[]): readonly FaultTrace[] {
  const heard: FaultTrace[] = []
  const simulation = new Simulation(drawPlan('raft', 1, { nodes: 3, spares: 0, profile: 'calm', faults }), {
    onEvent: (event) => { if (event.kind === 'fault-began' || event.kind === 'fault-ended') heard.push(event) },
  })
  simulation.run()
  return heard
}

describe('a fault that strikes whoever leads', () => {
  // The crash comes first: whom it struck must not be taken for whom the partition cuts off.
  const [crashed, , began, ended] = told([
    { kind: 'crash', node: 'n1', atMs: 1, untilMs: 2 },
    { kind: 'partition', shape: 'isolate', node: 'leader', atMs: 4_000, untilMs: 5_000, when: 'committed' },
  ])

  it('names the member that it struck', () => {
    expect(crashed?.text).toBe('n1 crashes')
    const cut = began?.kind === 'fault-began' && began.what.kind === 'partition' && began.what.shape === 'isolate' ? began.what.node : null
    expect(cut).toMatch(/^n[23]$/)
    expect(began?.text).toBe(`${cut} is cut off from all others as soon as something is committed`)
  })

  it('ends under the same name, without what it waited for', () => {
    expect(ended?.text).toBe(began?.text.replace(' as soon as something is committed', ''))
  })
})

it('a fault that healing ends is told by its own name', () => {
  const ended = told([{ kind: 'partition', shape: 'ring', atMs: 1_000, untilMs: 10_000_000 }]).at(-1)
  expect(ended).toMatchObject({ kind: 'fault-ended', text: 'Each node hears only its neighbours in a ring' })
})
