/** Theme and language as last used, so that the first paint is right before the console has told the settings. */
import type { Settings } from '../../../contract/system'

type Appearance = Pick<Settings, 'theme' | 'language'>
const KEY = 'quorate.appearance'
const THEMES: readonly string[] = ['system', 'light', 'dark']
const LANGUAGES: readonly string[] = ['system', 'en', 'zh-CN']

export function recalled(): Appearance {
  try {
    const [theme = '', language = ''] = (localStorage.getItem(KEY) ?? '').split(' ')
    return {
      theme: THEMES.includes(theme) ? (theme as Appearance['theme']) : 'system',
      language: LANGUAGES.includes(language) ? (language as Appearance['language']) : 'system',
    }
  } catch {
    // Storage may be closed to the page; the console tells the settings a moment later.
    return { theme: 'system', language: 'system' }
  }
}

export function recall({ theme, language }: Appearance): void {
  try {
    localStorage.setItem(KEY, `${theme} ${language}`)
  } catch {
    // As above: nothing is lost but the first frame.
  }
}

export function paintTheme(theme: Appearance['theme']): void {
  const dark = theme === 'system' ? window.matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
}
