import type { PbftMachine } from '../../../core/pbft'
import type { Invariant, NodeView } from '../../invariant'
import { TraceCursor } from './trace-cursor'

interface Said {
  readonly view: number
  readonly sequence: number
  readonly digest: string
}

/**
 * No correct replica signs two different pre-prepares, prepares or commits for one view and sequence number, not across crashes either. So
 * one that comes back in the view in which it spoke still has what it spoke of, a primary what the view began with.
 */
export const noContradiction: Invariant<PbftMachine> = {
  name: 'No Contradiction',
  source: 'Castro and Liskov, OSDI 1999, section 4.2',
  begin() {
    const cursor = new TraceCursor()
    const said = new Map<string, Map<string, Said>>()
    const opened = new Map<string, number>()
    const check = (node: NodeView<PbftMachine>): string | null => {
      let own = said.get(node.id)
      if (!own) said.set(node.id, own = new Map<string, Said>())
      for (const entry of cursor.take(node)) {
        if (entry.kind === 'opened') opened.set(node.id, Math.max(opened.get(node.id) ?? 0, entry.view))
        if (entry.kind !== 'said') continue
        const { view, sequence, digest, statement } = entry
        const key = `${statement} ${view} ${sequence}`
        const known = own.get(key)
        if (known === undefined) own.set(key, { view, sequence, digest })
        else if (known.digest !== digest) return `${node.id} signed two different ${statement}s for view ${view}, sequence number ${sequence}.`
      }
      return null
    }
    return {
      afterStep: check,
      afterRestart(node) {
        if (node.isByzantine) return null
        const { machine } = node
        const { low } = machine.watermarks
        const view = opened.get(node.id) ?? 0
        if (machine.view < view || (machine.view === view && !machine.isInView)) return `${node.id} has forgotten with what it opened view ${view}.`
        if (!machine.isInView) return null
        const proposed = new Set<string>()
        for (const entry of machine.trace.since(0)) {
          if (entry.kind === 'proposed') proposed.add(`${entry.view} ${entry.sequence} ${entry.digest}`)
        }
        for (const { view, sequence, digest } of said.get(node.id)?.values() ?? []) {
          if (view !== machine.view || sequence <= low || proposed.has(`${view} ${sequence} ${digest}`)) continue
          return `${node.id} has forgotten what it said in view ${view} of sequence number ${sequence}.`
        }
        return check(node)
      },
    }
  },
}
