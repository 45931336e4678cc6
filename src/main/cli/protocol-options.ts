/** `--reads`, `--forwarding` and `--snapshot-after` of `quorate sandbox up`. */
import { PROTOCOL_NAMES, SNAPSHOT_AFTER_ENTRIES, type SandboxProtocolOptions } from '../../contract/sandbox'
import { fail, ok, type Result } from '../../core/base'
import type { ProtocolName } from '../../core/machine'
import { parseInteger } from './quantities'

/** As they were typed. */
export interface GivenProtocolOptions {
  readonly reads?: 'index' | 'lease'
  readonly forwarding?: boolean
  readonly snapshotAfter?: string
}

/** null where nothing was given. */
export function parseProtocolOptions(protocol: ProtocolName, { reads, forwarding, snapshotAfter }: GivenProtocolOptions): Result<SandboxProtocolOptions | null, 'usage'> {
  if (reads === undefined && forwarding === undefined && snapshotAfter === undefined) return ok(null)
  if (protocol === 'pbft') {
    return fail('usage', `A ${PROTOCOL_NAMES.pbft} cluster has no --reads, --forwarding or --snapshot-after.`, 'Leave them out, or choose another protocol.')
  }
  const { min, max } = SNAPSHOT_AFTER_ENTRIES
  const entries = snapshotAfter === undefined ? null : parseInteger(snapshotAfter, min, max, 'number of entries')
  if (entries !== null && !entries.ok) return entries
  return ok({
    ...(reads === undefined ? {} : { reads }), ...(forwarding === undefined ? {} : { forwarding }), ...(entries === null ? {} : { snapshotAfterEntries: entries.value }),
  })
}
