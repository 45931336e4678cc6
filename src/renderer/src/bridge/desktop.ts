/** The desktop around the page, or what a browser offers in its place. */
import { fail, ok, type Result } from '../../../core/base'
import { DESKTOP_API, PORT_MESSAGE, type DesktopApi } from '../../../contract/desktop-api'
import { messagePortChannel } from './channels/message-port'
import type { Connector } from './client'

export function desktopApi(): DesktopApi | null {
  const api = (window as unknown as Record<string, unknown>)[DESKTOP_API]
  return (api as DesktopApi | undefined) ?? null
}

/** Asks main for a port to the console service. The port arrives in a message of the window to itself. */
export function desktopConnector(api: DesktopApi): Connector {
  return (signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        window.removeEventListener('message', onMessage)
        signal.removeEventListener('abort', onAbort)
      }
      const onAbort = (): void => {
        done()
        resolve(fail('desktop-gone', 'The console service did not answer in time.', 'It is started again by itself; restart Quorate if it stays away.'))
      }
      const onMessage = (event: MessageEvent<unknown>): void => {
        const [port] = event.ports
        if (event.source !== window || event.data !== PORT_MESSAGE || !port) return
        done()
        resolve(ok(messagePortChannel(port)))
      }
      window.addEventListener('message', onMessage)
      signal.addEventListener('abort', onAbort)
      api.connect()
    })
}

const FILE_BYTES_MAX = 256 * 1024

/** Saves text or bytes where the person says: a dialog on the desktop, a download in a browser. */
export async function saveFile(suggestedName: string, content: string | Uint8Array): Promise<Result<{ readonly path: string | null }>> {
  const api = desktopApi()
  if (api) return api.saveFile(suggestedName, content)
  const address = URL.createObjectURL(new Blob([content as BlobPart]))
  const link = document.createElement('a')
  link.href = address
  link.download = suggestedName
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
  return ok({ path: suggestedName })
}

/** A text file of the person's choice; null where none was chosen. */
export async function openTextFile(title: string): Promise<Result<{ readonly name: string; readonly text: string } | null>> {
  const api = desktopApi()
  if (api) return api.openTextFile(title)
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = '.pem,.crt,.cer,.key,.txt'
    input.setAttribute('aria-label', title)
    input.addEventListener('cancel', () => resolve(ok(null)))
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      if (!file) return resolve(ok(null))
      if (file.size > FILE_BYTES_MAX) return resolve(fail('too-large', `${file.name} is larger than 256 KB.`, 'Choose a PEM file.'))
      file.text().then((text) => resolve(ok({ name: file.name, text })), () => resolve(fail('read-failed', `${file.name} could not be read.`)))
    })
    input.click()
  })
}

export function openExternal(url: string): void {
  const api = desktopApi()
  if (api) void api.openExternal(url)
  else window.open(url, '_blank', 'noopener,noreferrer')
}
