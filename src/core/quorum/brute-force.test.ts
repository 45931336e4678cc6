import { describe, expect, it } from 'vitest'
import { seededRandom, type Random } from '../base'
import { JointQuorum, MajorityQuorum, type Quorum } from './index'

const CONFIGURATIONS = 50_000
const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const ALL = 1 << IDS.length
const VALUES = 6

const bits = (mask: number): number => {
  let count = 0
  for (let rest = mask; rest > 0; rest &= rest - 1) count++
  return count
}
const named = (mask: number): string[] => IDS.filter((_, i) => (mask & (1 << i)) !== 0)
const bitOf = (id: string): number => 1 << IDS.indexOf(id)

/** A configuration as sets of members, and what it means by definition. An empty half decides nothing. */
interface Drawn {
  readonly halves: readonly number[]
  readonly quorum: Quorum
}

function draw(random: Random): Drawn {
  const incoming = random.integer(0, ALL)
  if (random.next() < 0.4) return { halves: [incoming], quorum: new MajorityQuorum(named(incoming)) }
  const outgoing = random.integer(0, ALL)
  return { halves: [incoming, outgoing], quorum: new JointQuorum(new MajorityQuorum(named(incoming)), new MajorityQuorum(named(outgoing))) }
}

const decides = (halves: readonly number[], mask: number): boolean => halves.every((half) => half === 0 || bits(half & mask) * 2 > bits(half))

/** Won if it is won however the open votes fall, lost if it is lost however they do. */
function voteByTrying(halves: readonly number[], yes: number, no: number): string {
  const open = halves.reduce((all, half) => all | half, 0) & ~(yes | no)
  let won = 0
  let lost = 0
  for (let mask = open; ; mask = (mask - 1) & open) {
    if (decides(halves, yes | mask)) won++
    else lost++
    if (mask === 0) break
  }
  return lost === 0 ? 'won' : won === 0 ? 'lost' : 'pending'
}

/** The largest index that some deciding set has reached. */
function committedByTrying(halves: readonly number[], acked: readonly number[]): number {
  if (halves.every((half) => half === 0)) return Number.MAX_SAFE_INTEGER
  for (let index = VALUES; index > 0; index--) {
    if (decides(halves, acked.reduce((mask, value, i) => (value >= index ? mask | (1 << i) : mask), 0))) return index
  }
  return 0
}

describe(`${CONFIGURATIONS} random configurations`, () => {
  it('commit, vote and bear failures as trying all sets says', () => {
    const random = seededRandom(20261126)
    let joint = 0
    for (let i = 0; i < CONFIGURATIONS; i++) {
      const { halves, quorum } = draw(random)
      if (halves.length === 2) joint++
      const acked = IDS.map(() => random.integer(0, VALUES + 1))
      const known = random.integer(0, ALL)
      const committed = quorum.committed((id) => ((known & bitOf(id)) !== 0 ? acked[IDS.indexOf(id)] : undefined))
      const expected = committedByTrying(halves, acked.map((value, at) => ((known & (1 << at)) !== 0 ? value : 0)))
      if (committed !== expected) expect({ halves: halves.map(named), acked, committed }).toEqual({ committed: expected })

      const [yes, voted] = [random.integer(0, ALL), random.integer(0, ALL)]
      const vote = quorum.vote((id) => ((voted & bitOf(id)) === 0 ? undefined : (yes & bitOf(id)) !== 0))
      const expectedVote = voteByTrying(halves, yes & voted, ~yes & voted)
      if (vote !== expectedVote) expect({ halves: halves.map(named), vote }).toEqual({ vote: expectedVote })

      const alive = random.integer(0, ALL)
      const margin = quorum.margin((id) => (alive & bitOf(id)) !== 0)
      const worst = Math.min(...halves.map((half) => (half === 0 ? Number.MAX_SAFE_INTEGER : marginByTrying(half, alive))))
      if (margin !== worst) expect({ halves: halves.map(named), alive: named(alive), margin }).toEqual({ margin: worst })
    }
    expect(joint).toBeGreaterThan(CONFIGURATIONS / 2)
  })
})

/** How many of those alive may go, one after the other, until the rest decides nothing; negative where it does not now. */
function marginByTrying(half: number, alive: number): number {
  let there = bits(half & alive)
  let margin = -1
  while (there * 2 > bits(half)) {
    there--
    margin++
  }
  return margin >= 0 ? margin : there - (Math.floor(bits(half) / 2) + 1)
}
