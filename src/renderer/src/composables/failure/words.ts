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

/** In one line, for places that take plain text. */
export const lineOf = ({ text, hint, detail }: FailureWords): string => [text, hint, detail === null ? '' : `(${detail})`].filter(Boolean).join(' ')
