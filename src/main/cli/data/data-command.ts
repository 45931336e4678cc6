/** `quorate data …`: the commands and their help. */
import { Command, Option } from 'commander'
import type { Result } from '../../../core/base'
import { clusterOption, dataOption, type Finish } from '../fault-command'
import { failed, type Outcome } from '../outcome'
import { parseInteger } from '../quantities'
import { answered } from './answer'
import { add, append, compareAndSwap, count, dequeue, enqueue, get, holder, put, remove, scan, type CarriedOut } from './carry-out'
import { parseDelta, parseName, parseSeconds, readValue } from './input'
import { lockAndRun } from './lock'
import { reach, type DataOptions, type Reached } from './reach'

const TIMEOUT_SECONDS = '10'
const TIMEOUT_SECONDS_MAX = 3_600
const WAIT_SECONDS_MAX = 7 * 24 * 3_600
const PAIRS = '100'
const PAIRS_MAX = 100_000

const DATA_EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  refused: another value, no value, a limit reached, a lock that another client holds; nothing was changed
  2  wrong usage
  3  nobody answered in time (no member, or no running console); nothing was changed
  6  it could not be carried out; nothing was changed
  8  not known: it was sent and nobody answered, so it may have taken effect, or still may
  lock ends with the code of the command (128 and the number of the signal that ended it; 126 or 127 where it cannot be run),
  and with 9 where the lock was lost meanwhile`

const VALUE = 'text; - for standard input'

/** What every command is given, and how it ends. */
interface Host {
  readonly fallback: string
  readonly environment: NodeJS.ProcessEnv
  readonly say: (text: string) => void
  readonly finish: Finish
}

/** With the first of the arguments that is wrong there is nothing to carry out. */
async function carriedOut(command: string, options: DataOptions, work: (reached: Reached) => Promise<CarriedOut>, ...checked: readonly Result<unknown>[]): Promise<Outcome> {
  const timeout = parseSeconds(options.timeout, TIMEOUT_SECONDS_MAX)
  for (const each of [timeout, ...checked]) if (!each.ok) return failed(each.error)
  return reach(options, timeout.ok ? timeout.value : 0, async (reached) => {
    const result = await work(reached)
    return result.ok ? answered({ command, cluster: reached.cluster }, result.value, options.json === true) : failed(result.error)
  })
}

/** Commands that put a value somewhere. */
async function withValue(command: string, options: DataOptions, name: Result<string>, text: string, work: (reached: Reached, value: Uint8Array) => Promise<CarriedOut>): Promise<Outcome> {
  if (!name.ok) return failed(name.error)
  const value = await readValue(text, () => process.stdin)
  return value.ok ? carriedOut(command, options, (reached) => work(reached, value.value)) : failed(value.error)
}

const shared = (command: Command, { fallback }: Host): Command => command.addOption(clusterOption())
  .option('--timeout <seconds>', 'how long the members may take to answer', TIMEOUT_SECONDS).addOption(dataOption(fallback))

type Sub = (name: string, description: string) => Command

function pairCommands(sub: Sub, { finish }: Host): void {
  sub('get', 'what a key holds').argument('<key>').action(async (key: string, options: DataOptions) => {
    finish(await carriedOut('get', options, (reached) => get(reached, key), parseName(key, 'key')))
  })
  sub('put', 'make a key hold a value').argument('<key>').argument('<value>', VALUE).action(async (key: string, text: string, options: DataOptions) => {
    finish(await withValue('put', options, parseName(key, 'key'), text, (reached, value) => put(reached, key, value)))
  })
  sub('append', 'put a value behind what a key holds').argument('<key>').argument('<value>', VALUE).action(async (key: string, text: string, options: DataOptions) => {
    finish(await withValue('append', options, parseName(key, 'key'), text, (reached, value) => append(reached, key, value)))
  })
  sub('cas', 'compare and swap: make a key hold a value if it holds the expected one').usage('[options] <key> <expected> <value>\n       quorate data cas [options] --absent <key> <value>')
    .argument('<key>').argument('<expected>', 'what it has to hold; left out with --absent').argument('[value]', VALUE)
    .option('--absent', 'if it holds nothing')
    .action(async (key: string, first: string, second: string | undefined, options: DataOptions & { absent?: boolean }) => {
      const expected = options.absent === true ? null : first
      const text = options.absent === true ? first : second
      if (text === undefined || (options.absent === true && second !== undefined)) {
        finish(failed({ code: 'usage', message: text === undefined ? 'The new value is missing.' : 'With --absent there is no expected value.', hint: 'Give KEY EXPECTED VALUE, or --absent KEY VALUE.' }))
        return
      }
      finish(await withValue('cas', options, parseName(key, 'key'), text, (reached, value) => compareAndSwap(reached, key, expected, value)))
    })
  sub('delete', 'make a key hold nothing').argument('<key>').action(async (key: string, options: DataOptions) => {
    finish(await carriedOut('delete', options, (reached) => remove(reached, key), parseName(key, 'key')))
  })
  sub('scan', 'keys and what they hold, in the order of the keys').argument('[from]', 'the first key', '')
    .option('--prefix <prefix>', 'keys that begin with it', '').option('--limit <count>', 'how many at most', PAIRS)
    .action(async (from: string, options: DataOptions & { prefix: string; limit: string }) => {
      const limit = parseInteger(options.limit, 1, PAIRS_MAX, 'number of keys')
      finish(await carriedOut('scan', options, (reached) => scan(reached, from, options.prefix, limit.ok ? limit.value : 0), limit))
    })
}

function otherCommands(sub: Sub, { finish }: Host): void {
  sub('enqueue', 'put a value into a queue').argument('<queue>').argument('<value>', VALUE).action(async (queue: string, text: string, options: DataOptions) => {
    finish(await withValue('enqueue', options, parseName(queue, 'queue'), text, (reached, value) => enqueue(reached, queue, value)))
  })
  sub('dequeue', 'take the oldest value out of a queue').argument('<queue>').action(async (queue: string, options: DataOptions) => {
    finish(await carriedOut('dequeue', options, (reached) => dequeue(reached, queue), parseName(queue, 'queue')))
  })
  sub('add', 'add to a counter, and tell the sum').argument('<counter>').argument('[number]', 'below 0 to subtract', '1').action(async (counter: string, text: string, options: DataOptions) => {
    const delta = parseDelta(text)
    finish(await carriedOut('add', options, (reached) => add(reached, counter, delta.ok ? delta.value : 0), parseName(counter, 'counter'), delta))
  })
  sub('count', 'where a counter stands').argument('<counter>').action(async (counter: string, options: DataOptions) => {
    finish(await carriedOut('count', options, (reached) => count(reached, counter), parseName(counter, 'counter')))
  })
  sub('holder', 'who holds a lock').argument('<lock>').action(async (lock: string, options: DataOptions) => {
    finish(await carriedOut('holder', options, (reached) => holder(reached, lock), parseName(lock, 'lock')))
  })
}

function lockCommand(host: Host): Command {
  const { say, environment, finish } = host
  return shared(new Command('lock').description('run a command while holding a lock, and give it back at its end').usage('[options] <lock> -- <command> [arguments...]')
    .argument('<lock>').argument('<command...>', 'what is run, with its arguments, behind --')
    .addOption(new Option('--wait <seconds>', 'wait so long where another client holds it (default: not at all)')), host)
    .action(async (lock: string, command: readonly string[], options: DataOptions & { wait?: string }) => {
      const [name, timeout] = [parseName(lock, 'lock'), parseSeconds(options.timeout, TIMEOUT_SECONDS_MAX)]
      const wait = parseSeconds(options.wait ?? '0', WAIT_SECONDS_MAX)
      for (const each of [name, timeout, wait]) if (!each.ok) { finish(failed(each.error)); return }
      const waitMs = options.wait !== undefined && wait.ok ? wait.value : null
      finish(await reach(options, timeout.ok ? timeout.value : 0, (reached) => lockAndRun(reached, { lock, waitMs, command, say, environment })))
    })
    .addHelpText('after', `
