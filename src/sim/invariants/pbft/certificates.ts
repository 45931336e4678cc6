import type { PbftMachine, TraceEntry } from '../../../core/pbft'
import type { Invariant, NodeView } from '../../invariant'
import { TraceCursor } from './trace-cursor'

type Certified = Extract<TraceEntry, { kind: 'prepared' | 'committed' }>
type Entered = Extract<TraceEntry, { kind: 'entered' }>

/**
 * A certificate holds a quorum of different replicas, and no correct one among them that did not say so, where what it says is durable. So
 * does the proof of a new view, of replicas that have left for it; and what is prepared is of a primary that gave the batch its place.
 */
export const certificates: Invariant<PbftMachine> = {
  name: 'Certificates',
  source: 'Castro and Liskov, OSDI 1999, section 4.2 (prepared, committed-local) and section 2 (unforgeable signatures)',
  begin(world) {
    const cursor = new TraceCursor()
    const spoken = new TraceCursor()
    const said = new Set<string>()
    const left = new Map<string, number>()
    const listen = (node: NodeView<PbftMachine>): void => {
      for (const entry of spoken.take(node)) {
        if (entry.kind === 'said') said.add(`${node.id} ${entry.statement} ${entry.view} ${entry.sequence} ${entry.digest}`)
        else if (entry.kind === 'left') left.set(node.id, Math.max(left.get(node.id) ?? 0, entry.view))
      }
    }
    const liars = new Set(world.nodes.filter((node) => node.isByzantine).map((node) => node.id))
    /** A replica may have spoken in a turn that has not ended yet, paused in the middle of it. */
    const firstSilent = (ids: readonly string[], isSilent: (id: string) => boolean): string | undefined => {
      const isToBlame = (id: string): boolean => !liars.has(id) && isSilent(id)
      if (ids.some(isToBlame)) world.nodes.forEach(listen)
      return ids.find(isToBlame)
    }
    const enter = (node: NodeView<PbftMachine>, { view, senders }: Entered): string | null => {
      const needed = node.machine.quorum.size
      if (senders.length < needed) return `${node.id} entered view ${view} on the word of ${senders.length} replicas, where ${needed} are needed.`
      const silent = firstSilent(senders, (id) => (left.get(id) ?? 0) < view)
      return silent === undefined ? null : `${node.id} entered view ${view} by a view change of ${silent}, which has not left for it.`
    }
    const certify = (node: NodeView<PbftMachine>, entry: Certified): string | null => {
      const { kind, view, sequence, digest, signers, primary } = entry
      const needed = node.machine.quorum.size - (kind === 'prepared' ? 1 : 0)
      const distinct = new Set(signers)
      if (distinct.size < needed) {
        return `${node.id} took sequence number ${sequence} for ${kind} on the word of ${distinct.size} replicas, where ${needed} are needed.`
      }
      const isSilent = (statement: string) => (id: string): boolean => !said.has(`${id} ${statement} ${view} ${sequence} ${digest}`)
      const statement = kind === 'prepared' ? 'prepare' : 'commit'
      const silent = firstSilent(signers, isSilent(statement))
      if (silent !== undefined) return `${node.id} counts a ${statement} of ${silent} for view ${view}, sequence number ${sequence}, which it never gave.`
      if (kind === 'committed' || firstSilent([primary], isSilent('pre-prepare')) === undefined) return null
      return `${node.id} counts a pre-prepare of ${primary} for view ${view}, sequence number ${sequence}, which it never gave.`
    }
    return {
      afterStep(node) {
        listen(node)
        for (const entry of cursor.take(node)) {
          const broken = entry.kind === 'relayed' ? `${node.id} took a statement of ${entry.sender} from the hands of ${entry.from}.`
            : entry.kind === 'entered' ? enter(node, entry)
              : entry.kind === 'prepared' || entry.kind === 'committed' ? certify(node, entry) : null
          if (broken !== null) return broken
        }
        return null
      },
    }
  },
}
