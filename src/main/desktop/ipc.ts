/** The one binder between pages and the main process: only here is a channel listened to. */
import { ipcMain } from 'electron'
import type { WebContents } from 'electron'
import { desktopContract } from '../../contract/desktop'
import type { DesktopContract } from '../../contract/desktop'
import type { CodeOf, InputOf, OutputOf } from '../../contract/define'
import { DESKTOP_CHANNELS } from '../../contract/desktop-api'
import type { Result } from '../../core/base'
import type { ErrorLog } from './error-log'
import { guarded } from './guarded'
import type { CallHandler } from './guarded'
import { senderProblem } from './sender'

export type DesktopHandlers = {
  readonly [Name in keyof DesktopContract]: (input: InputOf<DesktopContract[Name]>, sender: WebContents) => Promise<Result<OutputOf<DesktopContract[Name]>, CodeOf<DesktopContract[Name]>>>
}

/** @param connect hands a page its end of a connection to the console service */
export function bindDesktop(handlers: DesktopHandlers, connect: (sender: WebContents) => void, log: ErrorLog): void {
  for (const name of Object.keys(desktopContract) as (keyof DesktopContract)[]) {
    // One schema guards one handler of the same name; the types of all handlers together cannot say so.
    ipcMain.handle(name, guarded(name, handlers[name] as CallHandler, log))
  }
  ipcMain.on(DESKTOP_CHANNELS.connect, (event) => {
    const problem = senderProblem(event.senderFrame)
    if (problem === null) connect(event.sender)
    else log.write('connection refused', problem)
  })
}
