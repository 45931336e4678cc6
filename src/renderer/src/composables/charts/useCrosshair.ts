/** One crosshair for all charts of a page: where one is read, the others show the same moment. */
import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'

/** The moment being read, in ms of the console clock; null where nobody reads. */
export type Crosshair = ShallowRef<number | null>
const CROSSHAIR: InjectionKey<Crosshair> = Symbol('crosshair')

export function provideCrosshair(): Crosshair {
  const crosshair: Crosshair = shallowRef(null)
  provide(CROSSHAIR, crosshair)
  return crosshair
}

export function useCrosshair(): Crosshair {
  return inject(CROSSHAIR, () => shallowRef<number | null>(null), true)
}
