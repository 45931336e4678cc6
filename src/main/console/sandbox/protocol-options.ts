/** What the nodes of a cluster run with, from what was asked for when it was created. Pure. */
import { DEFAULT_PROTOCOL_OPTIONS, type ProtocolOptions } from '../../../contract/agent'
import type { SandboxProtocolOptions } from '../../../contract/sandbox'

/** The log that is kept behind a snapshot is the same share of it as with the defaults, and never more than with them. */
const { snapshot: usual } = DEFAULT_PROTOCOL_OPTIONS
const TRAILING_SHARE = usual.trailingEntries / usual.afterEntries

export function protocolOptions({ reads, forwarding, snapshotAfterEntries }: SandboxProtocolOptions = {}): ProtocolOptions {
  const afterEntries = snapshotAfterEntries ?? usual.afterEntries
  return {
    reads: reads ?? DEFAULT_PROTOCOL_OPTIONS.reads,
    forwarding: forwarding ?? DEFAULT_PROTOCOL_OPTIONS.forwarding,
    snapshot: { ...usual, afterEntries, trailingEntries: Math.min(usual.trailingEntries, Math.floor(afterEntries * TRAILING_SHARE)) },
  }
}
