/** A console in this terminal, until it is told to stop. */
import { channelPair } from '../console/binder'
import { callsOver, connectToConsole } from '../console/control'
import { createConsole, MEMORY_ONLY, type Log } from '../console/service'
import { builtPlaces, childProcessHost, runServe } from '../serve'
import { EXIT } from './exit-codes'
import { failed, type Outcome } from './outcome'
import type { ServeRequest, UpRequest } from './program'
import { up } from './sandbox'

export interface Terminal {
  readonly version: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Resolves when the person at the terminal, or whoever started the process, wants it to end. */
  readonly untilStopped: () => Promise<void>
}

const logTo = (terminal: Terminal): Log => ({
  info: () => undefined,
  warn: (text) => { terminal.err(`${text}\n`) },
  error: (text) => { terminal.err(`${text}\n`) },
})

const nativeBinding = (): string | null => process.env['QUORATE_SQLITE_BINDING'] ?? null

export async function serveHere(request: ServeRequest, terminal: Terminal): Promise<Outcome> {
  const { dataDirectory, port, firstCluster } = request
  const started = await runServe({ dataDirectory, port, firstCluster, version: terminal.version, log: logTo(terminal),
    nativeBinding: nativeBinding() })
  if (!started.ok) return failed(started.error)
  terminal.out(`Quorate is at ${started.value.url}\n`)
  await terminal.untilStopped()
  await started.value.stop()
  return { exitCode: EXIT.ok }
}

/** Through the console that runs on the data directory; where there is none, one runs here for as long as the cluster shall. */
export async function upHere(request: UpRequest, terminal: Terminal): Promise<Outcome> {
  const { dataDirectory, ...wanted } = request
  const running = await connectToConsole(dataDirectory)
  if (running !== null) {
    const outcome = await up(running, wanted)
    running.close()
    return outcome
  }
  const places = builtPlaces()
  if (places === null) return failed({ code: 'not-built', message: 'The build is missing: no agent.js was found.', hint: 'Run `npm run build`.' })
  const log = logTo(terminal)
  const opened = await createConsole({
    dataDirectory, version: terminal.version, transport: 'loopback', processHost: childProcessHost({ agentEntry: places.agentEntry, log }),
    secrets: MEMORY_ONLY,
    nativeBinding: nativeBinding(), firstCluster: false, log, nowMs: Date.now, notify: ({ title, body }) => { terminal.err(`${title}: ${body}\n`) },
  })
  if (!opened.ok) return failed(opened.error)
  const [near, far] = channelPair()
  opened.value.connect(far)
  const outcome = await up(callsOver(near), wanted)
  // With a node that failed it runs on all the same: what is wrong with it can be looked into.
  if (outcome.stdout !== undefined) {
    const command = `quorate observe ${JSON.stringify(wanted.name)} --data ${JSON.stringify(dataDirectory)}`
    terminal.out(`${outcome.stdout}\nRuns until Ctrl-C. In another terminal: ${command}\n`)
    await terminal.untilStopped()
  }
  near.close()
  await opened.value.stop()
  return { ...(outcome.stderr === undefined ? {} : { stderr: outcome.stderr }), exitCode: outcome.exitCode }
}
