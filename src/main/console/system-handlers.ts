/** Handlers of contract/system.ts. */
import { fail, ok } from '../../core/base'
import type { systemContract, SystemStatus } from '../../contract/system'
import type { Handlers } from './binder'
import type { Notices, SettingsStore } from './system'
import type { Topic } from './topic'

export interface SystemHandlersOptions {
  readonly notices: Notices
  readonly settings: SettingsStore
  readonly statuses: Topic<SystemStatus>
  readonly status: () => SystemStatus
}

export function systemHandlers({ notices, settings, statuses, status }: SystemHandlersOptions): Handlers<typeof systemContract> {
  return {
    'system.status': () => ok(status()),
    'system.dismiss': ({ noticeId }) => (notices.dismiss(noticeId) ? ok(null) : fail('not-found', 'There is no such notice that could be dismissed.')),
    'system.settings': () => ok(settings.get()),
    'system.setSettings': (change) => settings.change(change),
    'system.watch': (_input, sink) => {
      sink.push(status())
      return ok(statuses.subscribe((each) => sink.push(each)))
    },
  }
}
