/** What the console service needs from whoever runs it. */
import type { ProcessHost } from './sandbox'
import type { SecretStore } from './secrets'

export interface Log {
  info(text: string): void
  warn(text: string): void
  error(text: string): void
}

export interface Notification {
  readonly title: string
  readonly body: string
  readonly clusterId: string | null
  readonly critical: boolean
}

export interface Badge {
  readonly firing: number
  readonly worst: 'quorate' | 'at-risk' | 'no-quorum' | 'unknown'
}

export interface ConsoleOptions {
  /** Everything is kept in here; made if it is not there. */
  readonly dataDirectory: string
  readonly version: string
  readonly transport: 'desktop' | 'loopback'
  readonly processHost: ProcessHost
  readonly secrets: SecretStore
  /** Where the database's native part lies, if not at its usual place. */
  readonly nativeBinding: string | null
  /** On a fresh data directory a local cluster of three nodes is created and started. */
  readonly firstCluster: boolean
  readonly log: Log
  /** Console clock, milliseconds since 1970. */
  readonly nowMs: () => number
  readonly notify: (notification: Notification) => void
  readonly onBadge?: (badge: Badge) => void
  readonly onTheme?: (theme: 'system' | 'light' | 'dark') => void
}
