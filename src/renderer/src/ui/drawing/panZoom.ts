/** Pan and zoom of a drawing: wheel and drag, and the same by keys. */
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import type { Point } from './layout'

export const ZOOM_MIN = 0.1
export const ZOOM_MAX = 6
const WHEEL_STEP = 1.0015
const DRAG_STARTS_PX = 4

export interface PanZoom {
  readonly scale: Ref<number>
  readonly offset: Ref<Point>
  readonly transform: ComputedRef<string>
  /** Whether the pointer is dragging the picture now. */
  readonly dragging: Ref<boolean>
  zoomBy(factor: number, about: Point): void
  panBy(dx: number, dy: number): void
  /** Shows `width` by `height` whole and centred in the room. */
  fit(width: number, height: number, room: { readonly width: number; readonly height: number }): void
  /** From a place on the element to a place in the drawing. */
  toDrawing(place: Point): Point
  onWheel(event: WheelEvent): void
  onPointerDown(event: PointerEvent): void
}

export function usePanZoom(): PanZoom {
  const scale = ref(1)
  const offset = ref<Point>({ x: 0, y: 0 })
  const dragging = ref(false)

  function zoomBy(factor: number, about: Point): void {
    const next = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, scale.value * factor))
    const real = next / scale.value
    offset.value = { x: about.x - (about.x - offset.value.x) * real, y: about.y - (about.y - offset.value.y) * real }
    scale.value = next
  }
  function panBy(dx: number, dy: number): void {
    offset.value = { x: offset.value.x + dx, y: offset.value.y + dy }
  }
  function fit(width: number, height: number, room: { readonly width: number; readonly height: number }): void {
    scale.value = Math.max(ZOOM_MIN, Math.min(1.2, room.width / width, room.height / height))
    offset.value = { x: (room.width - width * scale.value) / 2, y: (room.height - height * scale.value) / 2 }
  }
  const toDrawing = (place: Point): Point => ({ x: (place.x - offset.value.x) / scale.value, y: (place.y - offset.value.y) / scale.value })

  function onWheel(event: WheelEvent): void {
    event.preventDefault()
    const box = (event.currentTarget as Element).getBoundingClientRect()
    zoomBy(WHEEL_STEP ** -event.deltaY, { x: event.clientX - box.left, y: event.clientY - box.top })
  }
  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return
    let [x, y] = [event.clientX, event.clientY]
    const [startX, startY] = [x, y]
    const move = (next: PointerEvent): void => {
      if (!dragging.value && Math.hypot(next.clientX - startX, next.clientY - startY) < DRAG_STARTS_PX) return
      dragging.value = true
      panBy(next.clientX - x, next.clientY - y)
      ;[x, y] = [next.clientX, next.clientY]
    }
    const end = (): void => {
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', end)
      window.removeEventListener('pointercancel', end)
      // The click that ends a drag must still see that it was one.
      window.setTimeout(() => (dragging.value = false), 0)
    }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', end)
    window.addEventListener('pointercancel', end)
  }
  const transform = computed(() => `translate(${offset.value.x} ${offset.value.y}) scale(${scale.value})`)
  return { scale, offset, transform, dragging, zoomBy, panBy, fit, toDrawing, onWheel, onPointerDown }
}
