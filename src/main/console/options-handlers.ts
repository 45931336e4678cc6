/** Handlers of the options of a local cluster, and what the list of events tells of their changes. */
import { OPTION_NOTATION, type OptionChange, type OptionsRollout, type sandboxContract } from '../../contract/sandbox'
import type { Handlers } from './binder'
import { consoleEvent, type NewEvent } from './events'
import type { RolloutNews, Sandbox } from './sandbox'

const KIND = 'operation-options-changed'

function written(value: OptionChange['from']): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'object' && value.length === 0 ? '–' : String(value)
}
const whatOf = (changes: readonly OptionChange[]): string => changes.map(({ option, from, to }) => `${OPTION_NOTATION[option]} ${written(from)} → ${written(to)}`).join(', ')

const namesOf = ({ steps }: OptionsRollout): string => steps.map(({ nodeId }) => nodeId).join(', ')

export function rolloutEvent(news: RolloutNews, about: { readonly atMs: number; readonly clusterId: string }): NewEvent {
  if (news.kind === 'member') return consoleEvent(KIND, 'event.options-member', { ...about, nodeId: news.nodeId }, { name: news.nodeId })
  const { rollout } = news
  if (news.kind === 'begun') {
    const [key, what] = rollout.changes.length === 0 ? (['event.options-continued', {}] as const) : (['event.options-begun', { what: whatOf(rollout.changes) }] as const)
    return consoleEvent(KIND, key, about, { ...what, names: namesOf(rollout) })
  }
  const done = rollout.steps.filter(({ step }) => step === 'done').length
  if (rollout.phase === 'done') return consoleEvent(KIND, 'event.options-done', about)
  if (rollout.phase === 'cancelled') {
    const left = rollout.steps.filter(({ step }) => step !== 'done').map(({ nodeId }) => nodeId).join(', ')
    return consoleEvent(KIND, 'event.options-cancelled', { ...about, severity: 'warning' }, { left: left === '' ? '–' : left })
  }
  return consoleEvent(KIND, 'event.options-failed', { ...about, severity: 'warning' }, { done, all: rollout.steps.length, reason: rollout.failure?.message ?? '–' })
}

interface OptionsHandlersOptions {
  readonly sandbox: Sandbox
  readonly nowMs: () => number
  readonly onEvent: (event: NewEvent) => void
}

type OptionsHandlers = Pick<Handlers<typeof sandboxContract>, 'sandbox.planOptions' | 'sandbox.setOptions' | 'sandbox.cancelOptions'>

export function optionsHandlers({ sandbox, nowMs, onEvent }: OptionsHandlersOptions): OptionsHandlers {
  return {
    'sandbox.planOptions': ({ clusterId, options }) => sandbox.planOptions(clusterId, options),
    'sandbox.setOptions': async ({ clusterId, options }) => {
      const set = await sandbox.setOptions(clusterId, options)
      // Where members are restarted, the change tells of itself.
      if (set.ok && set.value.restarts.length === 0) onEvent(consoleEvent(KIND, 'event.options-set', { atMs: nowMs(), clusterId }, { what: whatOf(set.value.changes) }))
      return set
    },
    'sandbox.cancelOptions': ({ clusterId }) => sandbox.cancelOptions(clusterId),
  }
}
