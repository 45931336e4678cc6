import { useI18n } from 'vue-i18n'
import type { Failure } from '../../../../core/base'
import { factsOf, type FailureWords } from './words'

/**
 * Tells a failure in the user's language. English has the service's own sentences; other languages have one for each code, with
 * the English beside it where it carries facts.
 */
export function useFailure(): (failure: Failure) => FailureWords {
  const i18n = useI18n({ useScope: 'global' })
  return (failure) => {
    if (i18n.locale.value === 'en') return { text: failure.message, hint: failure.hint ?? '', detail: null }
    if (!i18n.te(`failures.${failure.code}.text`)) {
      return { text: i18n.t('failures.other.text'), hint: '', detail: [failure.message, failure.hint].filter(Boolean).join(' ') }
    }
    return { text: i18n.t(`failures.${failure.code}.text`), hint: i18n.t(`failures.${failure.code}.hint`), detail: factsOf(failure) }
  }
}
