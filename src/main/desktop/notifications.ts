/** Notifications of the system, raised by the console service. A click shows the cluster they are about. */
import { Notification } from 'electron'
import type { ToHost } from '../../contract/host'
import type { ErrorLog } from './error-log'

type Notice = Extract<ToHost, { kind: 'notify' }>

const SHOWN_MAX = 16
// A notification that is collected as garbage no longer reports its click.
const shown: Notification[] = []

export function notify(notice: Notice, onClick: (clusterId: string | null) => void, log: ErrorLog): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ title: notice.title, body: notice.body, urgency: notice.critical ? 'critical' : 'normal' })
  notification.on('click', () => onClick(notice.clusterId))
  notification.on('failed', (_event, error) => log.write('notification not shown', error))
  shown.push(notification)
  if (shown.length > SHOWN_MAX) shown.shift()
  notification.show()
}
