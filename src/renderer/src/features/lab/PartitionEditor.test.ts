import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import PartitionEditor from './PartitionEditor.vue'

const i18n = createI18n({ legacy: false, locale: 'en', missingWarn: false, fallbackWarn: false, messages: { en: {} } })
const members = ['n1', 'n2', 'n3'].map((id) => ({ id, name: id, voter: true, answers: true }))
const edit = (over: object = {}) => mount(PartitionEditor, { props: { members, needed: 2, proposal: null, disabled: false, busy: false, ...over }, global: { plugins: [i18n] }, attachTo: document.body })
const groupOf = (editor: ReturnType<typeof edit>, id: string): number => editor.findAll('.group').findIndex((group) => group.find(`[data-member="${id}"]`).exists())

it('is made with the keyboard alone', async () => {
  const editor = edit()
  await editor.find('[data-member="n3"]').trigger('keydown', { key: 'ArrowRight' })
  expect(groupOf(editor, 'n3')).toBe(1)
  expect(document.activeElement?.getAttribute('data-member')).toBe('n3')
  await editor.find('.foot button').trigger('click')
  expect(editor.emitted('apply')).toEqual([[{ kind: 'partition', groups: [['n1', 'n2'], ['n3']] }]])
})
it('cannot be asked for while everyone is in one group', () => expect(edit().find('.foot button').attributes('disabled')).toBeDefined())
it('counts no vote of a member that is down', async () => {
  const editor = edit({ members: members.map((member) => ({ ...member, answers: member.id !== 'n2' })) })
  await editor.find('[data-member="n3"]').trigger('keydown', { key: '2' })
  expect(editor.find('.verdict').text()).toBe('lab.partition.nobody')
})
it('takes over a line drawn through the picture', async () => {
  const editor = edit()
  await editor.setProps({ proposal: [['n2'], ['n1', 'n3']] })
  expect([groupOf(editor, 'n1'), groupOf(editor, 'n2'), groupOf(editor, 'n3')]).toEqual([1, 0, 1])
})
