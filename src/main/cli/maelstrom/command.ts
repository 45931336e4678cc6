/** `quorate maelstrom`: a node for the Maelstrom workbench, on this process's standard input and output. */
import { Argument, Command, Option } from 'commander'
import { fail, ok, type Result } from '../../../core/base'
import { EXIT, EXIT_CODES_HELP } from '../exit-codes'
import type { Finish } from '../fault-command'
import { failed } from '../outcome'
import { parseInteger } from '../quantities'
import { openEcho } from './echo'
import { openGrowOnlyCounter } from './g-counter'
import { openLinKv, type LinKvOptions } from './lin-kv'
import { LINE_CHARACTERS_MAX, readLines } from './lines'
import { MaelstromNode } from './node'
import { CONSENSUS_PROTOCOLS, type ConsensusProtocol } from './replica'
import { openBroadcast, openGrowOnlySet } from './sets'
import { openUniqueIds } from './unique-ids'
import type { OpenWorkload } from './workload'

const WORKLOADS: Readonly<Record<string, (options: LinKvOptions) => OpenWorkload>> = {
  'lin-kv': openLinKv, 'broadcast': () => openBroadcast, 'g-set': () => openGrowOnlySet, 'g-counter': () => openGrowOnlyCounter,
  'unique-ids': () => openUniqueIds, 'echo': () => openEcho,
}
const ELECTION_MS = { low: 10, high: 60_000, default: 500 } as const
/** A client of the workbench waits for a second at the least; an answer that comes later is of no use to it. */
const REQUEST_TIMEOUT_MS = { low: 10, high: 600_000, default: 900 } as const

interface Given {
  readonly protocol: ConsensusProtocol
  readonly electionMs: string
  readonly requestTimeoutMs: string
}

function optionsOf(given: Given): Result<LinKvOptions, 'usage'> {
  const electionMs = parseInteger(given.electionMs, ELECTION_MS.low, ELECTION_MS.high, 'election-ms')
  if (!electionMs.ok) return electionMs
  const requestTimeoutMs = parseInteger(given.requestTimeoutMs, REQUEST_TIMEOUT_MS.low, REQUEST_TIMEOUT_MS.high, 'request-timeout-ms')
  if (!requestTimeoutMs.ok) return requestTimeoutMs
  return ok({ protocol: given.protocol, electionMs: electionMs.value, requestTimeoutMs: requestTimeoutMs.value })
}

/** Until standard input ends, as it does when the workbench is done with this node. */
async function runNode(open: OpenWorkload): Promise<Result<undefined, 'invalid-input'>> {
  const node = new MaelstromNode({
    open, nowMs: () => performance.now(),
    writeLine: (line) => void process.stdout.write(`${line}\n`),
    log: (text) => void process.stderr.write(`${text}\n`),
  })
  const isWhole = await readLines(process.stdin, (line) => { node.line(line) })
  node.stop()
  return isWhole ? ok() : fail('invalid-input', `A line on standard input is longer than ${LINE_CHARACTERS_MAX} characters.`, 'Send one JSON message on each line.')
}

export function maelstromCommand(finish: Finish): Command {
  return new Command('maelstrom').description('a node for the Maelstrom workbench: JSON lines on standard input and output')
    .addArgument(new Argument('<workload>', 'what the node does').choices(Object.keys(WORKLOADS)))
    .addOption(new Option('--protocol <protocol>', 'lin-kv: what the nodes agree by; the other workloads need no consensus and ignore it').choices(CONSENSUS_PROTOCOLS).default('raft'))
    .option('--election-ms <ms>', 'lin-kv: silence of a leader before another is elected; at least ten times the latency of the network', String(ELECTION_MS.default))
    .option('--request-timeout-ms <ms>', 'lin-kv: a request is answered by then, with an error where it must be', String(REQUEST_TIMEOUT_MS.default))
    .action(async (workload: string, given: Given) => {
      const options = optionsOf(given)
      const open = WORKLOADS[workload]
      if (!options.ok || open === undefined) {
        finish(failed(options.ok ? { code: 'usage', message: `There is no workload ${workload}.` } : options.error))
        return
      }
      const ended = await runNode(open(options.value))
      finish(ended.ok ? { exitCode: EXIT.ok } : failed(ended.error))
    })
    .addHelpText('after', `
Maelstrom starts one process per node. Nothing is kept on disk: the workbench never restarts a node.
See docs/maelstrom.md.

Examples:
  $ ./maelstrom test -w lin-kv --bin "$(command -v node)" --node-count 5 --nemesis partition -- "$QUORATE/out/main/cli.js" maelstrom lin-kv
  $ quorate maelstrom lin-kv --protocol paxos
  $ quorate maelstrom broadcast
${EXIT_CODES_HELP}`)
}
