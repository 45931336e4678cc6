/** node out/main/serve.js: the console without a window, until SIGINT or SIGTERM. */
import { parseArgs } from 'node:util'
import { defaultDataDirectory } from '../console/data-directory/default-data-directory'
import { runServe, type ServeOptions } from './run-serve'
import { readVersion } from './version'

const DEFAULT_DATA_DIRECTORY = defaultDataDirectory(process.platform, process.env)

const HELP = `Serves Quorate on loopback and prints its address.

  --port N              port to listen on (default: a free one)
  --data DIR            keep data in DIR (default: ${DEFAULT_DATA_DIRECTORY})
  --ipv6                listen on ::1 instead of 127.0.0.1
  --no-sandbox-cluster  do not start a local cluster on a fresh data folder
  --help                print this

Exit codes: 0 stopped as asked, 1 could not start or broke, 2 wrong options.`

const EXIT = { stopped: 0, failed: 1, usage: 2 } as const

function readOptions(): ServeOptions | null {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' }, data: { type: 'string' }, ipv6: { type: 'boolean' },
      'no-sandbox-cluster': { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return null
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) throw new Error(`--port ${values.port} is not a port; give a number from 0 to 65535.`)
  return {
    dataDirectory: values.data ?? DEFAULT_DATA_DIRECTORY,
    version: readVersion(import.meta.dirname),
    port: Number(values.port),
    host: values.ipv6 ? '::1' : '127.0.0.1',
    firstCluster: !values['no-sandbox-cluster'],
    log: { info: () => {}, warn: (text) => process.stderr.write(`${text}\n`), error: (text) => process.stderr.write(`${text}\n`) },
    nativeBinding: process.env['QUORATE_SQLITE_BINDING'] ?? null,
  }
}

async function main(): Promise<number | null> {
  let options: ServeOptions | null
  try {
    options = readOptions()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n--help lists the options.\n`)
    return EXIT.usage
  }
  if (!options) {
    process.stdout.write(`${HELP}\n`)
    return EXIT.stopped
  }
  const started = await runServe(options)
  if (!started.ok) {
    process.stderr.write(`${started.error.message}\n${started.error.hint ?? ''}\n`)
    return EXIT.failed
  }
  const stop = (): void => void started.value.stop().then(() => process.exit(EXIT.stopped))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  process.once('SIGHUP', stop)
  // Last: whoever reads it may ask for the end at once.
  process.stdout.write(`Quorate is at ${started.value.url}\n`)
  return null
}

// A terminal that was closed, or a reader that went away, is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

process.on('unhandledRejection', (reason) => {
  process.stderr.write(`Quorate ended because of an error that nothing expected: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`)
  process.exit(EXIT.failed)
})
void main().then((code) => {
  if (code !== null) process.exitCode = code
})
