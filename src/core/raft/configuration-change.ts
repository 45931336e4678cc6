/** What a change of members makes of a configuration, and whether it may be made. Pure: who leads and what is committed is asked elsewhere. */
import type { ControlOutcome, MemberChange } from '../machine'
import { keepsData, sorted, votersOf, type Configuration, type Member } from './configuration'

export type Refusal = Extract<ControlOutcome, { kind: 'refused' }>
export type ChangeMode = 'auto' | 'joint' | 'single'

const refuse = (code: Refusal['code'], message: string): Refusal => ({ kind: 'refused', code, message })

/** The members after all of `changes`, in their order. */
export function applyChanges(members: readonly Member[], changes: readonly MemberChange[]): readonly Member[] | Refusal {
  const found = new Map(members.map((member) => [member.id, member]))
  for (const change of changes) {
    const before = found.get(change.id)
    if (change.kind === 'remove') {
      if (before === undefined) return refuse('no-such-member', `${change.id} is no member.`)
      found.delete(change.id)
      continue
    }
    if (change.id === '') return refuse('not-supported', 'A member has a name of at least one character.')
    if (before !== undefined && (before.kind === 'witness') !== (change.member === 'witness')) {
      return refuse('not-supported', `${change.id} cannot change between witness and a member with data: remove it and add a new one.`)
    }
    found.set(change.id, {
      id: change.id, name: before?.name ?? change.id, address: change.address, kind: change.member, promote: change.member === 'learner' && change.promote,
    })
  }
  return sorted([...found.values()])
}

/** By how many voters two sets of members differ. */
export function votersChanged(before: readonly Member[], after: readonly Member[]): number {
  const [old, now] = [new Set(votersOf(before)), new Set(votersOf(after))]
  return [...old].filter((id) => !now.has(id)).length + [...now].filter((id) => !old.has(id)).length
}

/**
 * The next configuration. By a single step where at most one voter comes or goes, since any two majorities then share a member (thesis,
 * section 4.1); else joint (section 4.3).
 */
export function planChange(configuration: Configuration, changes: readonly MemberChange[], mode: ChangeMode): Configuration | Refusal {
  if (configuration.outgoing !== null) return refuse('change-in-flight', 'The group is between two configurations.')
  const members = applyChanges(configuration.members, changes)
  if ('kind' in members) return members
  if (sameMembers(configuration.members, members)) return refuse('nothing-to-do', 'The members are as asked for already.')
  if (!keepsData(members)) return refuse('would-lose-quorum', 'There would be no quorum in which a member keeps the data.')
  const voters = votersChanged(configuration.members, members)
  if (mode === 'single' && (changes.length !== 1 || voters > 1)) return refuse('not-supported', 'A single step changes one member.')
  const isJoint = mode === 'joint' || (mode === 'auto' && voters > 1)
  return { members, outgoing: isJoint ? configuration.members : null, isForced: false }
}

/** What follows a joint configuration. */
export const leaveJoint = ({ members }: Configuration): Configuration => ({ members, outgoing: null, isForced: false })

function sameMembers(one: readonly Member[], other: readonly Member[]): boolean {
  return one.length === other.length && one.every((member, i) => {
    const twin = other[i] as Member
    return member.id === twin.id && member.address === twin.address && member.kind === twin.kind && member.promote === twin.promote
  })
}
