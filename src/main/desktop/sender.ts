/** Whether a message to the main process comes from the app's own page. */
import { isAppUrl } from './origin'

export interface SenderFrame {
  readonly url: string
  readonly parent: unknown
  /** The frame was removed while its message was under way. */
  readonly detached?: boolean
}

/** The reason to refuse, or null. A frame without a URL, a frame inside another and a foreign origin are all refused. */
export function senderProblem(frame: SenderFrame | null | undefined): string | null {
  if (frame === null || frame === undefined) return 'the frame is gone'
  if (frame.detached === true) return 'the frame is detached'
  if (frame.parent !== null) return 'not a main frame'
  if (frame.url === '') return 'no URL'
  return isAppUrl(frame.url) ? null : 'foreign origin'
}
