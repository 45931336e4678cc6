/** The menu: what every program has, and zoom. Commands of the console itself live in its palette. */
import { Menu, app } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { Words } from './words'

export function setMenu(words: Words): void {
  const developer: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ type: 'separator' }, { role: 'reload', label: words.reload }, { role: 'toggleDevTools', label: words.developerTools }]
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { label: words.file, submenu: [{ role: 'close', label: words.close }, ...(process.platform === 'darwin' ? [] : [{ role: 'quit', label: words.quit } as const])] },
    {
      label: words.edit,
      submenu: [
        { role: 'undo', label: words.undo }, { role: 'redo', label: words.redo }, { type: 'separator' }, { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy }, { role: 'paste', label: words.paste }, { role: 'selectAll', label: words.selectAll },
      ],
    },
    {
      label: words.view,
      submenu: [
        { role: 'resetZoom', label: words.zoomReset }, { role: 'zoomIn', label: words.zoomIn }, { role: 'zoomOut', label: words.zoomOut },
        { type: 'separator' }, { role: 'togglefullscreen', label: words.fullScreen }, ...developer,
      ],
    },
    { label: words.window, submenu: [{ role: 'minimize', label: words.minimize }] },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
