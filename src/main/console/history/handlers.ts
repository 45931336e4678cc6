/** The history contract, answered from a history; all `unavailable` where there is none. */
import type { CallDefinition, CodeOf, InputOf, OutputOf, PayloadOf } from '../../../contract/define'
import type { historyContract } from '../../../contract/history'
import { fail, ok, type Result } from '../../../core/base'
import type { History } from './history'

type C = typeof historyContract

export type HistoryHandlers = {
  readonly [Name in keyof C]: C[Name] extends CallDefinition
    ? (input: InputOf<C[Name]>) => Result<OutputOf<C[Name]>, CodeOf<C[Name]>>
    : (input: InputOf<C[Name]>, sink: { push(payload: PayloadOf<C[Name]>): void }) => Result<() => void, 'internal'>
}

const none = fail('unavailable', 'No history is being recorded.', 'The notices tell why.')

export function historyHandlers(history: History | null): HistoryHandlers {
  return {
    'history.extent': ({ clusterId }) => history?.extent(clusterId) ?? none,
    'history.series': (query) => {
      const series = history?.series(query) ?? none
      return series.ok ? ok({ series: series.value }) : series
    },
    'history.moment': ({ clusterId, atMs }) => history?.moment(clusterId, atMs) ?? none,
    'history.recording': ({ clusterId, fromMs, toMs, changesMax }) => history?.recording(clusterId, fromMs, toMs, changesMax) ?? none,
    'history.events': ({ filter, beforeId, limit }) => history?.events(filter, beforeId, limit) ?? none,
    'history.exportEvents': ({ filter, format }) => history?.exportEvents(filter, format) ?? none,
    'history.tail': ({ filter }, sink) => ok(history?.tail(filter, (event) => sink.push(event)) ?? (() => undefined)),
  }
}
