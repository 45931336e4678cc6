/** One call as it comes from a page: the sender is checked and the input parsed before the handler hears of it. */
import type { WebContents } from 'electron'
import { safeParse } from 'valibot'
import { fail } from '../../core/base'
import type { Result } from '../../core/base'
import { desktopContract } from '../../contract/desktop'
import type { DesktopContract } from '../../contract/desktop'
import type { ErrorLog } from './error-log'
import { senderProblem } from './sender'
import type { SenderFrame } from './sender'

export interface CallEvent {
  readonly senderFrame: SenderFrame | null
  readonly sender: WebContents
}

export type CallHandler = (input: unknown, sender: WebContents) => Promise<Result<unknown>>

/** Never rejects: whatever goes wrong is an error of the contract, and its cause is in the log. */
export function guarded(name: keyof DesktopContract, handler: CallHandler, log: ErrorLog) {
  return async (event: CallEvent, ...sent: readonly unknown[]): Promise<Result<unknown>> => {
    const problem = senderProblem(event.senderFrame)
    if (problem !== null) {
      log.write(`call refused: ${name}`, problem)
      return fail('internal', 'This call was refused.')
    }
    const input = safeParse(desktopContract[name].input, sent[0])
    if (sent.length !== 1 || !input.success) return fail('invalid-input', 'The input of this call is not what was agreed.')
    try {
      return await handler(input.output, event.sender)
    } catch (error) {
      log.write(`call failed: ${name}`, error)
      return fail('internal', 'The desktop could not do this.', 'The file desktop.log in the data folder says why.')
    }
  }
}
