import type { Log } from '../ports'

export interface TcpMember {
  readonly nodeId: string
  readonly host: string
  readonly port: number
}

/** What is done to the frames that go out to one peer. The shape of LinkRule in the contract of an agent. */
export interface OutgoingRule {
  readonly to: string
  readonly cut: boolean
  readonly latencyMs: number
  readonly jitterMs: number
  /** Share of frames that are lost. */
  readonly loss: number
  readonly bytesPerSecondMax: number | null
}

/** One connection of a client, for as long as it lasts. */
export interface ClientConnection {
  /** Queues a frame; it leaves with the others of this turn. Does nothing once the connection is closed. */
  send(frame: Uint8Array): void
  close(): void
}

export interface ClientHandlers {
  /** The frame is a view: its memory is not used again. */
  onFrame(frame: Uint8Array): void
  onClose(): void
}

export interface TcpOptions {
  readonly clusterId: string
  readonly nodeId: string
  readonly listen: { readonly host: string; readonly port: number }
  /** The consensus protocol of the group. Who speaks another is refused. */
  readonly protocol: string
  /** True where one member's answer decides nothing, so that a client has to know the protocol. */
  readonly clientsMustKnow: boolean
  /** All members, itself included or not; `setMembers` replaces them. */
  readonly members: readonly TcpMember[]
  readonly nowMs: () => number
  /** A float in [0, 1): jitter and loss. */
  readonly random: () => number
  readonly log: Log
  /** A frame from a peer. Views of it may be kept. */
  readonly onFrame: (from: string, frame: Uint8Array) => void
  readonly onClient: (connection: ClientConnection) => ClientHandlers
}
