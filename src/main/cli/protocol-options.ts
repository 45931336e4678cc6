/** `--reads`, `--forwarding`, `--snapshot-after` and `--tentative` of `quorate sandbox up`. */
import { PROTOCOL_NAMES, SNAPSHOT_AFTER_ENTRIES, type SandboxProtocolOptions } from '../../contract/sandbox'
import { fail, ok, type Result } from '../../core/base'
import type { ProtocolName } from '../../core/machine'
import { parseInteger } from './quantities'

/** As they were typed. */
export interface GivenProtocolOptions {
  readonly reads?: 'index' | 'lease'
  readonly forwarding?: boolean
  readonly snapshotAfter?: string
  readonly tentative?: boolean
}

/** null where nothing was given. */
export function parseProtocolOptions(protocol: ProtocolName, given: GivenProtocolOptions): Result<SandboxProtocolOptions | null, 'usage'> {
  const { reads, forwarding, snapshotAfter, tentative } = given
  const hasOthers = reads !== undefined || forwarding !== undefined || snapshotAfter !== undefined
  if (!hasOthers && tentative === undefined) return ok(null)
  if (protocol === 'pbft') {
    if (!hasOthers) return ok({ tentative: tentative === true })
    return fail('usage', `A ${PROTOCOL_NAMES.pbft} cluster has no --reads, --forwarding or --snapshot-after.`, 'Leave them out, or choose another protocol.')
  }
  if (tentative !== undefined) {
    return fail('usage', `A ${PROTOCOL_NAMES[protocol]} cluster has no --tentative.`, `Leave it out, or choose ${PROTOCOL_NAMES.pbft}.`)
  }
  const { min, max } = SNAPSHOT_AFTER_ENTRIES
  const entries = snapshotAfter === undefined ? null : parseInteger(snapshotAfter, min, max, 'number of entries')
  if (entries !== null && !entries.ok) return entries
  return ok({
    ...(reads === undefined ? {} : { reads }), ...(forwarding === undefined ? {} : { forwarding }), ...(entries === null ? {} : { snapshotAfterEntries: entries.value }),
  })
}
