import { afterEach, describe, expect, it } from 'vitest'
import { plant } from '../../src/core/base'
import type { ProtocolMachine } from '../../src/core/machine'
import {
  explore, paxosSubject, pbftSubject, raftSubject, type Explored, type ExploreOptions, type ExploreScope, type Reduction, type Subject,
} from '../../src/sim/explore'

const TEST_MS = 120_000
/** More than half a million states: the best part of a minute where nothing else runs. */
const WHOLE_MS = 400_000

/** One term, one proposal. */
const TINY: ExploreScope = { nodes: 3, termsMax: 1, proposalsMax: 1, crashesMax: 0, beatsMax: 0, statesMax: 400_000 }
const TWO_TERMS: ExploreScope = { ...TINY, termsMax: 2 }
const CRASH: ExploreScope = { ...TWO_TERMS, crashesMax: 1 }
/** A primary with two faces, each heard by its own side; n3 hears both. */
const TWO_FACES: ExploreScope = {
  ...TINY, nodes: 4, proposalsMax: 2, twins: ['n1'], links: [['n1', 'n2'], ['n1', 'n3'], ["n1'", 'n3'], ["n1'", 'n4'], ['n2', 'n3'], ['n3', 'n4']],
}

afterEach(() => plant(null))

describe('every state of a small cluster', () => {
  const isSound = (explored: Explored): void => {
    expect(explored.violation).toBeNull()
    expect(explored.isComplete).toBe(true)
    expect(explored.met.committed).toBeGreaterThan(0)
  }
  /** With two proposals and a crash. */
  const isWhole = <M extends ProtocolMachine>(subject: Subject<M>, scope: ExploreScope): void => {
    const explored = explore({ subject, scope: { ...scope, proposalsMax: 2, crashesMax: 1, statesMax: 5_000_000 }, order: 'progress' })
    isSound(explored)
    expect(explored.met.secondTerm).toBeGreaterThan(0)
    expect(explored.met.crashed).toBeGreaterThan(0)
  }
  it('of Raft: two terms and two proposals', () => {
    const explored = explore({ subject: raftSubject(), scope: { ...TWO_TERMS, proposalsMax: 2 } })
    isSound(explored)
    expect(explored.states).toBeGreaterThan(50_000)
    expect(explored.met.secondTerm).toBeGreaterThan(0)
  }, TEST_MS)
  it('of Raft: two terms, two proposals and a crash', () => isWhole(raftSubject(), TWO_TERMS), WHOLE_MS)
  it('of Raft: a crash in the middle of anything', () => {
    const explored = explore({ subject: raftSubject(), scope: { ...TINY, crashesMax: 1 } })
    isSound(explored)
    expect(explored.met.crashed).toBeGreaterThan(0)
  }, TEST_MS)
  it('of Paxos: a ballot of everyone and a proposal', () => {
    const explored = explore({ subject: paxosSubject(), scope: TINY })
    isSound(explored)
    expect(explored.met.secondTerm).toBeGreaterThan(0)
  }, TEST_MS)
  it('of Paxos: a ballot of everyone, two proposals and a crash', () => isWhole(paxosSubject(), TINY), WHOLE_MS)
  it('of PBFT: a batch from pre-prepare to execution', () => isSound(explore({ subject: pbftSubject(), scope: { ...TINY, nodes: 4 } })), TEST_MS)
})

describe('fingerprints hold all that decides', () => {
  const BOUND = { ...TINY, crashesMax: 1, statesMax: 15_000 }
  it('in Raft', () => isAudited(raftSubject(), { ...BOUND, termsMax: 2, beatsMax: 1 }, 11), TEST_MS)
  it('in Paxos', () => isAudited(paxosSubject(), { ...BOUND, termsMax: 2 }, 2), TEST_MS)
  it('in PBFT', () => isAudited(pbftSubject(), { ...BOUND, nodes: 4, termsMax: 2 }, 13), TEST_MS)
})

describe('nothing is lost by what makes a search small', () => {
  const ALL: readonly Reduction[] = ['symmetry', 'spent', 'covering']
  const BALLOT: ExploreScope = { ...TINY, proposalsMax: 0 }

  it('in Raft: a term', () => meetsTheSame(raftSubject(), TINY, ALL))
  it('in Raft: a crash', () => meetsTheSame(raftSubject(), { ...TINY, crashesMax: 1 }, ALL), TEST_MS)
  it('in Raft: a heartbeat', () => meetsTheSame(raftSubject(), { ...BALLOT, beatsMax: 1 }, ALL), TEST_MS)
  it('in Raft: two terms, two may stand', () => meetsTheSame(raftSubject(), { ...BALLOT, termsMax: 2, candidates: ['n1', 'n2'], statesMax: 1_000_000 }, ALL), TEST_MS)
  it('in Raft: two terms and a proposal', () => meetsTheSame(raftSubject(), TWO_TERMS, ['covering']), TEST_MS)
  it('in Paxos: a ballot of everyone', () => meetsTheSame(paxosSubject(), TINY, ALL), TEST_MS)
  it('in PBFT: a primary with two faces', () => meetsTheSame(pbftSubject(), { ...TWO_FACES, proposalsMax: 1 }, ALL), TEST_MS)
})

