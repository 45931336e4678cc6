/** Waiting times and sizes of the connection between a window and the console service. */
export const BRIDGE_LIMITS = {
  /** First wait before connecting again; doubles up to the maximum, with jitter. */
  reconnectDelayMsMin: 200,
  reconnectDelayMsMax: 5_000,
  /** How long a connection may take to open. */
  connectTimeoutMs: 10_000,
  /** Lost for longer than this, the window says that the console is gone (and goes on trying). */
  reconnectingForMsMax: 3_000,
  callTimeoutMs: 35_000,
  /** Calls that wait for a connection or an answer. */
  callsWaitingMax: 256,
} as const
