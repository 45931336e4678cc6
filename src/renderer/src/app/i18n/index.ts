/** The languages of the window. English is at hand at once; others are fetched when they are wanted. */
import { createI18n, type I18n } from 'vue-i18n'
import type { UiWords } from '../../ui'
import english from './en'
import { nestable } from './sentence-keys'

export type Language = 'en' | 'zh-CN'
export const LANGUAGES: readonly Language[] = ['en', 'zh-CN']

type Catalogue = typeof english
const prepared = (catalogue: Catalogue): Catalogue => ({ ...catalogue, sentences: nestable(catalogue.sentences) as Catalogue['sentences'] })

/** The best of the languages that the system prefers. */
export function systemLanguage(preferred: readonly string[] = navigator.languages): Language {
  const first = preferred.find((tag) => /^(en|zh)\b/i.test(tag))
  return first !== undefined && /^zh\b/i.test(first) ? 'zh-CN' : 'en'
}

export type AppI18n = I18n<Record<string, Catalogue>, Record<never, never>, Record<never, never>, string, false>

export function createAppI18n(): AppI18n {
  return createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en: prepared(english) }, missingWarn: false, fallbackWarn: false }) as unknown as AppI18n
}

export async function setLanguage(i18n: AppI18n, language: Language): Promise<void> {
  if (language === 'zh-CN' && !i18n.global.availableLocales.includes('zh-CN')) {
    const { default: chinese } = await import('./zh-CN')
    i18n.global.setLocaleMessage('zh-CN', prepared(chinese as Catalogue))
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

/** What components say by themselves, in the language set. */
export function uiWords(i18n: AppI18n): UiWords {
  const language = i18n.global.locale.value
  const messages = i18n.global.getLocaleMessage<Catalogue>(language)
  return { ...messages.ui, locale: language }
}
