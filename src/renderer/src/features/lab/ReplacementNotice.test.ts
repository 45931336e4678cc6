import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import type { MemberReplacement, SandboxNode } from '../../../../contract/sandbox'
import ReplacementNotice from './ReplacementNotice.vue'
import { isReplacing, shownReplacement } from './replacement'

const told = (over: Partial<MemberReplacement> = {}): MemberReplacement => ({ startedAtMs: 0, nodeId: 'n2', by: 'n4', phase: 'catching-up', failure: null, ...over })
const node = (nodeId: string, member: SandboxNode['member'] = 'voter'): SandboxNode => ({ nodeId, member, state: 'running', pid: 7, port: 1, directory: '/d', restarts: 0, runsWith: null })
const words = { lab: { members: { replacement: { 'catching-up': '{name} for {old}', failed: '{name} not for {old}' } } } }
const i18n = createI18n({ legacy: false, locale: 'en', missingWarn: false, fallbackWarn: false, messages: { en: words } })
const show = (replacement: MemberReplacement) => mount(ReplacementNotice, { props: { replacement }, global: { plugins: [i18n] } })
const failure = { code: 'not-caught-up', message: 'n4 has not caught up within 60 s.', hint: 'Remove n4.' }

it('says who comes for whom while it is under way, to those who listen too', () => expect(show(told()).find('[role=status]').text()).toBe('n4 for n2'))

it('says why it ended, with the names and what to do', () => {
  const text = show(told({ phase: 'failed', failure })).text()
  expect(text).toContain('n4 not for n2')
  expect(text).toContain('n4 has not caught up within 60 s. Remove n4.')
})

it('is under way from the beginning to the end', () => {
  expect((['joining', 'catching-up', 'changing', 'done', 'failed'] as const).map((phase) => isReplacing(told({ phase })))).toEqual([true, true, true, false, false])
  expect(isReplacing(null)).toBe(false)
})

it('is shown after a failure until somebody has gone on from there', () => {
  const failed = told({ phase: 'failed', failure })
  const nodes = [node('n1'), node('n2'), node('n4', 'learner')]
  expect(shownReplacement({ replacement: failed, nodes })).toBe(failed)
  expect(shownReplacement({ replacement: failed, nodes: [node('n1'), node('n2')] })).toBeNull()
  expect(shownReplacement({ replacement: failed, nodes: [node('n1'), node('n2'), node('n4')] })).toBeNull()
  expect(shownReplacement({ replacement: told({ phase: 'done' }), nodes })).toBeNull()
  expect(shownReplacement({ replacement: told({ by: null, phase: 'joining' }), nodes: [] })).not.toBeNull()
})
