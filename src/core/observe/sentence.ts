import type { Fence, Measured } from '../observation'
import { isUnknown } from '../observation'
import { accusationsOf } from './accusations'
import type { Earlier } from './earlier'
import type { Survey, Voice } from './survey'
import { fenceLabel, nameOf } from './survey'
import type { ClusterState, QuorumMargin, Sentence } from './types'

/** Whose word a derived claim is when no single member said it. */
export const CONSOLE = 'console'

export const sentence = (key: string, parameters: Sentence['parameters'] = {}): Sentence => ({ key, parameters })

/** A fence as two parameters: the word for its kind (itself a key) and its value. */
export const fenceParameters = (fence: Measured<Fence>): { fenceKey: string; fence: string } =>
  isUnknown(fence) ? { fenceKey: 'fence.unknown', fence: '' } : { fenceKey: `fence.${fence.kind}`, fence: fenceLabel(fence) }

const listed = (voices: readonly Voice[]): string => voices.map((voice) => voice.name).join(', ')

function atRisk(survey: Survey, margin: QuorumMargin, earlier: Earlier): Sentence {
  const reign = survey.reign
  const agreed = { leader: reign === null ? '' : nameOf(survey, reign.leaderId), ...fenceParameters(reign?.fence ?? { unknown: 'not-reported' }) }
  const canLose = margin.canLose ?? 0
  const tail = { thenKey: canLose === 0 ? 'margin.none' : 'margin.more', canLose }
  const silent = survey.voters.filter((voice) => !voice.answering)
  const first = silent[0]
  if (silent.length === 1 && first !== undefined) {
    const answeredAtMs = earlier.answeredAtMs.get(first.id)
    if (answeredAtMs === undefined) return sentence('state.at-risk.silent-unknown', { name: first.name, ...tail })
    return sentence('state.at-risk.silent', { name: first.name, forMs: Math.max(0, survey.nowMs - answeredAtMs), ...tail })
  }
  if (silent.length > 1) return sentence('state.at-risk.silent-many', { names: listed(silent), count: silent.length, ...tail })
  const apart = survey.voters.filter((voice) => reign?.agreeing.includes(voice.id) !== true)
  if (apart.length > 0 && apart.every(({ id }) => survey.mute.includes(id))) return sentence('state.at-risk.mute', { names: listed(apart), count: apart.length, ...tail })
  if (apart.length > 0) return sentence('state.at-risk.disagrees', { names: listed(apart), count: apart.length, ...agreed, ...tail })
  if (margin.faulty > 0) {
    const accused = [...new Set(accusationsOf(survey).map(({ about }) => nameOf(survey, about)))]
    return sentence('state.at-risk.misbehaves', { names: accused.join(', '), count: accused.length, ...tail })
  }
  if (margin.voters === 1) return sentence('state.at-risk.single', agreed)
  return sentence('state.at-risk.small', { agreeing: margin.agreeing, voters: margin.voters, ...agreed })
}

function noQuorum(survey: Survey, margin: QuorumMargin, earlier: Earlier): Sentence {
  const counts = { answering: margin.answering, voters: margin.voters }
  const kind = margin.answering >= margin.needed ? 'state.no-leader' : 'state.no-quorum'
  if (earlier.quorumAtMs === null) return sentence(`${kind}-yet`, counts)
  return sentence(kind, { ...counts, forMs: Math.max(0, survey.nowMs - (earlier.quorumLostAtMs ?? earlier.quorumAtMs)) })
}

function notKnown(survey: Survey, margin: QuorumMargin, earlier: Earlier): Sentence {
  if (margin.answering > 0) return sentence('state.unknown.partly', { answering: margin.answering, voters: margin.voters })
  const answers = [...earlier.answeredAtMs.values()]
  for (const { observation } of survey.voices) if (observation?.reachability === 'ok') answers.push(observation.atMs)
  if (answers.length === 0) {
    return sentence(survey.voices.some((voice) => !voice.stale) ? 'state.unknown.no-answer' : 'state.unknown.never', {})
  }
  const forMs = Math.max(0, survey.nowMs - Math.max(...answers))
  if (earlier.quorumAtMs === null) return sentence('state.unknown.silent', { forMs })
  const last = earlier.quorumLostAtMs === null ? (earlier.marginAtQuorum ?? 'quorate') : 'no-quorum'
  return sentence('state.unknown.last-seen', { forMs, lastKey: `last.${last}` })
}

/** The state of the cluster in one or two short sentences, with every figure in them. */
export function sentenceOf(survey: Survey, state: ClusterState, margin: QuorumMargin, earlier: Earlier): Sentence {
  switch (state) {
    case 'quorate':
      return sentence('state.quorate', {
        agreeing: margin.agreeing, voters: margin.voters, canLose: margin.canLose ?? 0,
        leader: nameOf(survey, survey.reign?.leaderId ?? ''), ...fenceParameters(survey.reign?.fence ?? { unknown: 'not-reported' }),
      })
    case 'at-risk':
      return atRisk(survey, margin, earlier)
    case 'no-quorum':
      return noQuorum(survey, margin, earlier)
    case 'starting':
      return sentence('state.starting', { answering: margin.answering, voters: margin.voters })
    case 'stopped':
      return sentence('state.stopped', { voters: margin.voters })
    case 'unknown':
      return notKnown(survey, margin, earlier)
  }
}
