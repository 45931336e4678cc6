/** The replacement of a member, as far as it is to be shown. Pure. */
import type { MemberReplacement, SandboxState } from '../../../../contract/sandbox'

export const isReplacing = (replacement: MemberReplacement | null): boolean => replacement !== null && replacement.phase !== 'done' && replacement.phase !== 'failed'

/** One that failed is told until either of the two nodes is gone, or the new one votes: until somebody has gone on from there. */
export function shownReplacement({ replacement, nodes }: Pick<SandboxState, 'replacement' | 'nodes'>): MemberReplacement | null {
  if (replacement === null || isReplacing(replacement)) return replacement
  const [old, by] = [replacement.nodeId, replacement.by].map((id) => nodes.find(({ nodeId }) => nodeId === id))
  return replacement.phase === 'failed' && old !== undefined && by?.member === 'learner' ? replacement : null
}
