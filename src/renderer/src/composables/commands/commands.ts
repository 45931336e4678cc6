import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReactive, toValue, type MaybeRefOrGetter } from 'vue'

export interface Command {
  /** Stable, dotted: `cluster.rename`. */
  readonly id: string
  readonly text: string
  /** Where it belongs, shown beside it: the name of a page or a cluster. */
  readonly group: string
  /** "Mod+Shift+P": shown, not bound. Bind with useKeys. */
  readonly keys?: string
  readonly words?: string
  readonly danger?: boolean
  run(): void
}

/** What the command palette offers. */
export const usePalette = defineStore('palette', () => {
  const sources = shallowReactive(new Set<MaybeRefOrGetter<readonly Command[]>>())
  const commands = computed(() => [...sources].flatMap((source) => toValue(source)))
  return { sources, commands }
})

/** Offers commands in the palette for as long as the component lives. */
export function useCommands(commands: MaybeRefOrGetter<readonly Command[]>): void {
  const palette = usePalette()
  palette.sources.add(commands)
  onScopeDispose(() => palette.sources.delete(commands))
}
