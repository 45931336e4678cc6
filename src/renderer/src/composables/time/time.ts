/**
 * The moment that every view shows: live, or any moment of recorded history. Playing moves the moment on at 1x to 60x until it has
 * caught up with the present.
 */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { useConsole } from '../connection/console'
import { useTicking } from './ticking'

export const TIME_LIMITS = { tickMs: 1_000, frameMs: 100, extentEveryMs: 15_000, firstExtentEveryMs: 2_000, liveWithinMs: 750, stepMs: 1_000, longStepMs: 30_000 } as const
export const SPEEDS = [1, 2, 5, 10, 30, 60] as const
export type Speed = (typeof SPEEDS)[number]

export const useTime = defineStore('time', () => {
  const client = useConsole()
  const nowMs = useTicking(TIME_LIMITS.tickMs)
  const mode = shallowRef<'live' | 'at'>('live')
  const heldAtMs = shallowRef(Date.now())
  const playing = shallowRef(false)
  const speed = shallowRef<Speed>(1)
  const extentFromMs = shallowRef<number | null>(null)

  const isLive = computed(() => mode.value === 'live')
  /** The moment shown. Live, it is the clock, read every second. */
  const atMs = computed(() => (isLive.value ? nowMs.value : heldAtMs.value))
  /** For components that show ages: the held moment, or null where the clock ticks by itself. */
  const viewMs = computed(() => (isLive.value ? null : heldAtMs.value))
  /** The oldest moment that can be shown. */
  const fromMs = computed(() => Math.min(extentFromMs.value ?? nowMs.value, nowMs.value))

  function goLive(): void {
    mode.value = 'live'
    playing.value = false
  }
  function goTo(moment: number): void {
    const now = Date.now()
    if (moment >= now) return goLive()
    heldAtMs.value = Math.max(Math.round(moment), extentFromMs.value ?? 0)
    mode.value = 'at'
  }
  const step = (byMs: number): void => goTo((isLive.value ? Date.now() : heldAtMs.value) + byMs)
  /** Live is held at this moment; a held moment plays on or stops. */
  function togglePause(): void {
    if (isLive.value) goTo(Date.now() - 1)
    else playing.value = !playing.value
  }
  async function readExtent(): Promise<void> {
    const result = await client.call('history.extent', { clusterId: null })
    if (result.ok) extentFromMs.value = result.value.fromMs
  }
  let lastFrameMs = 0
  const frame = setInterval(() => {
    const now = Date.now()
    const passed = now - lastFrameMs
    lastFrameMs = now
    if (!playing.value || isLive.value) return
    const next = heldAtMs.value + passed * speed.value
    if (next >= now - TIME_LIMITS.liveWithinMs && speed.value > 1) goLive()
    else heldAtMs.value = Math.min(next, now)
  }, TIME_LIMITS.frameMs)
  const extentTimer = setInterval(() => void readExtent(), TIME_LIMITS.extentEveryMs)
  // A fresh console has recorded nothing yet: its first moment is wanted soon.
  const firstTimer = setInterval(() => extentFromMs.value === null && void readExtent(), TIME_LIMITS.firstExtentEveryMs)
  watch(playing, () => (lastFrameMs = Date.now()))
  onScopeDispose(() => {
    clearInterval(frame)
    clearInterval(extentTimer)
    clearInterval(firstTimer)
  })
  void readExtent()
  return { nowMs, mode, isLive, atMs, viewMs, fromMs, recordedFromMs: extentFromMs, playing, speed, goLive, goTo, step, togglePause, readExtent }
})
