/** The console service as Electron's utility process. Configured by the first message of the host; ends on its word or with it. */
import type { FromHost } from '../../contract/host'
import { messagePortChannel } from './binder'
import { hostConnection, hostProcesses, hostSecrets, type HostConnection, type ParentPort } from './desktop-host'
import type { Log } from './options'
import { parseFromAgent } from './sandbox'
import { createConsole, type ConsoleService } from './service'

type Configuration = Extract<FromHost, { kind: 'configure' }>

const EXIT = { stopped: 0, failed: 1 } as const

const write = (text: string): void => void process.stderr.write(`[console] ${text}\n`)
const log: Log = { info: () => {}, warn: write, error: write }

const fatal = (error: unknown): never => {
  write(`It ended because of an error that nothing expected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  process.exit(EXIT.failed)
}
// The terminal that the app was started from may be closed long before the app is.
process.stderr.on('error', () => {})
process.on('unhandledRejection', fatal)
process.on('uncaughtException', fatal)

/** What was posted last leaves in a later turn of the loop; an exit at once would lose it. */
const EXIT_DELAY_MS = 100

function leave(code: number): Promise<never> {
  setTimeout(() => process.exit(code), EXIT_DELAY_MS)
  return new Promise(() => {})
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value
}

async function open(configuration: Configuration, host: HostConnection): Promise<ConsoleService> {
  const { dataDirectory, version, nativeBinding, firstCluster } = configuration
  const opened = await createConsole({
    dataDirectory, version, nativeBinding, firstCluster, log,
    transport: 'desktop',
    processHost: hostProcesses({ host, parse: parseFromAgent, log }),
    secrets: hostSecrets(host),
    nowMs: Date.now,
    notify: (notification) => host.post({ kind: 'notify', ...notification }),
    onBadge: (badge) => host.post({ kind: 'badge', ...badge }),
    onTheme: (theme) => host.post({ kind: 'theme', theme }),
  })
  if (opened.ok) return opened.value
  const { message, hint = '' } = opened.error
  write(`${message} ${hint}`)
  host.post({ kind: 'notify', title: 'Quorate cannot start', body: `${message} ${hint}`, clusterId: null, critical: true })
  return leave(EXIT.failed)
}

function main(): void {
  const parentPort: unknown = Reflect.get(process, 'parentPort')
  if (!isParentPort(parentPort)) {
    write('This file is started by the Quorate window. Without one, use `quorate serve`.')
    process.exit(EXIT.failed)
  }
  const host = hostConnection(parentPort, log)
  let service: Promise<ConsoleService> | null = null
  host.onMessage((message, port) => {
    if (message.kind === 'configure') {
      service ??= open(message, host)
      void service.then(() => host.post({ kind: 'ready' }))
    } else if (message.kind === 'client' && port) {
      void service?.then((console) => console.connect(messagePortChannel(port)))
    } else if (message.kind === 'stop') {
      void Promise.resolve(service).then((console) => console?.stop()).then(() => {
        host.post({ kind: 'stopped' })
        return leave(EXIT.stopped)
      })
    }
  })
}

main()
