import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h, type Plugin } from 'vue'
import { useFailure } from '../../composables'
import { FailureNotice } from '../../ui'
import { createAppI18n, setLanguage } from './index'

const failure = { code: 'port-in-use', message: 'Port 2379 on 127.0.0.1 is in use by process 12.', hint: 'End that process.' }

async function shown(language: 'en' | 'zh-CN', given = failure): Promise<ReturnType<typeof mount>> {
  const i18n = createAppI18n()
  await setLanguage(i18n, language)
  const told = defineComponent(() => {
    const tell = useFailure()
    return () => h(FailureNotice, { words: tell(given) })
  })
  return mount(told, { global: { plugins: [i18n as unknown as Plugin] } })
}

it('has the words of the service in English', async () => {
  const notice = await shown('en')
  expect(notice.text()).toContain('Port 2379 on 127.0.0.1 is in use by process 12.')
  expect(notice.text()).toContain('End that process.')
  expect(notice.find('[lang]').exists()).toBe(false)
})
it('is told in Chinese by its code, with the facts in English beside it', async () => {
  const notice = await shown('zh-CN')
  expect(notice.find('strong').text()).toBe('所需的端口已被占用。')
  expect(notice.get('[lang=en]').text()).toBe('Port 2379 on 127.0.0.1 is in use by process 12.')
})
it('keeps English to itself where it has no facts, and all of it where the code is not known', async () => {
  expect((await shown('zh-CN', { ...failure, code: 'not-running', message: 'The cluster is not running.' })).find('[lang=en]').exists()).toBe(false)
  expect((await shown('zh-CN', { ...failure, code: 'novel' })).get('[lang=en]').text()).toContain('End that process.')
})
