import { onScopeDispose } from 'vue'
import { keysOf, takesKeys, useKeyboard } from '../../composables'

/** One listener for all keys of the window. What was bound last goes first; an open dialog holds back all that is not meant everywhere. */
export function useKeyDispatch(): void {
  const keyboard = useKeyboard()
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    const keys = keysOf(event)
    const bindings = keyboard.groups.toReversed().flatMap((group) => group.bindings)
    const binding = bindings.find((each) => each.keys === keys && !each.shownOnly)
    if (!binding) return
    const dialogOpen = document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"], [role="menu"][data-state="open"]') !== null
    if (!binding.everywhere && (dialogOpen || takesKeys(event.target, event))) return
    event.preventDefault()
    binding.run(event)
  }
  window.addEventListener('keydown', onKey)
  onScopeDispose(() => window.removeEventListener('keydown', onKey))
}
