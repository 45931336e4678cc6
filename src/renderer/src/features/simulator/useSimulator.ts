/** The simulation on the page. A store, so that a run is still there when one comes back to it. */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { FaultEvent, SimulationPlan } from '../../../../sim'
import { FIRST_CHOICES, planOf, type Choices } from './choices'
import { SimulatorLink } from './link'
import type { FromSimulator, ShortestRun, SimulatorFrame } from './messages'
import { usePlayer } from './player'

/** Where the run came from: its choices alone, or more. */
export interface Origin {
  /** An assumption is broken on purpose. */
  readonly isBeyond: boolean
  readonly isShortened: boolean
  /** Faults added by hand. */
  readonly added: number
}
const DRAWN: Origin = { isBeyond: false, isShortened: false, added: 0 }

export const useSimulator = defineStore('simulator', () => {
  const choices = ref<Choices>(FIRST_CHOICES)
  const frame = shallowRef<SimulatorFrame | null>(null)
  const failure = shallowRef<string | null>(null)
  const shortest = shallowRef<ShortestRun | null>(null)
  const isExplaining = ref(false)
  const origin = ref<Origin>(DRAWN)
  /** Midnight of a day, in the clock's time: a simulation begins at 00:00:00. */
  const originMs = new Date(2000, 0, 1).getTime()
  const atEnd = computed(() => frame.value !== null && frame.value.isDone && frame.value.nowMs >= frame.value.seenToMs)
  const link = new SimulatorLink(receive)
  const player = usePlayer({ show: (atMs) => { link.goTo(atMs) }, isBusy: () => !link.isIdle, shownMs: () => frame.value?.nowMs ?? 0 })
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
  function pause(): void {
    if (player.isPlaying.value) link.stay()
    player.pause()
  }
  function begin(plan: SimulationPlan): void {
    player.pause()
    failure.value = null
    isExplaining.value = false
    link.begin()
    link.ask({ kind: 'open', plan, originMs })
  }
  function open(plan: SimulationPlan, from: Origin): void {
    shortest.value = null
    origin.value = from
    begin(plan)
  }
  return {
    choices, frame, failure, shortest, isExplaining, origin, originMs, isPlaying: player.isPlaying, speed: player.speed, pause,
    /** What the choices make. */
    start: (): void => { open(planOf(choices.value), { ...DRAWN, isBeyond: choices.value.beyond }) },
    openShortest: (): void => { if (shortest.value) open(shortest.value.plan, { ...origin.value, isShortened: true }) },
    play: (): void => { if (frame.value) player.play(atEnd.value ? 0 : frame.value.nowMs) },
    step: (): void => { player.pause(); link.ask({ kind: 'step' }) },
    goTo: (atMs: number): void => { link.goTo(atMs) },
    inject: (fault: FaultEvent): void => {
      shortest.value = null
      origin.value = { ...origin.value, added: origin.value.added + 1 }
      link.ask({ kind: 'inject', fault })
    },
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
