import { encodeConfiguration } from '../../../core/raft'
import { CommittedEntries } from './committed-entries'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

interface Made {
  readonly index: number
  readonly term: number
  readonly key: string
}

/**
 * The configuration in force is that of the newest such entry in the log, or of the log's base, and then the one that was committed last
 * before it: one that was cut off is rolled back, and a snapshot carries the right one.
 */
export const configurationsMatchLog: RaftInvariant = {
  name: 'Configurations Match the Log',
  source: 'Ongaro and Ousterhout 2014, sections 6 and 7; thesis, section 4.1',
  begin: (): RaftCheck => {
    const committed = new CommittedEntries()
    const made: Made[] = []
    const seen = new PerNode(() => ({ placed: null as object | null, version: -1 }))
    const committedUpTo = (index: number): Made | undefined =>
      made.filter((each) => each.index <= index && committed.at(each.index)?.term === each.term).sort((one, other) => other.index - one.index)[0]

    return {
      afterStep: (node) => {
        const { id, machine: { inspect } } = node
        committed.look(node)
        const memory = seen.of(id)
        const { placed, logVersion } = inspect
        if (memory.placed === placed && memory.version === logVersion) return null
        memory.placed = placed
        memory.version = logVersion
        const key = String(encodeConfiguration(placed.configuration))
        if (inspect.isConfigurationOldest) {
          const right = committedUpTo(placed.index)
          return right === undefined || right.key === key ? null : `${id} goes on behind ${placed.index} without the configuration of entry ${right.index}`
        }
        const term = inspect.termOf(placed.index)
        if (term === undefined) return `${id} holds to a configuration of entry ${placed.index}, which is not in its log`
        const entry = inspect.entryInMemory(placed.index)
        if (entry !== undefined && entry.kind !== 'configuration') return `${id} holds to a configuration of entry ${placed.index}, which is of kind ${entry.kind}`
        const same = made.find((each) => each.index === placed.index && each.term === term)
        if (same === undefined) made.push({ index: placed.index, term, key })
        return same !== undefined && same.key !== key ? `the configuration of entry ${placed.index} is another one on ${id}` : null
      },
    }
  },
}
