/** The simulator with its planted bugs and regression seeds: what `npm run sim` runs. Bundled by scripts/sim.mjs. */
import path from 'node:path'
import type { Command} from 'commander';
import { CommanderError } from 'commander'
import { EXIT } from '../../src/main/cli/exit-codes'
import { simCommand } from '../../src/main/cli/sim'
import { PLANTED_BUGS } from './planted'
import { REGRESSIONS } from './regressions'

const out = (text: string): void => void process.stdout.write(text)
const err = (text: string): void => void process.stderr.write(text)

const interrupted = new AbortController()
process.once('SIGINT', () => { interrupted.abort() })
process.once('SIGTERM', () => { interrupted.abort() })

const command: Command = simCommand({
  workerFile: path.join(import.meta.dirname, 'sim-worker.mjs'), write: { out, err }, isTerminal: process.stderr.isTTY, stop: () => interrupted.signal,
  planted: PLANTED_BUGS,
  regressions: (protocol) => REGRESSIONS.filter((each) => each.protocol === protocol).map(({ seed, profile }) => ({ seed, profile: profile ?? null })),
}, ({ exitCode, stdout, stderr }) => {
  if (stdout !== undefined) out(stdout)
  if (stderr !== undefined) err(stderr)
  process.exitCode = exitCode
})
command.name('npm run sim --').exitOverride().showHelpAfterError('  What to do: see --help.')
command.parseAsync(process.argv.slice(2), { from: 'user' }).catch((error: unknown) => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage
  else {
    err(`✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exitCode = EXIT.failed
  }
})
