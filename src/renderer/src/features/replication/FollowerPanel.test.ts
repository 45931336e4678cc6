import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { unknown } from '../../../../core/observation'
import type { FollowerLag } from '../../../../core/observe/types'
import UiRoot from '../../ui/UiRoot.vue'
import FollowerPanel from './FollowerPanel.vue'
import { h } from 'vue'

const i18n = createI18n({
  legacy: false, locale: 'en', missingWarn: false, fallbackWarn: false,
  messages: { en: { replication: { standing: { silent: 'silent for {span}', level: 'level' } }, ui: { units: { ms: 'ms', s: 's', min: 'min', h: 'h', d: 'd' } } } },
})
const lag: FollowerLag = {
  nodeId: 'n2', name: 'n2', by: 'n1', atMs: 0, stage: 'flushed', entries: 0n, bytes: unknown('not-supported'), seconds: unknown('not-supported'), silentForMs: 12_000,
  trendPerSecond: unknown('not-measured'), etaSeconds: unknown('not-measured'), flow: 'probe', basis: 'leader-progress',
}
const show = (one: FollowerLag) => {
  const props = { name: 'n2', lag: one, byName: 'n1', unit: 'entries' as const, lines: [], loading: false, range: { fromMs: 0, toMs: 1 }, momentMs: null, silentAfterMs: 3000, leads: false }
  return mount(UiRoot, { slots: { default: () => h(FollowerPanel, props) }, global: { plugins: [i18n, createPinia()] } })
}

it('says how long a follower is silent in the place of the zero that is left of it', () => {
  const panel = show(lag)
  expect(panel.find('.now').text()).toBe('12 s')
  expect(panel.find('.words').text()).toContain('silent for 12 s')
})
it('shows the figure of one that is heard', () => expect(show({ ...lag, silentForMs: 20 }).find('.now').text()).toContain('0'))
