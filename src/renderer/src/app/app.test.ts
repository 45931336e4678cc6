import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { App as VueApp, Plugin } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { createConsoleClient, type ConsoleClient } from '../bridge/client'
import type { SceneName } from '../bridge/fake/scenes'
import { createFakeConsole, type FakeConsole } from '../bridge/fake/serve'
import { provideConsole } from '../composables'
import App from './App.vue'
import { createAppI18n } from './i18n'
import { createAppRouter } from './router'

/** The whole window on a console made up in the page; `pass` lets its time go on. */
describe('the window', () => {
  let fake: FakeConsole
  let client: ConsoleClient
  let router: Router
  let wrapper: VueWrapper
  async function open(scene: SceneName, path = '/'): Promise<void> {
    fake = createFakeConsole(scene, Date.now(), false)
    client = createConsoleClient(fake.connector)
    router = createRouter({ history: createMemoryHistory(), routes: createAppRouter().options.routes })
    await router.push(path)
    const i18n = createAppI18n()
    const provideAll = { install: (app: VueApp) => provideConsole(app, client) }
    wrapper = mount(App, { props: { i18n }, attachTo: document.body, global: { plugins: [provideAll, createPinia(), i18n as unknown as Plugin, router] } })
    await pass(1_000)
  }
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      await vi.advanceTimersByTimeAsync(500)
      fake.tick(Date.now())
    }
    await vi.dynamicImportSettled()
    await flushPromises()
    await vi.advanceTimersByTimeAsync(20)
    await flushPromises()
  }
  const press = (key: string, held: KeyboardEventInit = {}): boolean => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...held }))
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    wrapper.unmount()
    client.close()
    fake.stop()
    vi.useRealTimers()
    localStorage.clear()
    document.body.innerHTML = ''
  })

  it('begins with the first-run screen, starts a local cluster from it and shows it elect a leader', async () => {
    await open('empty')
    expect(wrapper.text()).toContain('Start a local cluster')
    await wrapper.find('form').trigger('submit')
    await pass(4_000)
    expect(router.currentRoute.value.name).toBe('topology')
    expect(wrapper.find('header .state').text()).toMatch(/^Quorate\. 3 of 3 voters agree on n\d in term 1\. Can lose 1 more\.$/)
    expect(document.title).toBe('Local cluster: Quorate · Quorate')
  }, 30_000)

  it('tells every cluster in the overview', async () => {
    await open('fleet')
    const rows = wrapper.findAll('tbody tr').map((row) => row.text())
    expect(rows).toHaveLength(4)
    expect(rows[2]).toContain('No quorum')
    expect(rows[2]).toContain('lost')
  }, 30_000)

  it('holds the moment with Space, says so, and comes back live with L', async () => {
    await open('one', '/clusters/local/topology')
    press(' ')
    await pass(3_000)
    expect(wrapper.find('.bands .past').text()).toMatch(/^Viewing .+ ago/)
    press('l')
    await pass(500)
    expect(wrapper.find('.bands .past').exists()).toBe(false)
  }, 30_000)

  it('says when the console is gone and when it is back', async () => {
    await open('one')
    fake.gone = true
    fake.drop()
    await pass(9_000)
    expect(wrapper.find('[role=alert]').text()).toContain('The console service is not running.')
    fake.gone = false
    await pass(9_000)
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  }, 30_000)

  it('speaks Chinese as soon as the setting says so', async () => {
    await open('one', '/settings')
    press('p', { ctrlKey: true, shiftKey: true })
    await pass(500)
    const input = document.querySelector<HTMLInputElement>('[role=combobox]')
    if (input) input.value = '简体'
    input?.dispatchEvent(new Event('input'))
    await pass(100)
    input?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    await pass(1_000)
    expect(document.documentElement.lang).toBe('zh-CN')
    expect(wrapper.find('h1').text()).toBe('设置')
  }, 30_000)

  it('keeps an error of one page from blanking the window', async () => {
    await open('one')
    const silenced = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    router.addRoute({ path: '/broken', component: { render: () => { throw new Error('it broke') } } })
    await router.push('/broken')
    await pass(500)
    expect(wrapper.find('[role=alert]').text()).toContain('This page ran into an error')
    expect(wrapper.find('nav[aria-label=Clusters]').exists()).toBe(true)
    await router.push('/')
    await pass(500)
    expect(wrapper.find('h1').text()).toBe('Overview')
    silenced.mockRestore()
  }, 30_000)
})
