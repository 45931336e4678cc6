/**
 * The session guarantees of Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (PDIS 1994), as far as a history
 * of reads and writes shows them. A session is a process. A write is older than another where it had ended before that one began,
 * or where one process made the two in this order; where the writer of a value cannot be told, the reading is taken that excuses.
 */
import type { History, Operation } from '../history'
import { described } from '../linearizability/words'
import { accessesOf, fine, INITIAL, unclear, violated, Writers, type Access, type ConsistencyName, type ConsistencyReport } from './report'

export type SessionGuarantee = 'read-your-writes' | 'monotonic-reads' | 'monotonic-writes' | 'writes-follow-reads'

/** What a session knows of a key: a version that is at least as new as everything it did, and how it knows. */
interface Known {
  readonly version: Operation
  readonly by: Operation
}

const isOlder = (a: Operation, b: Operation): boolean => a !== b && (a.completed < b.invoked || (a.process === b.process && a.outcome === 'ok' && a.index < b.index))

interface Sessions {
  readonly accesses: readonly Access[]
  readonly writers: Writers
  /** Whether some value that was read has several writers. */
  hazy: boolean
}

/** The version that a read saw; null for the initial one; undefined where it cannot be told. */
function versionOf(sessions: Sessions, access: Access): Operation | null | undefined {
  const all = sessions.writers.of(access)
  if (all.length === 1 && access.read !== INITIAL) return (all[0] as Access).operation
  if (all.length === 0) return access.read === INITIAL ? null : undefined
  sessions.hazy = true
  return undefined
}

export function checkSession(history: History, check: SessionGuarantee): ConsistencyReport {
  const accesses = accessesOf(history)
  if (accesses === null) return unclear(check, 'The history has operations that are neither reads nor writes of whole values.')
  const sessions: Sessions = { accesses, writers: new Writers(accesses), hazy: false }
  const found = check === 'read-your-writes' || check === 'monotonic-reads' ? staleRead(sessions, check) : reorderedWrites(sessions, check)
  if (found !== null) return found
  return sessions.hazy ? unclear(check, 'Nothing speaks against it, but some values that were read have several writers.') : fine(check)
}

/** A read of something older than what the session wrote (read-your-writes) or read (monotonic-reads) before. */
function staleRead(sessions: Sessions, check: ConsistencyName): ConsistencyReport | null {
  const known = new Map<string, Known>()
  for (const access of byCompletion(sessions.accesses)) {
    const { operation, key, read, written } = access
    const place = `${String(operation.process)} ${key}`
    const version = read === undefined ? undefined : versionOf(sessions, access)
    const before = known.get(place)
    if (before !== undefined && version !== undefined && before.by.completed < operation.invoked && (version === null || isOlder(version, before.version))) {
      const what = check === 'monotonic-reads' ? `had read` : `had written`
      return violated(check, `${described(operation)}, although the same process ${what} something newer: ${described(before.by)}.`,
        [operation, before.by, before.version, ...(version === null ? [] : [version])])
    }
    const learnt = check === 'monotonic-reads' ? version : written === undefined || operation.outcome !== 'ok' ? undefined : operation
    if (learnt !== undefined && learnt !== null && (before === undefined || !isOlder(learnt, before.version))) known.set(place, { version: learnt, by: operation })
  }
  return null
}

/** Operations of one process end in the order in which they begin, but for those that never do. */
const byCompletion = (accesses: readonly Access[]): Access[] => accesses.filter(({ operation }) => operation.outcome === 'ok')
  .sort((a, b) => a.operation.completed - b.operation.completed)

/**
 * A process that sees a write must also see what its writer had written (monotonic-writes) or read (writes-follow-reads) of the same
 * key before: a later read of that key by the same process that answers with the earlier version convicts. Orders between keys are
 * the matter of causal.ts.
 */
function reorderedWrites(sessions: Sessions, check: ConsistencyName): ConsistencyReport | null {
  const predecessors = predecessorsOf(sessions, check)
  const seen = new Map<string, { write: Operation; by: Operation }[]>()
  for (const access of byCompletion(sessions.accesses)) {
    const { operation, key, read } = access
    if (read === undefined) continue
    const version = versionOf(sessions, access)
    if (version === undefined || version === null) continue
    const place = `${String(operation.process)} ${key}`
    const before = seen.get(place) ?? []
    for (const { write, by } of before) {
      const earlier = predecessors.get(write)
      if (by.completed >= operation.invoked || earlier?.has(version) !== true) continue
      return violated(check, `${described(operation)} after ${described(by)}, but ${described(version)} comes before ${described(write)}.`,
        [operation, by, write, version])
    }
    if (predecessors.has(version)) seen.set(place, [...before.slice(-SEEN_MAX), { write: version, by: operation }])
  }
  return null
}

/** Versions that a process remembers to have seen, of each key. */
const SEEN_MAX = 64
/** Earlier versions that are remembered of each write. */
const PREDECESSORS_MAX = 64

/** By write: versions of its key that its own process had written, or read, before. */
function predecessorsOf(sessions: Sessions, check: ConsistencyName): Map<Operation, ReadonlySet<Operation>> {
  const history = new Map<string, Operation[]>()
  const predecessors = new Map<Operation, ReadonlySet<Operation>>()
  for (const access of sessions.accesses) {
    const { operation, key, read, written } = access
    const place = `${String(operation.process)} ${key}`
    const before = history.get(place) ?? []
    if (written !== undefined) {
      predecessors.set(operation, new Set(before.filter((each) => each !== operation).slice(-PREDECESSORS_MAX)))
      if (check === 'monotonic-writes' && operation.outcome === 'ok') before.push(operation)
    }
    const version = read === undefined || check === 'monotonic-writes' ? undefined : versionOf(sessions, access)
    if (version !== undefined && version !== null) before.push(version)
    history.set(place, before)
  }
  return predecessors
}
