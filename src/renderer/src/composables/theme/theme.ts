import { onScopeDispose, readonly, shallowRef, toValue, watchEffect, type MaybeRefOrGetter, type Ref } from 'vue'

export type Theme = 'light' | 'dark'

/** Sets `data-theme` on the document: the one asked for, or the system's, following it as it changes. */
export function useTheme(asked: MaybeRefOrGetter<'system' | Theme>): Readonly<Ref<Theme>> {
  const query = window.matchMedia('(prefers-color-scheme: dark)')
  const systemIsDark = shallowRef(query.matches)
  const follow = (event: MediaQueryListEvent): void => void (systemIsDark.value = event.matches)
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  const theme = shallowRef<Theme>('light')
  watchEffect(() => {
    const wanted = toValue(asked)
    theme.value = wanted === 'system' ? (systemIsDark.value ? 'dark' : 'light') : wanted
    document.documentElement.dataset['theme'] = theme.value
  })
  return readonly(theme)
}
