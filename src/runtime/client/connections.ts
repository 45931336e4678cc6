/** The connections of a client, one to a member at most, dialled when they are wanted and not again at once after they ended. */
import { Connection } from './connection'
import { CLIENT_LIMITS } from './limits'
import type { MemberAddress } from './types'

export interface ConnectionsOptions {
  readonly members: readonly MemberAddress[]
  /** Empty: any cluster. */
  readonly clusterId: string
  /** What the client says that it speaks; empty: whatever the member speaks. */
  readonly protocol: string
  readonly nowMs: () => number
  readonly onEnd?: (nodeId: string) => void
}

export class Connections {
  members: readonly MemberAddress[]
  /** Why there is no answer, for a person. */
  lastReason = 'no member has answered yet'
  private readonly options: ConnectionsOptions
  private readonly open = new Map<string, Connection>()
  private readonly redialAtMs = new Map<string, number>()
  private closed = false

  constructor(options: ConnectionsOptions) {
    this.options = options
    this.members = options.members
  }

  /** The connection that is open; none is dialled. */
  get(nodeId: string): Connection | undefined {
    return this.open.get(nodeId)
  }

  /** Dials where none is open. Null where the member is not known, was left a moment ago, or the client is closed. */
  to(nodeId: string): Connection | null {
    const open = this.open.get(nodeId)
    if (open) return open
    const { clusterId, protocol, nowMs, onEnd } = this.options
    const member = this.members.find((each) => each.nodeId === nodeId)
    if (member === undefined || this.closed || (this.redialAtMs.get(nodeId) ?? 0) > nowMs()) return null
    const connection = new Connection({
      member, clusterId, protocol, nowMs,
      onEnd: (reason) => {
        this.open.delete(nodeId)
        this.redialAtMs.set(nodeId, nowMs() + CLIENT_LIMITS.redialMs)
        this.lastReason = `${member.host}:${member.port}: ${reason}`
        onEnd?.(nodeId)
      },
    })
    this.open.set(nodeId, connection)
    return connection
  }

  /** Ends those to members that are not named any more. */
  endStrangers(): void {
    for (const [nodeId, connection] of [...this.open]) {
      if (!this.members.some((member) => member.nodeId === nodeId)) connection.end('it is no member any more')
    }
  }

  close(): void {
    this.closed = true
    for (const connection of [...this.open.values()]) connection.end('the client was closed')
  }
}
