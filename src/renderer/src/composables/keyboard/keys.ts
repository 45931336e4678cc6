/** Keys of the window and of the page shown. `?` lists them all. */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReactive, toValue, type MaybeRefOrGetter } from 'vue'

export interface KeyBinding {
  /** "Mod+Shift+P", "Space", "ArrowLeft", "?". Mod is Command on a Mac and Ctrl elsewhere. */
  readonly keys: string
  readonly text: string
  /** How the list of keys shows it, where that differs: "ArrowLeft ArrowRight", "Mod+1–9". */
  readonly shown?: string
  /** Works while a text field has the focus, too. */
  readonly everywhere?: boolean
  /** Said only in the list of keys; something else handles it. */
  readonly shownOnly?: boolean
  run(event: KeyboardEvent): void
}

interface Group {
  readonly name: MaybeRefOrGetter<string>
  readonly bindings: MaybeRefOrGetter<readonly KeyBinding[]>
}

export const useKeyboard = defineStore('keyboard', () => {
  const sources = shallowReactive(new Set<Group>())
  const groups = computed(() => [...sources].map((group) => ({ name: toValue(group.name), bindings: toValue(group.bindings) })))
  return { sources, groups }
})

/** Binds keys for as long as the component lives. A later binding of the same keys goes before an earlier one. */
export function useKeys(name: MaybeRefOrGetter<string>, bindings: MaybeRefOrGetter<readonly KeyBinding[]>): void {
  const keyboard = useKeyboard()
  const group: Group = { name, bindings }
  keyboard.sources.add(group)
  onScopeDispose(() => keyboard.sources.delete(group))
}

export function isMac(): boolean {
  return /Mac|iP(hone|ad)/.test(navigator.userAgent)
}

/** The name of the keys held in an event, as in KeyBinding.keys. Shift is named only where it does not change the character. */
export function keysOf(event: KeyboardEvent, mac = isMac()): string {
  const mod = mac ? event.metaKey : event.ctrlKey
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key
  const letterOrNamed = event.key.length > 1 || event.key === ' ' || /^[a-z]$/i.test(event.key)
  return [mod && 'Mod', event.altKey && 'Alt', event.shiftKey && letterOrNamed && 'Shift', key].filter(Boolean).join('+')
}

/** Whether the keys belong to what has the focus: typing, choosing, sliding. */
export function takesKeys(target: EventTarget | null, event: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  if (event.key === 'Enter' && target.closest('a') !== null) return true
  if (event.key === ' ' || event.key === 'Enter') return target.closest('button, summary, [role="switch"], [role="checkbox"], [role="radio"], [role="menuitem"]') !== null
  if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') {
    return target.closest('[role="slider"], [role="tablist"], [role="menu"], [role="radiogroup"], [role="listbox"], [role="spinbutton"], [role="tree"], [role="grid"]') !== null
  }
  return false
}
