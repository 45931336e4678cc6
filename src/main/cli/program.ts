/** The commands, their options and their help. */
import { Command, CommanderError, Option } from 'commander'
import { CLUSTER_SIZES, isClusterSize, PROTOCOL_NAMES, PROTOCOLS } from '../../contract/sandbox'
import type { ProtocolName } from '../../core/machine'
import { checkCommand } from './check/check-command'
import { dataCommand } from './data/data-command'
import { EXIT, EXIT_CODES_HELP } from './exit-codes'
import { dataOption, faultCommand, type Finish } from './fault-command'
import { maelstromCommand } from './maelstrom'
import { memberCommands } from './member-command'
import { observeCommand } from './observe-command'
import { optionsCommand } from './options-command'
import { failed, type Outcome } from './outcome'
import { parseInteger } from './quantities'
import { down, status, type NodeCount, type Wanted } from './sandbox'
import { parseProtocolOptions, type GivenProtocolOptions } from './protocol-options'
import { simCommand } from './sim'

export interface ServeRequest {
  readonly dataDirectory: string
  readonly port: number
  readonly firstCluster: boolean
}

export interface UpRequest extends Wanted {
  readonly dataDirectory: string
}

export interface ProgramOptions {
  readonly version: string
  readonly dataDirectory: string
  readonly environment: NodeJS.ProcessEnv
  readonly write: { readonly out: (text: string) => void; readonly err: (text: string) => void }
  /** A console in this terminal until it is told to stop; resolves with what the command ends with. */
  readonly serve: (request: ServeRequest) => Promise<Outcome>
  readonly up: (request: UpRequest) => Promise<Outcome>
  /** What `sim` runs its threads from, and what ends them early. */
  readonly simulator: { readonly workerFile: string; readonly isTerminal: boolean; readonly stop: () => AbortSignal }
}

const NODE_COUNTS: readonly NodeCount[] = [1, 3, 4, 5, 7]
const LOCAL_CLUSTER = 'Local cluster'
/** The smallest cluster that takes a failure. */
const DEFAULT_NODES: Readonly<Record<ProtocolName, NodeCount>> = { raft: 3, paxos: 3, pbft: 4 }

function serveCommand(options: ProgramOptions, finish: Finish): Command {
  return new Command('serve').description('run the console on loopback, for a browser; ends with Ctrl-C')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .option('--no-sandbox-cluster', 'do not start a local cluster on the first run')
    .addOption(dataOption(options.dataDirectory))
    .action(async (given: { port: string; sandboxCluster: boolean; data: string }) => {
      const port = parseInteger(given.port, 0, 65_535, 'port')
      if (!port.ok) { finish(failed(port.error)); return }
      finish(await options.serve({ dataDirectory: given.data, port: port.value, firstCluster: given.sandboxCluster }))
    })
    .addHelpText('after', `
The address it prints holds a token: whoever has it may use the console.

Examples:
  $ quorate serve
  $ quorate serve --port 8123 --data ./data --no-sandbox-cluster
${EXIT_CODES_HELP}`)
}

function upCommand(options: ProgramOptions, finish: Finish): Command {
  return new Command('up').alias('create')
    .description('make a local cluster, or start the one of that name; without a running console one runs here until Ctrl-C')
    .argument('[name]', `name of the cluster (default: "${LOCAL_CLUSTER}")`)
    .addOption(new Option('--protocol <protocol>', 'what the nodes agree by').choices(PROTOCOLS).default('raft'))
    .addOption(new Option('--nodes <count>', 'how many nodes (default: 3; 4 for pbft)').choices(NODE_COUNTS.map(String)))
    .option('--name <name>', 'the same, by an option')
    .addOption(new Option('--reads <way>', 'how linearizable reads are answered: by asking a quorum, or from a lease, which trusts the clocks (default: index)').choices(['index', 'lease']))
    .option('--forwarding', 'members that do not lead pass commands and reads on to the one that does')
    .option('--snapshot-after <entries>', 'take a snapshot each time the log has grown by so many entries (default: 100000)')
    .option('--prefer <members>', 'Raft: who leads rather than others, the first choice first, for example n2,n1')
    .option('--tentative', 'PBFT: execute what is prepared before it is committed, and tell clients so')
    .addOption(dataOption(options.dataDirectory))
    .action(async (named: string | undefined, given: GivenProtocolOptions & { nodes?: string; protocol: ProtocolName; name?: string; data: string }) => {
      const { protocol } = given
      if (named !== undefined && given.name !== undefined && named !== given.name) {
        finish(failed({ code: 'usage', message: `The cluster is named twice: ${named} and ${given.name}.`, hint: 'Name it once.' }))
        return
      }
      const nodes = NODE_COUNTS.find((count) => String(count) === given.nodes) ?? DEFAULT_NODES[protocol]
      if (!isClusterSize(protocol, nodes)) {
        const sizes = CLUSTER_SIZES[protocol].join(', ')
        finish(failed({ code: 'usage', message: `A ${PROTOCOL_NAMES[protocol]} cluster cannot have ${String(nodes)} nodes.`, hint: `Give --nodes one of ${sizes}.` }))
        return
      }
      const parsed = parseProtocolOptions(protocol, given)
      if (!parsed.ok) { finish(failed(parsed.error)); return }
      const { value: runWith } = parsed
      finish(await options.up({ dataDirectory: given.data, name: named ?? given.name ?? LOCAL_CLUSTER, nodes, protocol, ...(runWith === null ? {} : { options: runWith }) }))
    })
}

