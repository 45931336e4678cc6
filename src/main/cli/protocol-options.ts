/** `--reads`, `--forwarding`, `--snapshot-after`, `--prefer` and `--tentative` of `quorate sandbox up`. */
import * as v from 'valibot'
import { OPTION_NAMES, OPTION_NOTATION, OPTIONS_OF, PREFERRED_MAX, PROTOCOL_NAMES, PROTOCOLS, sandboxOptionsSchema, SNAPSHOT_AFTER_ENTRIES, type SandboxProtocolOptions } from '../../contract/sandbox'
import { fail, ok, type Result } from '../../core/base'
import type { ProtocolName } from '../../core/machine'
import { parseInteger } from './quantities'

/** As they were typed. */
export interface GivenProtocolOptions {
  readonly reads?: 'index' | 'lease'
  readonly forwarding?: boolean
  readonly snapshotAfter?: string
  readonly prefer?: string
  readonly tentative?: boolean
}

/** null where nothing was given. */
export function parseProtocolOptions(protocol: ProtocolName, given: GivenProtocolOptions): Result<SandboxProtocolOptions | null, 'usage'> {
  const { reads, forwarding, snapshotAfter, prefer, tentative } = given
  const typed = { reads, forwarding, snapshotAfterEntries: snapshotAfter, prefer, tentative }
  const names = OPTION_NAMES.filter((option) => typed[option] !== undefined)
  if (names.length === 0) return ok(null)
  const strangers = names.filter((option) => !OPTIONS_OF[protocol].includes(option))
  if (strangers.length > 0) {
    const written = strangers.map((option) => `--${OPTION_NOTATION[option]}`).join(' and no ')
    const having = PROTOCOLS.filter((each) => strangers.every((option) => OPTIONS_OF[each].includes(option))).map((each) => PROTOCOL_NAMES[each])
    return fail('usage', `A ${PROTOCOL_NAMES[protocol]} cluster has no ${written}.`, having.length === 0 ? 'Leave them out.' : `Leave it out, or choose ${having.join(' or ')}.`)
  }
  const { min, max } = SNAPSHOT_AFTER_ENTRIES
  const entries = snapshotAfter === undefined ? null : parseInteger(snapshotAfter, min, max, 'number of entries')
  if (entries !== null && !entries.ok) return entries
  const preferred = prefer === undefined ? null : parsePreferred(prefer)
  if (preferred !== null && !preferred.ok) return preferred
  return ok({
    ...(reads === undefined ? {} : { reads }), ...(forwarding === undefined ? {} : { forwarding }), ...(entries === null ? {} : { snapshotAfterEntries: entries.value }),
    ...(preferred === null ? {} : { prefer: preferred.value }), ...(tentative === undefined ? {} : { tentative }),
  })
}

/** `n2,n1`; of nothing nobody. */
function parsePreferred(text: string): Result<readonly string[], 'usage'> {
  const names = text.trim() === '' ? [] : text.split(',').map((name) => name.trim())
  const parsed = v.safeParse(sandboxOptionsSchema.entries.prefer, names)
  if (parsed.success) return ok(parsed.output)
  return fail('usage', `${text} does not say whom to prefer.`, `Give up to ${String(PREFERRED_MAX)} names of members, each once, the first choice first: n2,n1.`)
}
