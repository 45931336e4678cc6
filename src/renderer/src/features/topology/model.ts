/** What the page tells of one member, and when an election is news. Pure. */
import { isUnknown, type Measured, type NodeObservation } from '../../../../core/observation'
import { fenceText } from '../../composables/fence/fence'
import type { ClusterDerivation } from '../../../../core/observe/types'

/** Who leads in which epoch, for the one pulse an election gives; null while nobody leads. */
export function reignOf(derivation: ClusterDerivation): string | null {
  if (!('value' in derivation.leader) || derivation.leader.value === null || !('value' in derivation.fence)) return null
  return `${derivation.leader.value}@${derivation.fence.value.value}`
}

export interface SaidLine {
  readonly key: string
  readonly value: Measured<string>
}

/** Everything a member says about its replication groups, one line each. */
export function saidBy(observation: NodeObservation, nameOf: (id: string) => string): readonly { readonly groupId: string; readonly lines: readonly SaidLine[] }[] {
  const told = <Value>(value: Measured<Value>, text: (known: Value) => string): Measured<string> => (isUnknown(value) ? value : text(value))
  return observation.groups.map((group) => ({
    groupId: group.groupId,
    lines: [
      { key: 'role', value: told(group.role, String) },
      { key: 'epoch', value: told(group.fence, fenceText) },
      { key: 'leader', value: told(group.leaderId, (id) => (id === null ? '∅' : nameOf(id))) },
      { key: 'members', value: told(group.members, (members) => members.map((member) => member.name || member.id).join(', ')) },
      { key: 'first', value: told(group.log.firstAvailable, (position) => String(position.value)) },
      { key: 'applied', value: told(group.log.applied, (position) => String(position.value)) },
      { key: 'committed', value: told(group.log.committed, (position) => String(position.value)) },
      { key: 'persisted', value: told(group.log.persisted, (position) => String(position.value)) },
      { key: 'last', value: told(group.log.last, (position) => String(position.value)) },
    ],
  }))
}
