/** The simulation on the page. A store, so that a run is still there when one comes back to it. */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { FaultEvent, SimulationPlan } from '../../../../sim'
import { FIRST_CHOICES, type Choices } from './choices'
import { SimulatorLink } from './link'
import type { FromSimulator, ShortestRun, SimulatorFrame } from './messages'
import { usePlayer } from './player'

export const useSimulator = defineStore('simulator', () => {
  const choices = ref<Choices>(FIRST_CHOICES)
  const frame = shallowRef<SimulatorFrame | null>(null)
  const failure = shallowRef<string | null>(null)
  const shortest = shallowRef<ShortestRun | null>(null)
  const isExplaining = ref(false)
  /** Midnight of a day, in the clock's time: a simulation begins at 00:00:00. */
  const originMs = new Date(2000, 0, 1).getTime()
  const atEnd = computed(() => frame.value !== null && frame.value.isDone && frame.value.nowMs >= frame.value.seenToMs)
  const link = new SimulatorLink(receive)
  const player = usePlayer((atMs) => { link.goTo(atMs) }, () => !link.isIdle)
  onScopeDispose(() => { link.end() })

  function receive(message: FromSimulator): void {
    if (message.kind === 'explained') {
      shortest.value = message.shortest
      isExplaining.value = false
    } else if (message.kind === 'failed') {
      failure.value = message.message
      isExplaining.value = false
      player.pause()
    } else {
      frame.value = message.frame
      if (atEnd.value) player.pause()
    }
  }
  function begin(plan: SimulationPlan): void {
    player.pause()
    failure.value = null
    isExplaining.value = false
    link.begin()
    link.ask({ kind: 'open', plan, originMs })
  }
  return {
    choices, frame, failure, shortest, isExplaining, originMs, isPlaying: player.isPlaying, speed: player.speed, pause: player.pause,
    open: (plan: SimulationPlan): void => { shortest.value = null; begin(plan) },
    play: (): void => { if (frame.value) player.play(atEnd.value ? 0 : frame.value.nowMs) },
    step: (): void => { player.pause(); link.ask({ kind: 'step' }) },
    goTo: (atMs: number): void => { link.goTo(atMs) },
    inject: (fault: FaultEvent): void => { shortest.value = null; link.ask({ kind: 'inject', fault }) },
    explain: (): void => { isExplaining.value = true; link.ask({ kind: 'explain' }) },
    /** Gives up the search for the shortest run. */
    stopExplaining: (): void => {
      const now = frame.value
      if (!now) return
      begin(now.plan)
      link.ask({ kind: 'go-to', atMs: now.nowMs })
    },
  }
})
