/** What a consistency check answers. */
import type { History, Operation } from '../history'
import { canonical, isList, type Value } from '../values'

export type ConsistencyName =
  | 'sequential' | 'causal' | 'read-your-writes' | 'monotonic-reads' | 'monotonic-writes' | 'writes-follow-reads' | 'eventual-convergence'

export interface ConsistencyReport {
  readonly check: ConsistencyName
  readonly verdict: 'ok' | 'violated' | 'inconclusive'
  /** Why, in words; null where it is ok. */
  readonly sentence: string | null
  /** The operations that show a violation, in the order of their invocations. */
  readonly evidence: readonly Operation[]
}

export const fine = (check: ConsistencyName): ConsistencyReport => ({ check, verdict: 'ok', sentence: null, evidence: [] })
export const unclear = (check: ConsistencyName, sentence: string): ConsistencyReport => ({ check, verdict: 'inconclusive', sentence, evidence: [] })
export const violated = (check: ConsistencyName, sentence: string, evidence: readonly Operation[]): ConsistencyReport =>
  ({ check, verdict: 'violated', sentence, evidence: [...new Set(evidence)].sort((a, b) => a.index - b.index) })

/** An operation on one key, as the checks see it; a cas both reads and writes. */
export interface Access {
  readonly operation: Operation
  readonly key: string
  /** Canonical text of what was read; undefined where nothing was, or where it is not known. */
  readonly read: string | undefined
  readonly written: string | undefined
}

/** The value of a key that nobody wrote to. */
export const INITIAL = 'null'
const READS = ['read', 'get']
const WRITES = ['write', 'put']

/** Null where the history has operations that are neither reads nor writes of whole values. */
export function accessesOf({ operations }: History): readonly Access[] | null {
  const accesses: Access[] = []
  const text = (value: Value): string => (value === '' ? INITIAL : canonical(value))
  for (const operation of operations) {
    const { f, input, output, outcome } = operation
    if (outcome === 'fail') continue
    const about = { operation, key: canonical(operation.key), read: undefined, written: undefined }
    if (READS.includes(f)) {
      if (outcome === 'ok') accesses.push({ ...about, read: text(output) })
    } else if (WRITES.includes(f)) accesses.push({ ...about, written: text(input === null && outcome === 'ok' ? output : input) })
    else if (f === 'cas' && isList(input)) accesses.push({ ...about, read: outcome === 'ok' ? text(input[0] ?? null) : undefined, written: text(input[1] ?? null) })
    else return null
  }
  return accesses
}

/** Who wrote what. */
export class Writers {
  readonly #all = new Map<string, Access[]>()

  constructor(accesses: readonly Access[]) {
    for (const access of accesses) {
      if (access.written === undefined) continue
      const name = `${access.key} ${access.written}`
      const known = this.#all.get(name)
      if (known === undefined) this.#all.set(name, [access])
      else known.push(access)
    }
  }

  /** Of the value that the access read; none where it read the initial value and nobody wrote that. */
  of({ key, read }: Access): readonly Access[] {
    return read === undefined ? [] : this.#all.get(`${key} ${read}`) ?? []
  }

  /** A value that two operations wrote, or that was there before any. */
  get ambiguous(): Access | undefined {
    for (const writers of this.#all.values()) if (writers.length > 1 || writers[0]?.written === INITIAL) return writers[0]
    return undefined
  }
}
