/** What can be asked of the members of a local cluster, and what would follow. Pure. */
import type { MemberKind, ProtocolName } from '../../../../core/machine'
import { quorumSizeOf } from '../../../../core/observe'
import type { TopologyNode } from '../../../../core/observe/types'

export type Asking =
  /** Left out: a voter. */
  | { readonly kind: 'add'; readonly member?: MemberKind }
  | { readonly kind: 'recover' }
  | { readonly kind: 'remove' | 'promote' | 'replace'; readonly nodeId: string }
  /** null: to the most up-to-date voter. */
  | { readonly kind: 'transfer'; readonly nodeId: string | null }

const ACTIONS = ['lead', 'promote', 'replace', 'remove'] as const
export type MemberAction = (typeof ACTIONS)[number]
export const isMemberAction = (text: string): text is MemberAction => ACTIONS.some((action) => action === text)

type Member = Pick<TopologyNode, 'id' | 'name' | 'voter' | 'role' | 'reachability'>

const answers = (member: Member): boolean => member.reachability === 'ok'

/** PBFT fixes its members and its primary; elsewhere the group may be asked. */
export const canChangeMembers = (protocol: ProtocolName | null): boolean => protocol === 'raft' || protocol === 'paxos'

/** There is somebody who can hand the lead on. Without one the group has to elect first. */
export const isLed = (members: readonly Member[]): boolean => members.some((member) => member.role === 'leader' && answers(member))

/** Kinds of members that a node can join as; only Raft has witnesses. */
export const joiningKinds = (protocol: ProtocolName | null): readonly MemberKind[] => (protocol === 'raft' ? ['voter', 'learner', 'witness'] : ['voter', 'learner'])

/** What can be asked about one member, the gentle first. */
export function memberActionsFor(member: Member, members: readonly Member[], protocol: ProtocolName | null): readonly MemberAction[] {
  if (!canChangeMembers(protocol)) return []
  const canLead = isLed(members) && member.voter && member.role !== 'leader' && member.role !== 'witness' && answers(member)
  const lead: readonly MemberAction[] = canLead ? ['lead'] : []
  const promote: readonly MemberAction[] = member.voter ? [] : ['promote']
  return [...lead, ...promote, 'replace', ...(members.length > 1 ? (['remove'] as const) : [])]
}

export const askingOf = (action: MemberAction, nodeId: string): Asking => ({ kind: action === 'lead' ? 'transfer' : action, nodeId })

export interface Standing {
  readonly voters: number
  readonly answering: number
  /** How many more may fail before writes stop; negative where they have stopped. */
  readonly canLose: number
}

export interface Consequence {
  readonly now: Standing
  readonly after: Standing
  /** Voters that stay and do not answer now. */
  readonly silent: readonly string[]
}

function standingOf(voters: readonly Member[], more = 0): Standing {
  const count = voters.length + more
  const answering = voters.filter(answers).length + more
  return { voters: count, answering, canLose: answering - quorumSizeOf('majority', count) }
}

/** Failures tolerated before and after; null where the voters stay the same. */
export function consequenceOf(asking: Asking, members: readonly Member[]): Consequence | null {
  const voters = members.filter((member) => member.voter)
  const named = 'nodeId' in asking ? asking.nodeId : null
  const staying = voters.filter((member) => member.id !== named)
  const silent = (list: readonly Member[]): readonly string[] => list.filter((member) => !answers(member)).map(({ name }) => name)
  switch (asking.kind) {
    case 'add': return asking.member === 'learner' ? null : { now: standingOf(voters), after: standingOf(voters, 1), silent: silent(voters) }
    case 'promote': {
      const promoted = members.filter((member) => member.voter || member.id === named)
      return { now: standingOf(voters), after: standingOf(promoted), silent: silent(promoted) }
    }
    case 'remove': return staying.length === voters.length ? null : { now: standingOf(voters), after: standingOf(staying), silent: silent(staying) }
    // The new one answers: it has caught up before it takes the place.
    case 'replace': return staying.length === voters.length ? null : { now: standingOf(voters), after: standingOf(staying, 1), silent: silent(staying) }
    case 'recover': return { now: standingOf(voters), after: { voters: 1, answering: 1, canLose: 0 }, silent: silent(voters) }
    case 'transfer': return null
  }
}
