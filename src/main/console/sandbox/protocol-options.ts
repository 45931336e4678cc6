/** What the nodes of a cluster run with, from what was asked for. Pure. */
import { DEFAULT_PROTOCOL_OPTIONS, type ProtocolOptions } from '../../../contract/agent'
import { OPTION_NAMES, type OptionChange, type SandboxOptionValue, type SandboxProtocolOptions } from '../../../contract/sandbox'

/** The log that is kept behind a snapshot is the same share of it as with the defaults, and never more than with them. */
const { snapshot: usual } = DEFAULT_PROTOCOL_OPTIONS
const TRAILING_SHARE = usual.trailingEntries / usual.afterEntries

export function protocolOptions({ reads, forwarding, snapshotAfterEntries, prefer = [], tentative }: SandboxProtocolOptions = {}): ProtocolOptions {
  const afterEntries = snapshotAfterEntries ?? usual.afterEntries
  return {
    reads: reads ?? DEFAULT_PROTOCOL_OPTIONS.reads,
    forwarding: forwarding ?? DEFAULT_PROTOCOL_OPTIONS.forwarding,
    ...(prefer.length === 0 ? {} : { prefer }),
    ...(tentative === undefined ? {} : { tentative }),
    snapshot: { ...usual, afterEntries, trailingEntries: Math.min(usual.trailingEntries, Math.floor(afterEntries * TRAILING_SHARE)) },
  }
}

type Whole = Readonly<Required<SandboxProtocolOptions>>

function whole(options: SandboxProtocolOptions): Whole {
  const { reads, forwarding, prefer = [], tentative, snapshot } = protocolOptions(options)
  return { reads, forwarding, snapshotAfterEntries: snapshot.afterEntries, prefer, tentative: tentative === true }
}

/** Lists by what they name, in its order. */
const isSame = (left: SandboxOptionValue, right: SandboxOptionValue): boolean => left === right || (typeof left === 'object' && typeof right === 'object' && left.join() === right.join())

/** What is remembered once `wanted` has been asked for: what is left out stays, and what is as usual needs no remembering. */
export function mergedOptions(before: SandboxProtocolOptions, wanted: SandboxProtocolOptions): SandboxProtocolOptions {
  const after = { ...whole(before), ...wanted }
  const plain = whole({})
  return Object.fromEntries(OPTION_NAMES.flatMap((option) => (isSame(after[option], plain[option]) ? [] : [[option, after[option]]])))
}

export function optionChanges(before: SandboxProtocolOptions, after: SandboxProtocolOptions): readonly OptionChange[] {
  const [from, to] = [whole(before), whole(after)]
  return OPTION_NAMES.flatMap((option) => (isSame(from[option], to[option]) ? [] : [{ option, from: from[option], to: to[option] }]))
}

export function sameOptions(left: ProtocolOptions, right: ProtocolOptions): boolean {
  const [a, b] = [left.snapshot, right.snapshot]
  return left.reads === right.reads && left.forwarding === right.forwarding && isSame(left.prefer ?? [], right.prefer ?? []) && (left.tentative === true) === (right.tentative === true) &&
    a.afterEntries === b.afterEntries && a.afterBytes === b.afterBytes && a.trailingEntries === b.trailingEntries
}
