import type { RaftCheck, RaftInvariant } from './per-node'

/** What the log has left behind is in a snapshot of what is applied; what is applied is committed; what is committed is in the log. */
export const logBounds: RaftInvariant = {
  name: 'Snapshot <= Applied <= Commit <= Last',
  source: 'Ongaro and Ousterhout 2014, section 7 and figure 2',
  begin: (): RaftCheck => ({
    afterStep: ({ id, machine: { inspect } }) => {
      const { firstIndex, applied, committed, lastIndex } = inspect
      if (firstIndex - 1 <= applied && applied <= committed && committed <= lastIndex) return null
      return `${id} begins behind ${firstIndex - 1}, has applied ${applied}, committed ${committed} and ends at ${lastIndex}`
    },
  }),
}
