/** What the console service asks of whoever started it (Electron's main process), over its parent port. */
export type ToHost =
  | { readonly kind: 'ready' }
  /** Fork one agent process; the host answers `forked` with a port to it, or `fork-failed`. */
  | { readonly kind: 'fork-agent'; readonly id: number; readonly name: string }
  | { readonly kind: 'notify'; readonly title: string; readonly body: string; readonly clusterId: string | null; readonly critical: boolean }
  | { readonly kind: 'seal'; readonly id: number; readonly text: string }
  | { readonly kind: 'unseal'; readonly id: number; readonly sealed: string }
  /** Figures for the tray and the dock badge. */
  | { readonly kind: 'badge'; readonly firing: number; readonly worst: 'quorate' | 'at-risk' | 'no-quorum' | 'unknown' }
  | { readonly kind: 'theme'; readonly theme: 'system' | 'light' | 'dark' }
  | { readonly kind: 'stopped' }

export type FromHost =
  | { readonly kind: 'configure'; readonly dataDirectory: string; readonly version: string; readonly nativeBinding: string | null; readonly firstCluster: boolean }
  /** Comes with one MessagePort: a window's end of the console contract. */
  | { readonly kind: 'client' }
  /** Comes with one MessagePort to the agent, over which ToAgent and FromAgent travel. */
  | { readonly kind: 'forked'; readonly id: number; readonly pid: number }
  | { readonly kind: 'fork-failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'agent-exit'; readonly id: number; readonly exitCode: number }
  /** null: the system has no secret store that keeps a secret; hold it in memory only. */
  | { readonly kind: 'sealed'; readonly id: number; readonly sealed: string | null }
  | { readonly kind: 'unsealed'; readonly id: number; readonly text: string | null }
  | { readonly kind: 'stop' }

/**
 * The one message that an agent forked by the host gets on its parent port, with one MessagePort: over that port ToAgent
 * and FromAgent travel as structured clones. The agent ends when the port closes.
 */
export interface HostToAgent {
  readonly kind: 'control-port'
}
