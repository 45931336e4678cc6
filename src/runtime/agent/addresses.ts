/** Where the members are: as the console says, and as the group itself says. */
import type { PeerAddress } from '../../contract/agent'
import type { MemberClaim } from '../../core/observation'

/** `host:port`; null where it is none. The host of an IPv6 address stands in brackets. */
export function parseAddress(nodeId: string, address: string): PeerAddress | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host === undefined || !(port >= 1 && port <= 65_535) ? null : { nodeId, host, port }
}

/** Everyone who is named, once. What the console says of an address goes before what the group remembers of it. */
export function allAddresses(told: readonly PeerAddress[], members: readonly MemberClaim[]): readonly PeerAddress[] {
  const found = new Map(told.map((each) => [each.nodeId, each]))
  for (const { id, address } of members) {
    const parsed = found.has(id) ? null : parseAddress(id, address)
    if (parsed !== null) found.set(id, parsed)
  }
  return [...found.values()]
}
