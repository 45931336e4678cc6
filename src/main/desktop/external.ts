/** The only door to programs outside the app. */
import { shell } from 'electron'
import { fail, ok } from '../../core/base'
import type { Result } from '../../core/base'
import type { ErrorLog } from './error-log'
import { externalLink } from './links'

export async function openLink(text: string, log: ErrorLog): Promise<Result<null, 'refused'>> {
  const link = externalLink(text)
  if (link === null) {
    log.write('link refused', text.slice(0, 200))
    return fail('refused', 'This link was not opened.', 'Only https links are opened in the browser.')
  }
  try {
    await shell.openExternal(link)
    return ok(null)
  } catch (error) {
    log.write('link not opened', error)
    return fail('refused', 'The system did not open this link.', 'Set a default browser and try again.')
  }
}
