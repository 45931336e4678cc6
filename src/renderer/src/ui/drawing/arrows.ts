/** The keys of a drawing, the same in every kind of drawing. The menu key is left to the browser, which makes a contextmenu event of it. */
import type { Direction } from './layout'

export interface DrawingKeys {
  move(from: string, direction: Direction): void
  select(id: string): void
  clear(): void
  zoom(factor: number): void
  fit(): void
}

const DIRECTIONS: Readonly<Record<string, Direction>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }
const ZOOM_STEP = 1.25

export function useArrows(keys: DrawingKeys): { readonly onKey: (event: KeyboardEvent, id: string) => void } {
  function act(event: KeyboardEvent, id: string): boolean {
    const direction = DIRECTIONS[event.key]
    if (direction) keys.move(id, direction)
    else if (event.key === 'Enter' || event.key === ' ') keys.select(id)
    else if (event.key === 'Escape') keys.clear()
    else if (event.key === '+' || event.key === '=') keys.zoom(ZOOM_STEP)
    else if (event.key === '-') keys.zoom(1 / ZOOM_STEP)
    else if (event.key === '0') keys.fit()
    else return false
    return true
  }
  return {
    onKey: (event, id) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !act(event, id)) return
      // Space and arrows also steer the time bar; here they are taken.
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
