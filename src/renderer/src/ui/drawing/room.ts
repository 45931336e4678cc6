/** The size an element has on screen, kept up to date. */
import { onBeforeUnmount, onMounted, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { Room } from './layout'

/** Before the first measurement, and where there is nothing to measure (tests). */
const ROOM_BEFORE: Room = { width: 880, height: 520 }

export function useRoom(element: Readonly<Ref<Element | null>>): ShallowRef<Room> {
  const room = shallowRef<Room>(ROOM_BEFORE)
  let observer: ResizeObserver | undefined
  const measure = (): void => {
    const box = element.value?.getBoundingClientRect()
    if (!box || box.width < 1 || box.height < 1) return
    const [width, height] = [Math.round(box.width), Math.round(box.height)]
    if (width !== room.value.width || height !== room.value.height) room.value = { width, height }
  }
  onMounted(() => {
    measure()
    if (!element.value || typeof ResizeObserver === 'undefined') return
    observer = new ResizeObserver(measure)
    observer.observe(element.value)
  })
  onBeforeUnmount(() => observer?.disconnect())
  return room
}
