/** `quorate observe TARGET` */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { fail, ok, type Result } from '../../core/base'
import { EXIT_CODES_HELP } from './exit-codes'
import { dataOption, type Finish } from './fault-command'
import { observe } from './observe'
import { failed } from './outcome'
import { parseInteger } from './quantities'
import { parseTarget } from './target'

interface Options {
  readonly json?: boolean
  readonly timeout: string
  readonly data: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly serverName?: string
  readonly user?: string
  readonly passwordFile?: string
}

const TIMEOUT_MS_MAX = 60_000

/** From a file, else from QUORATE_PASSWORD; never from an argument, which other users of the machine can see. */
async function readPassword(file: string | undefined, environment: NodeJS.ProcessEnv): Promise<Result<string | undefined, 'usage'>> {
  if (file === undefined) return ok(environment['QUORATE_PASSWORD'])
  try {
    return ok((await readFile(file, 'utf8')).replace(/\r?\n$/, ''))
  } catch (error) {
    return fail('usage', `The password file cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Give a file that holds the password on one line.')
  }
}

export function observeCommand(fallback: string, environment: NodeJS.ProcessEnv, finish: Finish): Command {
  return new Command('observe').description('ask every member of a cluster once, and tell what each says and what follows')
    .argument('<target>', 'etcd://host:port[,host:port…], etcds://… for TLS, or the name of a cluster that a running console knows')
    .option('--json', 'print JSON as described in docs/json.md')
    .option('--timeout <ms>', 'how long a member may take to answer', '1500')
    .option('--ca <file>', 'certificate authority of the cluster (PEM)')
    .option('--cert <file>', 'client certificate (PEM)').option('--key <file>', 'its private key (PEM)')
    .option('--server-name <name>', "the name to verify in the members' certificates, where it differs from the host")
    .option('--user <name>', 'etcd user').option('--password-file <file>', 'file with the password; else QUORATE_PASSWORD is taken')
    .addOption(dataOption(fallback))
    .action(async (text: string, options: Options) => {
      const { ca, cert, key, serverName, user } = options
      const timeoutMs = parseInteger(options.timeout, 50, TIMEOUT_MS_MAX, 'time in milliseconds')
      if (!timeoutMs.ok) { finish(failed(timeoutMs.error)); return }
      const password = user === undefined ? ok(undefined) : await readPassword(options.passwordFile, environment)
      if (!password.ok) { finish(failed(password.error)); return }
      const given = { ca, cert, key, serverName, user, password: password.value }
      const target = parseTarget(text, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
      if (!target.ok) { finish(failed(target.error)); return }
      finish(await observe(target.value, { json: options.json === true, timeoutMs: timeoutMs.value, dataDirectory: options.data }))
    })
    .addHelpText('after', `
Examples:
  $ quorate observe etcd://127.0.0.1:2379
  $ quorate observe etcd://10.0.0.1:2379,10.0.0.2:2379 --json | jq .summary.state
  $ quorate observe etcds://etcd.example.com:2379 --ca ca.pem --cert client.pem --key client.key
  $ QUORATE_PASSWORD=… quorate observe etcd://10.0.0.1:2379 --user root
  $ quorate observe "Local cluster"
${EXIT_CODES_HELP}`)
}
