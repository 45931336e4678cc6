import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'

/** The element into which a page teleports what its drawer shows: `<Teleport defer to="#shell-drawer">`. */
export const DRAWER_TARGET = '#shell-drawer'

interface Open {
  readonly title: string
  readonly close: () => void
}

/** The drawer at the right edge. One page at a time shows something in it. */
export const useDrawer = defineStore('drawer', () => {
  const open = shallowRef<Open | null>(null)
  return { open, title: computed(() => open.value?.title ?? ''), isOpen: computed(() => open.value !== null), close: () => open.value?.close() }
})

/** Keeps the drawer open while `title` is not null; `onClose` is called when the user closes it. */
export function useDrawerContent(title: MaybeRefOrGetter<string | null>, onClose: () => void): void {
  const drawer = useDrawer()
  let mine: Open | null = null
  const release = (): void => {
    if (drawer.open === mine) drawer.open = null
    mine = null
  }
  watch(() => toValue(title), (next) => {
    if (next === null) return release()
    drawer.open = mine = { title: next, close: onClose }
  }, { immediate: true })
  onScopeDispose(release)
}
