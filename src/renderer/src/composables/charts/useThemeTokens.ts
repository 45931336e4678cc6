/** Colours of the theme for what is painted and not styled; follows a change of theme while the window is open. */
import { onBeforeUnmount, onMounted, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface ChartColours {
  readonly series: readonly string[]
  readonly grid: string
  readonly text: string
  readonly strong: string
  readonly ground: string
  readonly moment: string
  readonly font: string
}

const BEFORE: ChartColours = { series: ['#888'], grid: '#8884', text: '#888', strong: '#888', ground: '#fff', moment: '#888', font: 'sans-serif' }
export const SERIES_COLOURS = 7

export function readChartColours(element: Element): ChartColours {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim() || '#888'
  return {
    series: Array.from({ length: SERIES_COLOURS }, (_, index) => token(`--series-${index + 1}`)),
    grid: token('--line'), text: token('--text-3'), strong: token('--text-1'), ground: token('--surface-2'), moment: token('--past'), font: style.fontFamily || 'sans-serif',
  }
}

export function useThemeTokens(element: Readonly<Ref<Element | null>>): ShallowRef<ChartColours> {
  const colours = shallowRef(BEFORE)
  let observer: MutationObserver | undefined
  const read = (): void => { if (element.value) colours.value = readChartColours(element.value) }
  onMounted(() => {
    read()
    observer = new MutationObserver(read)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] })
  })
  onBeforeUnmount(() => observer?.disconnect())
  return colours
}
