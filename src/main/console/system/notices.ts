import type { SystemNotice } from '../../../contract/system'

/** Older ones give way: a console that runs for months must not collect them without end. */
const NOTICES_MAX = 50

type Parameters = SystemNotice['sentence']['parameters']

export interface Notices {
  list(): readonly SystemNotice[]
  /** One and the same id replaces the earlier notice. */
  raise(id: string, severity: SystemNotice['severity'], key: string, parameters?: Parameters, dismissible?: boolean): void
  /** The reason has gone. */
  withdraw(id: string): void
  /** By the user; false where there is none, or it may not be dismissed. */
  dismiss(id: string): boolean
}

export function createNotices(nowMs: () => number, onChange: () => void): Notices {
  let notices: readonly SystemNotice[] = []
  const replace = (next: readonly SystemNotice[]): void => {
    notices = next
    onChange()
  }
  return {
    list: () => notices,
    raise: (id, severity, key, parameters = {}, dismissible = true) => {
      const notice: SystemNotice = { id, atMs: nowMs(), severity, sentence: { key, parameters }, dismissible }
      replace([...notices.filter((each) => each.id !== id), notice].slice(-NOTICES_MAX))
    },
    withdraw: (id) => {
      if (notices.some((each) => each.id === id)) replace(notices.filter((each) => each.id !== id))
    },
    dismiss: (id) => {
      const found = notices.find((each) => each.id === id)
      if (!found?.dismissible) return false
      replace(notices.filter((each) => each.id !== id))
      return true
    },
  }
}
