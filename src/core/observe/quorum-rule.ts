/**
 * What a group decides by: more than half where members crash at worst; where they may lie, so many that any two quorums share an
 * honest member. Which of the two a group goes by is told by what orders its reigns.
 */
import type { Fence } from '../observation'
import { ByzantineQuorum, MajorityQuorum } from '../quorum'

export type QuorumRule = 'majority' | 'byzantine'

/** Views are those of PBFT; everything else assumes that nobody lies. */
export const ruleOf = (kinds: readonly Fence['kind'][]): QuorumRule => (kinds.includes('view') ? 'byzantine' : 'majority')

export function quorumSize(rule: QuorumRule, voters: readonly string[]): number {
  return rule === 'byzantine' ? new ByzantineQuorum(voters).size : new MajorityQuorum(voters).size
}

/** The same by number. */
export const quorumSizeOf = (rule: QuorumRule, voters: number): number => quorumSize(rule, Array.from({ length: voters }, (_, i) => String(i)))

/** How many of `voters` members may fail, or by the Byzantine rule lie, while the others go on. */
export function failuresTolerated(rule: QuorumRule, voters: number): number {
  return rule === 'byzantine' ? Math.max(0, Math.floor((voters - 1) / 3)) : Math.max(0, Math.ceil(voters / 2) - 1)
}
