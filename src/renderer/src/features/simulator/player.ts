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

export interface Screen {
  readonly show: (atMs: number) => void
  /** While it is, no other moment is asked for. */
  readonly isBusy: () => boolean
  readonly shownMs: () => number
}

/** Where the simulation cannot follow, the film is as fast as it can be. */
export function usePlayer({ show, isBusy, shownMs }: Screen): Player {
  const isPlaying = ref(false)
  const speed = ref<Speed>(1)
  let wantedMs = 0
  let lastTickMs: number | null = null
  let request = 0
  function tick(atMs: number): void {
    if (!isPlaying.value) return
    const aheadMsMax = FRAME_MS_MAX * speed.value
    wantedMs = Math.min(wantedMs + Math.min(FRAME_MS_MAX, atMs - (lastTickMs ?? atMs)) * speed.value, shownMs() + aheadMsMax)
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