The command finds its fencing token in QUORATE_FENCING_TOKEN: greater than that of every grant before it. Hand it on with whatever the command changes
elsewhere, so that what comes late from an earlier holder can be turned away. A holder that dies loses the lock within a minute. One that is cut off
is told, and its command gets SIGTERM. SIGINT, SIGTERM and SIGHUP are passed on to the command; the lock is given back when it has ended.

Examples:
  $ quorate data lock nightly -- ./backup.sh
  $ quorate data lock deploy --wait 60 -- sh -c 'echo "as number $QUORATE_FENCING_TOKEN"'
${DATA_EXIT_CODES_HELP}`)
}

export function dataCommand(fallback: string, environment: NodeJS.ProcessEnv, say: (text: string) => void, finish: Finish): Command {
  const host: Host = { fallback, environment, say, finish }
  const data = new Command('data').description('what a local cluster holds: keys, queues, counters and locks')
  const sub: Sub = (name, description) => shared(data.command(name).description(description), host).option('--json', 'print JSON as described in docs/json.md')
    .addHelpText('after', DATA_EXIT_CODES_HELP)
  pairCommands(sub, host)
  otherCommands(sub, host)
  data.addCommand(lockCommand(host))
  return data.addHelpText('after', `
Everything read is what all writes that had ended before have made it, whichever member leads. Every write takes effect once, however often it is sent on the way.

Examples:
  $ quorate data put greeting hello
  $ quorate data put config - < config.json
  $ quorate data cas greeting hello 'good morning'
  $ quorate data cas --absent leader me
  $ quorate data scan --prefix user/ --limit 20 --json
  $ quorate data enqueue jobs resize-17 && quorate data dequeue jobs
  $ quorate data add visits 5 --cluster demo
  $ quorate data lock nightly --wait 60 -- ./backup.sh
  $ quorate data holder nightly
${DATA_EXIT_CODES_HELP}`)
}
