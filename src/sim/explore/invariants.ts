/**
 * What must hold in every state, over what two members were ever seen to lead and to commit: each is a claim about a pair, so that a pair
 * of node states is looked at once, however many states of the cluster it is in.
 */
import type { NodeState } from './node-states'
import type { Claim, Subject } from './types'

export interface Broken {
  readonly invariant: string
  readonly message: string
}

/** What a subject is held to beside what all are. */
export type Claims = Pick<Subject, 'leaderIsComplete' | 'logsMatch'>

export function brokenBetween(one: NodeState, other: NodeState, ids: readonly string[], claims: Claims): Broken | null {
  return electionSafety(one, other, ids) ?? stateMachineSafety(one, other, ids) ??
    (claims.logsMatch ? logMatching(one, other, ids) : null) ??
    (claims.leaderIsComplete ? leaderCompleteness(one, other, ids) ?? leaderCompleteness(other, one, ids) : null)
}

const nameOf = (state: NodeState, ids: readonly string[]): string => ids[state.member] ?? ''
/** Terms differ where a value is decided anew in a later ballot or view. */
const valueOf = (entry: string | undefined): string | undefined => entry?.slice(entry.indexOf(':') + 1)

/** At most one leader in a term, ballot or view. */
function electionSafety(one: NodeState, other: NodeState, ids: readonly string[]): Broken | null {
  const term = one.led.find((each) => other.led.includes(each))
  return term === undefined ? null : { invariant: 'Election Safety', message: `${nameOf(one, ids)} and ${nameOf(other, ids)} both led in ${term}.` }
}

/** What two members know as committed in one place (index, slot, sequence number) is the same value. */
function stateMachineSafety(one: NodeState, other: NodeState, ids: readonly string[]): Broken | null {
  const length = Math.min(one.committed.length, other.committed.length)
  for (let at = 0; at < length; at++) {
    const [a, b] = [valueOf(one.committed[at]), valueOf(other.committed[at])]
    if (a === b) continue
    return { invariant: 'State Machine Safety', message: `At ${at + 1} ${nameOf(one, ids)} committed ${words(a)} and ${nameOf(other, ids)} ${words(b)}.` }
  }
  return null
}

/** Where two logs have an entry of the same term in one place, they are equal up to there (Raft, section 5.3). */
function logMatching(one: NodeState, other: NodeState, ids: readonly string[]): Broken | null {
  const termOf = (entry: string | undefined): string | undefined => entry?.slice(0, entry.indexOf(':'))
  let at = Math.min(one.log.length, other.log.length) - 1
  while (at >= 0 && termOf(one.log[at]) !== termOf(other.log[at])) at--
  for (; at >= 0; at--) {
    if (one.log[at] === other.log[at]) continue
    return { invariant: 'Log Matching', message: `At ${at + 1} ${nameOf(one, ids)} and ${nameOf(other, ids)} differ, although their logs agree after it.` }
  }
  return null
}

/**
 * A leader holds all that one who is in its term or an earlier one knows as committed. What a term committed, it committed before anyone
 * led in a later one could be elected without it.
 */
function leaderCompleteness(leader: NodeState, other: NodeState, ids: readonly string[]): Broken | null {
  if (!leader.isLeader || other.term > leader.term) return null
  for (const [at, entry] of other.committed.entries()) {
    if (valueOf(leader.log[at]) === valueOf(entry)) continue
    const message = `${nameOf(leader, ids)} leads in ${leader.term} without entry ${at + 1}, which ${nameOf(other, ids)} knows as committed.`
    return { invariant: 'Leader Completeness', message }
  }
  return null
}

/** What a member once knew as committed stays what it was. It may forget it in a crash, and learn it again. */
export function lostEntry(id: string, before: readonly string[], now: readonly string[]): Broken | null {
  const at = now.findIndex((entry, i) => i < before.length && valueOf(entry) !== valueOf(before[i]))
  if (at < 0) return null
  return { invariant: 'Committed Is Final', message: `At ${at + 1} ${id} knew ${words(valueOf(before[at]))} as committed, and now ${words(valueOf(now[at]))}.` }
}

/** Terms, promised ballots and views never go back, over a crash neither: what means nothing in a later one is dropped because of that. */
export function lostEpoch(id: string, before: number, now: number): Broken | null {
  return now < before ? { invariant: 'Terms Only Rise', message: `${id} was in ${before}, and now is in ${now}.` } : null
}

/** A vote, an acceptance, a signature: nobody says two things of one matter. */
export function contradiction(id: string, said: readonly Claim[], now: Claim): Broken | null {
  const other = said.find(({ about, value }) => about === now.about && value !== now.value)
  return other ? { invariant: 'No Contradiction', message: `Of ${now.about} ${id} said ${other.value} before, and now ${now.value}.` } : null
}

/** Commands are in hexadecimal digits. */
function words(value: string | undefined): string {
  if (value === undefined || value === '') return 'nothing'
  return value.replaceAll(/\b(?:[0-9a-f]{2})+\b/g, (digits) => String.fromCodePoint(...(digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))))
}