function sandboxCommand(options: ProgramOptions, finish: Finish): Command {
  const sandbox = new Command('sandbox').description('local clusters of real processes')
  sandbox.addCommand(upCommand(options, finish))
  sandbox.command('down').description('stop a local cluster').argument('[name]', 'name or id (needed where there are several)')
    .option('--delete', 'remove its folder and its history too').addOption(dataOption(options.dataDirectory))
    .action(async (name: string | undefined, given: { delete?: boolean; data: string }) => {
      finish(await down(given.data, name, given.delete === true))
    })
  sandbox.command('status').description('nodes, processes and faults in force').argument('[name]', 'name or id')
    .option('--json', 'print JSON as described in docs/json.md').addOption(dataOption(options.dataDirectory))
    .action(async (name: string | undefined, given: { json?: boolean; data: string }) => {
      finish(await status(given.data, name, given.json === true))
    })
  sandbox.addCommand(faultCommand(options.dataDirectory, finish))
  sandbox.addCommand(optionsCommand(options.dataDirectory, finish))
  for (const command of memberCommands(options.dataDirectory, finish)) sandbox.addCommand(command)
  return sandbox.addHelpText('after', `
Examples:
  $ quorate sandbox up demo --nodes 5
  $ quorate sandbox create generals --protocol pbft
  $ quorate sandbox create hasty --protocol pbft --tentative
  $ quorate sandbox lie generals n1 equivocate
  $ quorate sandbox create fast --reads lease --forwarding --snapshot-after 5000
  $ quorate sandbox options fast --set snapshot-after=20000
  $ quorate sandbox options fast --set prefer=n2,n1
  $ quorate sandbox member add --witness --cluster demo
  $ quorate sandbox status
  $ quorate sandbox fault kill n1
  $ quorate observe demo
  $ quorate sandbox down demo --delete
${EXIT_CODES_HELP}`)
}

/** Every subcommand ends by an exception instead of ending the process, and prints where the program prints. */
function adopt(command: Command, options: ProgramOptions): void {
  command.helpCommand(false).exitOverride().configureOutput({
    writeOut: options.write.out, writeErr: options.write.err, outputError: (text, write) => { write(`✗ ${text.replace(/^error: /, '')}`) },
  })
  command.showHelpAfterError('  What to do: see --help.')
  for (const sub of command.commands) adopt(sub, options)
}

export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<number> {
  let outcome: Outcome = { exitCode: EXIT.ok }
  const finish: Finish = (result) => { outcome = result }
  const program = new Command('quorate')
    .description('Who leads, in which epoch, how far replication lags, and how many failures a cluster can still take.')
    .version(options.version, '-V, --version')
    .addCommand(serveCommand(options, finish))
    .addCommand(observeCommand(options.dataDirectory, options.environment, finish))
    .addCommand(checkCommand(options.write.err, finish))
    .addCommand(sandboxCommand(options, finish))
    .addCommand(dataCommand(options.dataDirectory, options.environment, options.write.err, finish))
    .addCommand(simCommand({ ...options.simulator, write: options.write, planted: null, regressions: null }, finish))
    .addCommand(maelstromCommand(finish))
    .addHelpText('after', `
Examples:
  $ quorate observe etcd://127.0.0.1:2379
  $ quorate sandbox up
  $ quorate data put greeting hello
  $ quorate serve --port 8123

Every command has its own --help.
${EXIT_CODES_HELP}`)
  adopt(program, options)
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // 2 is a verdict of check.
    return error.exitCode === 0 ? EXIT.ok : argv[0] === 'check' ? EXIT.unreadable : EXIT.usage
  }
  if (outcome.stdout !== undefined) options.write.out(outcome.stdout)
  if (outcome.stderr !== undefined) options.write.err(outcome.stderr)
  return outcome.exitCode
}
