import type { Configuration, Member } from '../../../core/raft'

const count = (members: readonly Member[], has: (id: string) => boolean): { voters: number; having: number } => {
  let voters = 0
  let having = 0
  for (const { id, kind } of members) {
    if (kind === 'learner') continue
    voters++
    if (has(id)) having++
  }
  return { voters, having }
}

/** True where more than half of the voters have it; of both halves of a joint configuration. */
export function majorityHas({ members, outgoing }: Configuration, has: (id: string) => boolean): boolean {
  return [members, outgoing].every((half) => {
    if (half === null) return true
    const { voters, having } = count(half, has)
    return having * 2 > voters
  })
}

/** True where every quorum has a member that has it: those that do not are no quorum. */
export function everyQuorumHas({ members, outgoing }: Configuration, has: (id: string) => boolean): boolean {
  return [members, outgoing].some((half) => {
    if (half === null) return false
    const { voters, having } = count(half, has)
    return (voters - having) * 2 <= voters
  })
}
