import { isUnknown } from '../observation'
import { leaderText, membersText } from './matrix'
import type { Survey } from './survey'
import { fenceLabel, fenceText, nameOf } from './survey'
import type { Disagreement } from './types'

type Views = Map<string, string[]>

function tell(views: Views, value: string, nodeId: string): void {
  views.set(value, [...(views.get(value) ?? []), nodeId])
}

const asDisagreement = (about: Disagreement['about'], views: Views): Disagreement[] =>
  views.size < 2 ? [] : [{ about, views: [...views].map(([value, nodeIds]) => ({ value, nodeIds })) }]

/** Two members that lead, or are named as leader, in one and the same fence: what every consensus protocol rules out. */
function leadersInOneReign(survey: Survey): Disagreement[] {
  const reigns = new Map<string, Views>()
  for (const { id, group } of survey.voices) {
    if (group === null || isUnknown(group.fence) || typeof group.leaderId !== 'string') continue
    const reign = fenceText(group.fence)
    const views: Views = reigns.get(reign) ?? new Map<string, string[]>()
    tell(views, nameOf(survey, group.leaderId), id)
    reigns.set(reign, views)
  }
  return [...reigns.values()].flatMap((views) => asDisagreement('leaders-in-one-reign', views))
}

/** Where members that answered recently contradict each other. Stale words contradict nobody. */
export function disagreementsOf(survey: Survey): Disagreement[] {
  const leader: Views = new Map<string, string[]>()
  const members: Views = new Map<string, string[]>()
  const fences = new Map<string, Views>()
  for (const { id, group } of survey.voices) {
    if (group === null) continue
    const word = leaderText(survey, group)
    if (!isUnknown(word)) tell(leader, word, id)
    const list = membersText(survey, group)
    if (!isUnknown(list)) tell(members, list, id)
    if (isUnknown(group.fence)) continue
    const views: Views = fences.get(group.fence.kind) ?? new Map<string, string[]>()
    tell(views, fenceLabel(group.fence), id)
    fences.set(group.fence.kind, views)
  }
  return [
    ...leadersInOneReign(survey),
    ...asDisagreement('leader', leader),
    ...[...fences.values()].flatMap((views) => asDisagreement('fence', views)),
    ...asDisagreement('members', members),
  ]
}
