/** What a page may ask of the desktop: open a link, save a file, read a chosen one. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BrowserWindow, app, dialog } from 'electron'
import type { WebContents } from 'electron'
import { fail, ok } from '../../core/base'
import type { ErrorLog } from './error-log'
import { openLink } from './external'
import type { DesktopHandlers } from './ipc'

const TEXT_FILE_BYTES_MAX = 256 * 1024

function windowOf(sender: WebContents): BrowserWindow {
  const window = BrowserWindow.fromWebContents(sender)
  if (window === null) throw new Error('The page has no window.')
  return window
}

/** A bare file name: no folders, nothing that a file system or a person could misread. */
export const safeFileName = (name: string): string => name.replace(/[^\p{L}\p{N} ._-]/gu, '-').replace(/^[.\s]+/, '') || 'quorate'

export function desktopCalls(log: ErrorLog): DesktopHandlers {
  return {
    'desktop.openExternal': ({ url }) => openLink(url, log),
    'desktop.saveFile': async ({ suggestedName, content }, sender) => {
      const defaultPath = path.join(app.getPath('downloads'), safeFileName(suggestedName))
      const { canceled, filePath } = await dialog.showSaveDialog(windowOf(sender), { defaultPath })
      if (canceled || filePath === '') return ok({ path: null })
      try {
        await writeFile(filePath, content)
        return ok({ path: filePath })
      } catch (error) {
        log.write('file not saved', error)
        return fail('write-failed', `${filePath} could not be written.`, 'Choose another folder, or free some space.')
      }
    },
    'desktop.openTextFile': async ({ title }, sender) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(windowOf(sender), { title, properties: ['openFile'] })
      const file = filePaths[0]
      if (canceled || file === undefined) return ok(null)
      try {
        if ((await stat(file)).size > TEXT_FILE_BYTES_MAX) return fail('too-large', 'This file is larger than 256 KiB.', 'Choose a PEM file.')
        return ok({ name: path.basename(file), text: await readFile(file, 'utf8') })
      } catch (error) {
        log.write('file not read', error)
        return fail('read-failed', `${path.basename(file)} could not be read.`, 'Check that you may read this file.')
      }
    },
  }
}
