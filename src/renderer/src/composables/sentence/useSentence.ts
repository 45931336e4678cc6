import { useI18n } from 'vue-i18n'
import { counted, type Sentence } from '../../../../core/observe'
import { useFormat } from '../format/format'

/** A key of a sentence as it stands in the catalogues: dots part levels there, so they are written as `·`. */
export const sentencePath = (key: string): string => `sentences.${key.replaceAll('.', '·')}`

const SHORT_MS = 1_000

/** A sentence within a sentence holds no further ones; without this it would be told within itself. */
const withoutKeys = (parameters: Sentence['parameters']): Sentence['parameters'] => Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.endsWith('Key')))

/**
 * Tells a sentence in the user's language. A parameter whose name ends in `Key` is itself a sentence; one that ends in `Ms`
 * is a length of time.
 */
export function useSentence(): (sentence: Sentence) => string {
  const i18n = useI18n({ useScope: 'global' })
  const format = useFormat()
  const tell = (key: string, parameters: Sentence['parameters']): string => {
    const path = sentencePath(key)
    if (!i18n.te(path) && !i18n.te(path, 'en')) return key
    const values: Record<string, string> = {}
    for (const [name, value] of Object.entries(parameters)) {
      if (name.endsWith('Key') && typeof value === 'string') values[name] = tell(value, withoutKeys(parameters))
      else if (name.endsWith('Ms') && typeof value === 'number') values[name] = value < SHORT_MS ? format.value.milliseconds(value) : format.value.duration(value)
      else values[name] = typeof value === 'number' ? format.value.number(value, Number.isInteger(value) ? 0 : 1) : value
    }
    return i18n.t(path, values, counted(parameters) ?? 2)
  }
  return ({ key, parameters }) => tell(key, parameters)
}
