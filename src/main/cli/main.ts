/** The `quorate` command (node out/main/cli.js). */
import path from 'node:path'
import { defaultDataDirectory } from '../console/data-directory/default-data-directory'
import { readVersion } from '../serve/version'
import { EXIT } from './exit-codes'
import { serveHere, upHere, type Terminal } from './foreground'
import { runProgram } from './program'

// grpc-js names an IP address to TLS, about which Node warns; nothing a user of the command could do about it.
process.noDeprecation = true

const write = {
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
}

const terminal: Terminal = {
  version: readVersion(import.meta.dirname), ...write,
  untilStopped: () => new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { resolve() })
  }),
}

/** Ends once everything said has been taken. */
function end(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}

// Whoever reads may stop reading (`quorate observe … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed))

function broke(error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  write.err(`✗ Quorate ended because of an error that nothing expected: ${what}\n`)
  end(EXIT.failed)
}
process.on('unhandledRejection', broke)

runProgram(process.argv.slice(2), {
  version: terminal.version, dataDirectory: defaultDataDirectory(process.platform, process.env), environment: process.env, write,
  serve: (request) => serveHere(request, terminal),
  up: (request) => upHere(request, terminal),
  simulator: {
    workerFile: path.join(import.meta.dirname, 'sim-worker.js'), isTerminal: process.stderr.isTTY,
    stop: () => {
      const interrupted = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { interrupted.abort() })
      return interrupted.signal
    },
  },
}).then(end, broke)
