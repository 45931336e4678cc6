/** Plays a simulation like a film: virtual time follows the clock at the speed chosen. */
import { onScopeDispose, ref, type Ref } from 'vue'

/** Virtual milliseconds in one of the clock's. */
export const SPEEDS = [0.05, 0.2, 1, 5, 20, 100] as const
export type Speed = (typeof SPEEDS)[number]
/** A page that was hidden does not make up for the time it slept. */
const FRAME_MS_MAX = 200

export interface Player {
  readonly isPlaying: Ref<boolean>
  readonly speed: Ref<Speed>
  readonly play: (fromMs: number) => void
  readonly pause: () => void
}

/** `show` is asked for a moment; while `isBusy` it is not asked again, and time goes on. */
export function usePlayer(show: (atMs: number) => void, isBusy: () => boolean): Player {
  const isPlaying = ref(false)
  const speed = ref<Speed>(1)
  let wantedMs = 0
  let lastTickMs: number | null = null
  let request = 0
  function tick(atMs: number): void {
    if (!isPlaying.value) return
    wantedMs += Math.min(FRAME_MS_MAX, atMs - (lastTickMs ?? atMs)) * speed.value
    lastTickMs = atMs
    if (!isBusy()) show(wantedMs)
    request = requestAnimationFrame(tick)
  }
  const pause = (): void => {
    isPlaying.value = false
    cancelAnimationFrame(request)
  }
  onScopeDispose(pause)
  return {
    isPlaying, speed, pause,
    play: (fromMs) => {
      if (isPlaying.value) return
      isPlaying.value = true
      wantedMs = fromMs
      lastTickMs = null
      request = requestAnimationFrame(tick)
    },
  }
}
