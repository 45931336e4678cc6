/**
 * Ballots (Paxos Made Simple, section 2.2; Paxos Made Moderately Complex, section 2.2): a round and the node that leads it, as one safe
 * integer that orders them. The node stands in it by its ordinal, which the configuration gives to a member once and never to another,
 * so that no two proposers ever own the same ballot. 0 is below all ballots.
 */
import { assert } from '../base'

export type Ballot = number

/** How many ordinals there are: members over the whole life of a group. */
export const ORDINALS_MAX = 1024

export const ballotOf = (round: number, ordinal: number): Ballot => round * ORDINALS_MAX + ordinal
export const roundOf = (ballot: Ballot): number => Math.floor(ballot / ORDINALS_MAX)
export const ordinalOf = (ballot: Ballot): number => ballot % ORDINALS_MAX

/** The lowest ballot of a node that is in a later round than `above`. */
export function ballotAbove(above: Ballot, ordinal: number): Ballot {
  const ballot = ballotOf(roundOf(above) + 1, ordinal)
  assert(Number.isSafeInteger(ballot) && ordinal >= 0 && ordinal < ORDINALS_MAX, 'a ballot is a safe integer')
  return ballot
}
