/** The command line of the app. Unknown switches are Chromium's. */
import path from 'node:path'
import { parseArgs } from 'node:util'

export interface DesktopArguments {
  /** Absolute; null: the system's place for application data. */
  readonly dataDirectory: string | null
  /** Start a local cluster when there is none yet. */
  readonly firstCluster: boolean
}

export function readArguments(argv: readonly string[], cwd: string): DesktopArguments {
  const { values } = parseArgs({
    args: [...argv],
    strict: false,
    options: { data: { type: 'string' }, 'no-sandbox-cluster': { type: 'boolean' } },
  })
  const data = values.data
  return {
    dataDirectory: typeof data === 'string' && data !== '' ? path.resolve(cwd, data) : null,
    firstCluster: values['no-sandbox-cluster'] !== true,
  }
}

/** Switches that let another program drive or read the app; a packaged app refuses to start with them. */
export const DEBUG_SWITCHES = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-allow-origins', 'inspect', 'inspect-brk', 'js-flags'] as const
