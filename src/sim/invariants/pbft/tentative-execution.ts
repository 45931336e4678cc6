import type { PbftMachine } from '../../../core/pbft'
import type { Invariant, InvariantCheck, NodeView, World } from '../../invariant'
import { TraceCursor } from './trace-cursor'

interface Batch {
  readonly view: number
  readonly sequence: number
  readonly digest: string
}

class TentativeExecution implements InvariantCheck<PbftMachine> {
  readonly #world: World<PbftMachine>
  readonly #cursor = new TraceCursor()
  /** The last sequence number that each node has executed for good, as its trace tells. */
  readonly #last = new Map<string, { readonly incarnation: number; readonly sequence: number }>()
  /** What each node has executed tentatively, above its low watermark at its last restart. */
  readonly #told = new Map<string, Batch[]>()
  readonly #givers = new Map<string, Set<string>>()
  /** What a quorum has executed tentatively in one view, by sequence number. */
  readonly #kept = new Map<number, Batch>()
  /** What was proposed or committed, by sequence number. */
  readonly #heard = new Map<number, Batch[]>()

  constructor(world: World<PbftMachine>) {
    this.#world = world
  }

  afterStep(node: NodeView<PbftMachine>): string | null {
    for (const entry of this.#cursor.take(node)) {
      if (entry.kind === 'executed' || entry.kind === 'installed') this.#last.set(node.id, { incarnation: node.incarnation, sequence: entry.sequence })
      const broken = entry.kind === 'executed-tentatively' ? this.#execute(node, entry)
        : entry.kind === 'proposed' || entry.kind === 'committed' ? this.#hear(node.id, entry) : null
      if (broken !== null) return broken
    }
    return null
  }

  afterRestart(node: NodeView<PbftMachine>): string | null {
    if (node.isByzantine) return null
    const { machine } = node
    const { low } = machine.watermarks
    const told = (this.#told.get(node.id) ?? []).filter(({ sequence }) => sequence > low)
    this.#told.set(node.id, told)
    const saysAgain = ({ view, sequence, digest }: Batch): boolean => machine.trace.since(0).some((entry) =>
      entry.kind === 'said' && entry.statement === 'commit' && entry.view === view && entry.sequence === sequence && entry.digest === digest)
    const lost = told.find((each) => machine.isInView && each.view === machine.view && !saysAgain(each))
    if (lost) return `${node.id} has lost the certificate on which it executed sequence number ${lost.sequence} tentatively in view ${lost.view}.`
    return this.afterStep(node)
  }

  #execute(node: NodeView<PbftMachine>, batch: Batch): string | null {
    const { view, sequence, digest } = batch
    const last = this.#last.get(node.id)
    if (last?.incarnation === node.incarnation && sequence !== last.sequence + 1) {
      return `${node.id} executed sequence number ${sequence} tentatively behind ${last.sequence}.`
    }
    const told = this.#told.get(node.id)
    if (told) told.push(batch)
    else this.#told.set(node.id, [batch])
    const key = `${view} ${sequence} ${digest}`
    const givers = (this.#givers.get(key) ?? new Set<string>()).add(node.id)
    this.#givers.set(key, givers)
    // Twins are one liar.
    const liars = new Set(this.#world.nodes.filter((each) => each.isByzantine).map((each) => each.id))
    if (givers.size + liars.size < node.machine.quorum.size || this.#kept.has(sequence)) return null
    this.#kept.set(sequence, batch)
    return this.#heard.get(sequence)?.map((each) => contradiction(batch, each, node.id)).find((each) => each !== null) ?? null
  }

  #hear(by: string, { view, sequence, digest }: Batch): string | null {
    const heard = this.#heard.get(sequence) ?? []
    if (!heard.some((each) => each.view === view && each.digest === digest)) heard.push({ view, sequence, digest })
    this.#heard.set(sequence, heard)
    const kept = this.#kept.get(sequence)
    return kept ? contradiction(kept, { view, sequence, digest }, by) : null
  }
}

function contradiction(kept: Batch, other: Batch, by: string): string | null {
  if (other.digest === kept.digest || other.view <= kept.view) return null
  return `${by}: sequence number ${kept.sequence} is another batch in view ${other.view} than a quorum executed tentatively in view ${kept.view}.`
}

/**
 * A tentative execution comes right behind what is executed for good, and whoever comes back from a crash in the same view still has the
 * certificate that it rests on. What a quorum has executed so in one view, liars with all of them, is what is committed there, and what
 * every later view proposes: a client that was told so by all of them was told the truth.
 */
export const tentativeExecution: Invariant<PbftMachine> = {
  name: 'Accepted Tentative Results Are Kept',
  source: 'Castro and Liskov, OSDI 1999, section 5.1.2',
  begin: (world) => new TentativeExecution(world),
}
