/**
 * Members that say of others that they broke the protocol. No word is taken for true: where one accuses another, one of the two is
 * faulty, either because it did it or because it made it up. How many are faulty at least follows from all accusations together.
 */
import type { Survey } from './survey'

export interface Accusation {
  readonly by: string
  readonly about: string
  /** What it is said to have done. */
  readonly text: string
}

/** The code of the alarm by which a member accuses another. */
export const MISBEHAVIOUR = 'misbehaviour'
/** More accusers and accused than this are not searched through; at least one of them is faulty all the same. */
const SEARCHED_MAX = 16

export function accusationsOf(survey: Survey): readonly Accusation[] {
  return survey.voices.flatMap((voice) =>
    (voice.answering ? (voice.observation?.alarms ?? []) : []).flatMap(({ code, text, about }) =>
      code === MISBEHAVIOUR && about !== undefined && about !== voice.id ? [{ by: voice.id, about, text }] : []))
}

/**
 * How many of `among` are faulty at least: the smallest set that holds the accuser or the accused of each accusation between two of them. An
 * accusation that concerns somebody else may be explained by that one.
 */
export function faultyAtLeast(accusations: readonly Accusation[], among: readonly string[]): number {
  const inside = accusations.filter(({ by, about }) => among.includes(by) && among.includes(about))
  const ids = [...new Set(inside.flatMap(({ by, about }) => [by, about]))]
  if (ids.length === 0) return 0
  if (ids.length > SEARCHED_MAX) return 1
  const edges = inside.map(({ by, about }) => (1 << ids.indexOf(by)) | (1 << ids.indexOf(about)))
  let least = ids.length
  for (let set = 1; set < 1 << ids.length; set += 1) {
    const size = countBits(set)
    if (size < least && edges.every((edge) => (edge & set) !== 0)) least = size
  }
  return least
}

function countBits(set: number): number {
  let count = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1
  return count
}
