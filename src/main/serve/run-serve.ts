/** Runs the console headless until it is told to stop. For `npm start` without a display and for `quorate serve`. */
import type { Result } from '../../core/base'
import { fail, ok } from '../../core/base'
import { createConsole, MEMORY_ONLY, type ConsoleService, type Log } from '../console/service'
import { childProcessHost } from './child-process-host'
import { builtPlaces, type BuiltPlaces } from './places'
import { startServer } from './server'

export interface ServeOptions {
  readonly dataDirectory: string
  readonly version: string
  /** 0: a free one. */
  readonly port: number
  readonly host?: '127.0.0.1' | '::1'
  /** On a fresh data directory a local cluster is created and started. */
  readonly firstCluster: boolean
  readonly log: Log
  readonly nativeBinding?: string | null
  /** Where the agent and the window lie; found beside the bundle where they are not given. */
  readonly places?: BuiltPlaces
  readonly token?: string
}

export interface Serving {
  readonly console: ConsoleService
  readonly port: number
  /** Holds the token of this run in its fragment: show it once, to the person who started it. */
  readonly url: string
  stop(): Promise<void>
}

export type ServeCode = 'in-use' | 'not-usable' | 'port-in-use' | 'listen-failed' | 'window-missing' | 'not-built'

export async function runServe(options: ServeOptions): Promise<Result<Serving, ServeCode>> {
  const places = options.places ?? builtPlaces()
  if (!places) return fail('not-built', 'The build is missing: no agent.js was found.', 'Run `npm run build`.')
  const { dataDirectory, version, firstCluster, log, nativeBinding = null } = options
  const opened = await createConsole({
    dataDirectory, version, firstCluster, log, nativeBinding,
    transport: 'loopback',
    processHost: childProcessHost({ agentEntry: places.agentEntry, log }),
    secrets: MEMORY_ONLY,
    nowMs: Date.now,
    notify: ({ title, body }) => log.info(`${title}: ${body}`),
  })
  if (!opened.ok) return opened
  const console = opened.value
  const server = await startServer({
    host: options.host ?? '127.0.0.1', port: options.port, rendererDirectory: places.rendererDirectory,
    onChannel: (channel) => console.connect(channel),
    ...(options.token === undefined ? {} : { token: options.token }),
  })
  if (!server.ok) {
    await console.stop()
    return server
  }
  return ok({
    console, port: server.value.port, url: server.value.url,
    stop: async () => {
      await Promise.all([server.value.close(), console.stop()])
    },
  })
}