/** Every state of all nodes that is met without the reductions is met with them, in either order, and no other. */
function meetsTheSame<M extends ProtocolMachine>(subject: Subject<M>, scope: ExploreScope, without: readonly Reduction[]): void {
  const metBy = (options: Pick<ExploreOptions<M>, 'without' | 'order'>): { states: number; met: Set<string> } => {
    const met = new Set<string>()
    const { states, isComplete, violation } = explore({ subject, scope, ...options, onNodes: (names) => names.forEach((name) => met.add(name)) })
    expect({ isComplete, violation }).toEqual({ isComplete: true, violation: null })
    return { states, met }
  }
  const plain = metBy({ without })
  for (const order of ['breadth', 'progress'] as const) {
    const reduced = metBy({ order })
    // In PBFT the nodes themselves hold all that they heard: there is little to gain.
    expect(reduced.states).toBeLessThanOrEqual(plain.states)
    expect(reduced.met.size).toBe(plain.met.size)
    expect([...plain.met].filter((name) => !reduced.met.has(name))).toEqual([])
  }
}

/** Different histories with one fingerprint do the same from there on; without its field at `matters` they do not. */
function isAudited<M extends ProtocolMachine>(subject: Subject<M>, scope: ExploreScope, matters: number): void {
  const whole = explore({ subject, scope, isAudited: true })
  expect(whole.audit?.difference).toBeNull()
  expect(whole.audit?.compared).toBeGreaterThan(1000)
  const fingerprint: Subject<M>['fingerprint'] = (machine, rename, ahead) => (
    subject.fingerprint(machine, rename, ahead).split('/').filter((_, i) => i !== matters).join('/')
  )
  const lacking = explore({ subject: { ...subject, fingerprint }, scope: { ...scope, crashesMax: 0 }, isAudited: true })
  expect(lacking.audit?.difference ?? lacking.violation).not.toBeNull()
}

interface Planted {
  readonly id: string
  readonly scope: ExploreScope
  readonly invariant: string
  /** Steps of the shortest way there. */
  readonly steps: number
}

/** Finds the bug by the shortest way, and by one that is as long where no two states are taken for one but equal ones. */
function finds<M extends ProtocolMachine>(subject: Subject<M>, { id, scope, invariant, steps }: Planted): void {
  plant(id)
  const { violation } = explore({ subject, scope })
  expect(violation, id).not.toBeNull()
  expect(violation).toMatchObject({ invariant })
  expect(violation?.path).toHaveLength(steps)
  if (violation && steps < 9) {
    const plain = explore({ subject, scope, without: ['symmetry', 'spent', 'covering'] })
    expect(plain.violation?.invariant).toBe(invariant)
    expect(plain.violation?.path).toHaveLength(steps)
  }
}

describe('planted bugs are found, by the shortest way', () => {
  it.each<Planted>([
    { id: 'raft/votes-twice', scope: TWO_TERMS, invariant: 'No Contradiction', steps: 4 },
    { id: 'raft/vote-not-persisted', scope: CRASH, invariant: 'No Contradiction', steps: 5 },
    { id: 'raft/append-acknowledged-before-durable', scope: CRASH, invariant: 'Leader Completeness', steps: 11 },
    { id: 'raft/new-leader-drops-tail', scope: TWO_TERMS, invariant: 'Leader Completeness', steps: 11 },
  ])('$id', (planted) => finds(raftSubject(), planted), TEST_MS)
  it.each<Planted>([
    { id: 'paxos/ballots-not-unique', scope: TINY, invariant: 'Election Safety', steps: 6 },
    { id: 'paxos/accepts-below-promise', scope: TINY, invariant: 'Leader Completeness', steps: 9 },
    { id: 'paxos/gaps-filled-with-own-values', scope: TINY, invariant: 'Leader Completeness', steps: 9 },
    { id: 'paxos/accept-answered-before-durable', scope: { ...TINY, crashesMax: 1 }, invariant: 'Leader Completeness', steps: 9 },
  ])('$id', (planted) => finds(paxosSubject(), planted), TEST_MS)
  it.each<Planted>([
    { id: 'pbft/second-pre-prepare-accepted', scope: TWO_FACES, invariant: 'No Contradiction', steps: 4 },
    { id: 'pbft/prepare-before-durable', scope: { ...TWO_FACES, crashesMax: 1 }, invariant: 'No Contradiction', steps: 4 },
    { id: 'pbft/votes-by-message', scope: { ...TWO_FACES, links: [['n1', 'n2'], ["n1'", 'n4']] }, invariant: 'State Machine Safety', steps: 14 },
  ])('$id', (planted) => finds(pbftSubject(), planted), TEST_MS)
  it('in words', () => {
    plant('raft/vote-not-persisted')
    const { violation } = explore({ subject: raftSubject(), scope: CRASH })
    expect(violation).toEqual({
      invariant: 'No Contradiction',
      message: 'Of the vote of term 1 n2 said n1 before, and now n3.',
      path: [
        'n1 stands',
        'n2 hears vote-request of n1',
        'n3 stands',
        'n2 hears vote-request of n1, and dies before it is durable',
        'n2 hears vote-request of n3',
      ],
    })
  })
})
