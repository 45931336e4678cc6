/** Keys and palette commands of the window itself: clusters, pages, time, appearance. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { TIME_LIMITS, useClusters, useCommands, useKeys, useSystem, useTime, useToasts, type Command, type KeyBinding } from '../../composables'
import type { Settings } from '../../../../contract/system'
import { CLUSTER_PAGES } from '../router'

const NUMBERED_MAX = 9

export function useShellCommands(open: { readonly openPalette: () => void; readonly openKeys: () => void }): void {
  const { t } = useI18n({ useScope: 'global' })
  const router = useRouter()
  const route = useRoute()
  const clusters = useClusters()
  const system = useSystem()
  const time = useTime()
  const toasts = useToasts()
  const list = computed(() => clusters.list ?? [])
  const clusterId = computed(() => String(route.params['clusterId'] ?? ''))
  const hasOwnTime = computed(() => route.meta.ownTime === true)
  const go = (name: string, id?: string): void => void router.push(id === undefined ? { name } : { name, params: { clusterId: id } })
  const set = async (part: Partial<Settings>): Promise<void> => {
    const result = await system.change(part)
    if (!result.ok) toasts.fail(t('shell.failed.settings'), result.error)
  }
  const pagesOf = computed(() => CLUSTER_PAGES.filter((name) => name !== 'lab' || clusters.byId(clusterId.value)?.kind === 'sandbox'))

  useKeys(() => t('shell.keys.window'), (): KeyBinding[] => [
    { keys: 'Mod+Shift+P', text: t('shell.keys.palette'), everywhere: true, run: open.openPalette },
    { keys: 'Mod+K', text: '', everywhere: true, run: open.openPalette },
    { keys: '?', text: t('shell.keys.list'), run: open.openKeys },
    { keys: 'Mod+1', shown: 'Mod+1–9', text: t('shell.keys.cluster'), shownOnly: true, run: () => undefined },
    { keys: '1', shown: '1–6', text: t('shell.keys.tabs'), shownOnly: true, run: () => undefined },
    { keys: '/', text: t('shell.keys.filter'), run: focusFilter },
    { keys: 'Mod+,', text: t('shell.keys.settings'), run: () => go('settings') },
    { keys: 'G', text: t('shell.keys.overview'), run: () => go('overview') },
    { keys: 'Escape', text: t('shell.keys.close'), shownOnly: true, run: () => undefined },
  ])
  // Not in the list of keys one by one: the list says "Mod+1" for all nine.
  useKeys('', (): KeyBinding[] => [
    ...list.value.slice(0, NUMBERED_MAX).map((cluster, at) => ({ keys: `Mod+${at + 1}`, text: '', run: () => go('topology', cluster.id) })),
    ...(clusterId.value === '' ? [] : pagesOf.value.map((name, at) => ({ keys: `${at + 1}`, text: '', run: () => go(name, clusterId.value) }))),
  ])
  useKeys(() => t('shell.keys.timeBar'), (): KeyBinding[] => hasOwnTime.value ? [] : [
    { keys: 'Space', text: t('shell.keys.pause'), run: () => time.togglePause() },
    { keys: 'ArrowLeft', shown: 'ArrowLeft ArrowRight', text: t('shell.keys.back'), run: () => time.step(-TIME_LIMITS.stepMs) },
    { keys: 'Shift+ArrowLeft', shown: 'Shift+ArrowLeft Shift+ArrowRight', text: t('shell.keys.farBack'), run: () => time.step(-TIME_LIMITS.longStepMs) },
    { keys: 'L', shown: 'L End', text: t('shell.keys.live'), run: () => time.goLive() },
  ])
  useKeys('', (): KeyBinding[] => hasOwnTime.value ? [] : [
    { keys: 'ArrowRight', text: '', run: () => time.isLive || time.step(TIME_LIMITS.stepMs) },
    { keys: 'Shift+ArrowRight', text: '', run: () => time.isLive || time.step(TIME_LIMITS.longStepMs) },
    { keys: 'End', text: '', run: () => time.goLive() },
  ])

  useCommands((): Command[] => {
    const goTo = t('shell.palette.goTo')
    const action = t('shell.palette.action')
    return [
      ...(clusterId.value === '' ? [] : pagesOf.value.map((name, at) => ({ id: `page.${name}`, text: t(`shell.tabs.${name}`), group: clusters.byId(clusterId.value)?.name ?? goTo, keys: `${at + 1}`, run: () => go(name, clusterId.value) }))),
      ...list.value.map((cluster, at) => ({
        id: `cluster.${cluster.id}`, text: cluster.name, group: goTo, words: cluster.engine, ...(at < NUMBERED_MAX ? { keys: `Mod+${at + 1}` } : {}), run: () => go('topology', cluster.id),
      })),
      { id: 'go.overview', text: t('shell.rail.overview'), group: goTo, keys: 'G', run: () => go('overview') },
      { id: 'go.simulator', text: t('simulator.title'), group: goTo, run: () => go('simulator') },
      { id: 'go.settings', text: t('shell.rail.settings'), group: goTo, keys: 'Mod+,', run: () => go('settings') },
      { id: 'add.local', text: t('shell.rail.startLocal'), group: action, run: () => go('welcome') },
      { id: 'add.attach', text: t('shell.rail.attach'), group: action, run: () => go('attach') },
      time.isLive
        ? { id: 'time.hold', text: t('shell.time.pause'), group: t('shell.time.label'), ...(hasOwnTime.value ? {} : { keys: 'Space' }), run: () => time.togglePause() }
        : { id: 'time.live', text: t('shell.time.toLive'), group: t('shell.time.label'), keys: 'L', run: () => time.goLive() },
      { id: 'keys', text: t('settings.keys'), group: action, keys: '?', run: open.openKeys },
      ...(['system', 'light', 'dark'] as const).map((theme) => ({ id: `theme.${theme}`, text: t(`settings.themes.${theme}`), group: t('settings.theme'), run: () => void set({ theme }) })),
      ...(['en', 'zh-CN'] as const).map((language) => ({ id: `language.${language}`, text: t(`settings.languages.${language}`), group: t('settings.language'), run: () => void set({ language }) })),
      ...(router.hasRoute('gallery') ? [{ id: 'go.gallery', text: t('gallery.title'), group: goTo, run: () => go('gallery') }] : []),
    ]
  })
}

/** The filter of the page, if it has one: the first search field. */
function focusFilter(): void {
  document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus()
}
