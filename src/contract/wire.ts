/**
 * The envelopes that travel between a window and the console service, the same over a MessagePort, a WebSocket and an
 * in-memory pair. WebSocket frames are core/base JSON (bigint safe); a MessagePort carries structured clones.
 */
import type { Failure } from '../core/base'

export type ClientMessage =
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'cancel'; readonly id: number }
  | { readonly t: 'open'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'close'; readonly id: number }
  /** The receiver has taken this many items of a stream; more may be sent. */
  | { readonly t: 'took'; readonly id: number; readonly items: number }

export type ServerMessage =
  | { readonly t: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly t: 'error'; readonly id: number; readonly error: Failure }
  | { readonly t: 'item'; readonly id: number; readonly payload: unknown; readonly dropped?: number }
  /** A stream ended: by the service, or because it could not be opened. */
  | { readonly t: 'end'; readonly id: number; readonly error?: Failure }

/** One end of a connection. `post` never throws; after `close` it does nothing. */
export interface Channel {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}

export const WIRE_LIMITS = {
  messageBytesMax: 4 * 1024 * 1024,
  callsInFlightMax: 256,
  streamsOpenMax: 256,
  callTimeoutMs: 30_000,
  /** Items of one stream that may be under way, sent but not yet told as taken by a `took`. */
  streamItemsInFlightMax: 16,
} as const
