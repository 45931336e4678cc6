import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { DEFAULT_PROTOCOL_OPTIONS, SANDBOX_TIMING, type ProtocolOptions } from '../../../../contract/agent'
import type { OptionsRollout, SandboxState } from '../../../../contract/sandbox'
import OptionsPanel from './OptionsPanel.vue'

const often: ProtocolOptions = { ...DEFAULT_PROTOCOL_OPTIONS, snapshot: { ...DEFAULT_PROTOCOL_OPTIONS.snapshot, afterEntries: 500 } }
const node = (nodeId: string, runsWith: ProtocolOptions | null): SandboxState['nodes'][number] => ({ nodeId, member: 'voter', state: 'running', pid: 7, port: 1, directory: '/d', restarts: 0, runsWith })
const rollout = (over: Partial<OptionsRollout>): OptionsRollout => ({ startedAtMs: 0, phase: 'running', changes: [], steps: [{ nodeId: 'n2', step: 'done' }, { nodeId: 'n1', step: 'awaiting-quorum' }], failure: null, ...over })
const state = (over: Partial<SandboxState> = {}): SandboxState => ({
  clusterId: 'c', protocol: 'raft', phase: 'running', faults: [], options: often, timing: SANDBOX_TIMING, rollout: null, replacement: null, nodes: [node('n1', DEFAULT_PROTOCOL_OPTIONS), node('n2', often)], ...over,
})
const words = { options: { rollout: { running: '{done} of {all}' }, outdated: 'older: {names}' } }
const i18n = createI18n({ legacy: false, locale: 'en', missingWarn: false, fallbackWarn: false, messages: { en: words } })
const show = (over: Partial<SandboxState>, isLive = true) => mount(OptionsPanel, { props: { state: state(over), isLive, disabled: false, cancelling: false }, global: { plugins: [i18n] } })

it('tells step by step how far a change is, and lets it be cancelled once', async () => {
  const panel = show({ rollout: rollout({}) })
  expect(panel.find('[role=status]').text()).toBe('1 of 2')
  expect(panel.find('[role=progressbar]').attributes()).toMatchObject({ 'aria-valuenow': '1', 'aria-valuemax': '2' })
  expect(panel.text()).toContain('n1 options.rollout.steps.awaiting-quorum')
  await panel.find('button').trigger('click')
  expect(panel.emitted('cancel')).toHaveLength(1)
  expect(show({ rollout: rollout({ phase: 'cancelling' }) }).find('button').attributes('disabled')).toBeDefined()
})
it('says why a change stopped and offers to go on, for as long as members are left', async () => {
  const failure = { code: 'would-lose-quorum', message: 'n1 was not restarted.', hint: 'Bring n2 back.' }
  const panel = show({ rollout: rollout({ phase: 'failed', failure }) })
  expect(panel.text()).toContain('n1 was not restarted. Bring n2 back.')
  await panel.find('button').trigger('click')
  expect(panel.emitted('goOn')).toHaveLength(1)
  expect(show({ rollout: rollout({ phase: 'failed', failure }), nodes: [node('n1', often), node('n2', often)] }).find('button').exists()).toBe(false)
})
it('names the members that run with older values, whoever left them so', () => expect(show({}).text()).toContain('older: n1'))
it('knows nothing of the past, and says so', () => {
  const panel = show({ rollout: rollout({}) }, false)
  expect(panel.find('[role=status]').exists()).toBe(false)
  expect(panel.find('[role=img]').attributes('aria-label')).toBe('options.unknown.past')
  expect(panel.text()).not.toContain('500')
})
