/** One pulse when somebody begins to lead, while live; none when the page opens or the past is shown. */
import { shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { ClusterDerivation } from '../../../../core/observe/types'
import type { Pulse } from '../../ui/drawing/glyphs'
import { reignOf } from './model'

export function useElectionPulse(derivation: Readonly<Ref<ClusterDerivation | null>>, isLive: Readonly<Ref<boolean>>): ShallowRef<Pulse | null> {
  const pulse = shallowRef<Pulse | null>(null)
  let lastReign: string | null = null
  watch([derivation, isLive], ([next, live]) => {
    const reign = next ? reignOf(next) : null
    if (!live) [lastReign, pulse.value] = [null, null]
    else if (reign !== null && reign !== lastReign) {
      if (lastReign !== null) pulse.value = { nodeId: reign.slice(0, reign.lastIndexOf('@')), nonce: reign }
      lastReign = reign
    }
  }, { immediate: true })
  return pulse
}
