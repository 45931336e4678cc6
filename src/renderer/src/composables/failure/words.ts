/** What of a failure's English is worth showing beside a translation: sentences that carry facts. Pure. */
import type { Failure } from '../../../../core/base'

export interface FailureWords {
  readonly text: string
  readonly hint: string
  /** In English whatever the language: facts such as ports, paths and endpoints. */
  readonly detail: string | null
}

/** Numbers, paths, quotations and error names; a sentence without any says no more than its code. */
const FACT = /[\d/\\"“]|\b[A-Z]{4,}\b/

export function factsOf({ message, hint }: Failure): string | null {
  const facts = [message, hint ?? ''].filter((sentence) => FACT.test(sentence))
  return facts.length === 0 ? null : facts.join(' ')
}

/** Sentences one after the other; a Chinese full stop holds its own space. */
const joined = (sentences: readonly string[]): string => sentences.filter(Boolean).join(' ').replaceAll('。 ', '。')

/** What happened and what to do, in one line. */
export const sentencesOf = ({ text, hint }: Pick<FailureWords, 'text' | 'hint'>): string => joined([text, hint])

/** The same with the facts, for places that take plain text only. */
export const lineOf = ({ text, hint, detail }: FailureWords): string => joined([text, hint, detail === null ? '' : `(${detail})`])
