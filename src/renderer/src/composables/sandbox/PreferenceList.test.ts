import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import PreferenceList from './PreferenceList.vue'

const i18n = createI18n({ legacy: false, locale: 'en', missingWarn: false, fallbackWarn: false, messages: { en: { options: { preferred: '{name}, choice {place}', names: { prefer: 'Preferred leaders' } } } } })
const show = (chosen: readonly string[], members: readonly string[] = ['n1', 'n2', 'n3']) => mount(PreferenceList, { props: { modelValue: chosen, members }, global: { plugins: [i18n] } })
const button = (list: ReturnType<typeof show>, name: string) => list.findAll('button').find((each) => each.text().endsWith(name))

it('says of each member whether and where it was chosen', () => {
  const list = show(['n3', 'n1'])
  expect(list.find('[role=group]').attributes('aria-label')).toBe('Preferred leaders')
  expect(list.findAll('button').map((each) => [each.attributes('aria-label'), each.attributes('aria-pressed')])).toEqual([['n1, choice 2', 'true'], ['n2', 'false'], ['n3, choice 1', 'true']])
})

it('puts who is pressed last, and leaves out who is pressed again', async () => {
  const list = show(['n3'])
  await button(list, 'n1')?.trigger('click')
  await button(list, 'n3')?.trigger('click')
  expect(list.emitted('update:modelValue')).toEqual([[['n3', 'n1']], [['n1']]])
})

it('keeps an order that was set elsewhere, with names that are no members', async () => {
  const list = show(['n8', 'n2'])
  expect(button(list, 'n8')?.attributes('aria-label')).toBe('n8, choice 1')
  await button(list, 'n1')?.trigger('click')
  expect(list.emitted('update:modelValue')).toEqual([[['n8', 'n2', 'n1']]])
})

it('takes no more than seven', () => {
  const nine = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9']
  const list = show(nine.slice(0, 7), nine)
  expect(list.findAll('button').map((each) => each.attributes('disabled') !== undefined)).toEqual([false, false, false, false, false, false, false, true, true])
})
