/** The options of a local cluster, as forms hold them and as they are asked for. Pure. */
import { DEFAULT_PROTOCOL_OPTIONS, type ProtocolOptions } from '../../../../contract/agent'
import type { SandboxProtocolOptions } from '../../../../contract/sandbox'
import type { ProtocolName } from '../../../../core/machine'

export const READS = ['index', 'lease'] as const

export type ChosenOptions = Readonly<Required<SandboxProtocolOptions>>

export const USUAL: ChosenOptions = {
  reads: DEFAULT_PROTOCOL_OPTIONS.reads, forwarding: DEFAULT_PROTOCOL_OPTIONS.forwarding, snapshotAfterEntries: DEFAULT_PROTOCOL_OPTIONS.snapshot.afterEntries,
}

/** PBFT has none of them. */
export const hasOptions = (protocol: ProtocolName): boolean => protocol !== 'pbft'

/** What differs from the usual; null where nothing does, or where the protocol has none. */
export function askedOptions(protocol: ProtocolName, chosen: ChosenOptions): SandboxProtocolOptions | null {
  if (!hasOptions(protocol)) return null
  const { reads, forwarding, snapshotAfterEntries } = chosen
  const asked: SandboxProtocolOptions = {
    ...(reads === USUAL.reads ? {} : { reads }), ...(forwarding === USUAL.forwarding ? {} : { forwarding }),
    ...(snapshotAfterEntries === USUAL.snapshotAfterEntries ? {} : { snapshotAfterEntries }),
  }
  return Object.keys(asked).length === 0 ? null : asked
}

/** The form as it stands for a cluster that runs, or would run, with these. */
export const chosenOf = ({ reads, forwarding, snapshot }: ProtocolOptions): ChosenOptions => ({ reads, forwarding, snapshotAfterEntries: snapshot.afterEntries })

/** What of the form differs from what is remembered: the rest is not spoken of. */
export function changedOptions(before: ChosenOptions, after: ChosenOptions): SandboxProtocolOptions {
  const { reads, forwarding, snapshotAfterEntries } = after
  return {
    ...(reads === before.reads ? {} : { reads }), ...(forwarding === before.forwarding ? {} : { forwarding }),
    ...(snapshotAfterEntries === before.snapshotAfterEntries ? {} : { snapshotAfterEntries }),
  }
}
