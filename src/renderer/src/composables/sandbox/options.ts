/** The options of a local cluster, as forms hold them and as they are asked for. Pure. */
import { DEFAULT_PROTOCOL_OPTIONS, type ProtocolOptions } from '../../../../contract/agent'
import { OPTIONS_OF, type SandboxOptionValue, type SandboxProtocolOptions } from '../../../../contract/sandbox'
import type { ProtocolName } from '../../../../core/machine'

export const READS = ['index', 'lease'] as const

export type ChosenOptions = Readonly<Required<SandboxProtocolOptions>>

export const USUAL: ChosenOptions = {
  reads: DEFAULT_PROTOCOL_OPTIONS.reads, forwarding: DEFAULT_PROTOCOL_OPTIONS.forwarding, snapshotAfterEntries: DEFAULT_PROTOCOL_OPTIONS.snapshot.afterEntries,
  prefer: DEFAULT_PROTOCOL_OPTIONS.prefer ?? [], tentative: DEFAULT_PROTOCOL_OPTIONS.tentative === true,
}

/** What differs from the usual and is the protocol's; null where nothing does. */
export function askedOptions(protocol: ProtocolName, chosen: ChosenOptions): SandboxProtocolOptions | null {
  const asked = changedOptions(protocol, USUAL, chosen)
  return Object.keys(asked).length === 0 ? null : asked
}

/** The form as it stands for a cluster that runs, or would run, with these. */
export const chosenOf = ({ reads, forwarding, prefer = [], tentative, snapshot }: ProtocolOptions): ChosenOptions =>
  ({ reads, forwarding, snapshotAfterEntries: snapshot.afterEntries, prefer, tentative: tentative === true })

/** Lists by what they name, in its order. */
const isSame = (left: SandboxOptionValue, right: SandboxOptionValue): boolean => String(left) === String(right)

/** What of the form differs from what is remembered and is the protocol's: the rest is not spoken of. */
export function changedOptions(protocol: ProtocolName, before: ChosenOptions, after: ChosenOptions): SandboxProtocolOptions {
  return Object.fromEntries(OPTIONS_OF[protocol].flatMap((option) => (isSame(after[option], before[option]) ? [] : [[option, after[option]]])))
}
