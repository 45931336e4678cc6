/** Whatever a run may find broken is explained in the window, in both languages. */
import { describe, expect, it } from 'vitest'
import english from '../../src/renderer/src/app/i18n/en/simulator'
import chinese from '../../src/renderer/src/app/i18n/zh-CN/simulator'
import { meaningKey } from '../../src/renderer/src/features/simulator/phrases'
import { PROTOCOLS } from '../../src/sim'
import { adapterOf } from '../../src/sim/protocols'

/** Checked in every run, whatever its protocol. */
const OF_ALL = ['Linearizability', 'State Equality', 'Exactly-Once', 'Durability', 'Validity', 'State Machine Safety', 'Fail-Stop', 'Crash Recovery', 'Assertion', 'No Exception', 'Determinism', 'Progress', 'Bounded Elections', 'Convergence']

describe.each([['English', english], ['Chinese', chinese]] as const)('in %s', (_language, { simulator }) => {
  const meanings = new Map(Object.entries(simulator.invariants).map(([key, text]) => [`simulator.invariants.${key}`, text]))
  it.each(PROTOCOLS)('it is said what every invariant of %s demands', (protocol) => {
    for (const name of [...adapterOf(protocol).invariants.map((invariant) => invariant.name), ...OF_ALL]) expect(meanings.get(meaningKey(name)), name).toBeTypeOf('string')
  })
})
