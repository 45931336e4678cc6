import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import type { EpochTimeline } from '../../../../core/observe/types'
import EpochTimelineView from './EpochTimelineView.vue'
import { lanesOf } from './lanes'

const i18n = createI18n({
  legacy: false, locale: 'en', missingWarn: false, fallbackWarn: false,
  messages: { en: { sentences: { 'fence·raft-term': 'term' }, consensus: { timeline: { reading: '{name} {role} {epoch}', nothing: '{name} silent' } }, drawing: { roles: { leader: 'leads', follower: 'follows' } } } },
})
const fence = { kind: 'raft-term' as const, value: 7n }
const timeline: EpochTimeline = {
  spans: [
    { nodeId: 'n1', fromMs: 0, toMs: 600, role: 'leader', fence, reachability: 'ok' },
    { nodeId: 'n2', fromMs: 200, toMs: 1000, role: 'follower', fence, reachability: 'ok' },
  ],
  marks: [{ atMs: 300, kind: 'leader-elected', nodeId: 'n1', fence }],
}
const range = { fromMs: 0, toMs: 1000 }
const show = () => mount(EpochTimelineView, { props: { lanes: lanesOf(timeline, [{ id: 'n1', name: 'n1' }, { id: 'n2', name: 'n2' }], range), range, momentMs: null, pending: false }, global: { plugins: [i18n] } })
const read = (view: ReturnType<typeof show>): string => view.find('[role="slider"]').attributes('aria-valuetext') ?? ''

describe('the epoch timeline by keyboard', () => {
  it('goes back from change to change and reads them out', async () => {
    const view = show()
    const slider = view.find('[role="slider"]')
    await slider.trigger('keydown', { key: 'ArrowLeft' })
    expect(slider.attributes('aria-valuenow')).toBe('300')
    expect(read(view)).toContain('n1 leads term 7')
    await slider.trigger('keydown', { key: 'ArrowLeft' })
    expect(slider.attributes('aria-valuenow')).toBe('200')
  })
  it('reads a gap as silence, not as the last role', async () => {
    const view = show()
    await view.find('[role="slider"]').trigger('keydown', { key: 'End' })
    expect(read(view)).toContain('n1 silent')
    await view.find('[role="slider"]').trigger('keydown', { key: 'ArrowDown' })
    expect(read(view)).toContain('n2 follows term 7')
  })
  it('goes to the moment with Enter', async () => {
    const view = show()
    await view.find('[role="slider"]').trigger('keydown', { key: 'ArrowLeft' })
    await view.find('[role="slider"]').trigger('keydown', { key: 'Enter' })
    expect(view.emitted('seek')).toEqual([[300]])
  })
  it('draws reigns, followers and elections each in their own shape', () => {
    const view = show()
    expect(view.findAll('.leading rect')).toHaveLength(1)
    expect(view.findAll('.following rect.thin')).toHaveLength(1)
    expect(view.findAll('.mark.leader-elected')).toHaveLength(1)
  })
})
