import { contextBridge, ipcRenderer } from 'electron'
import { DESKTOP_API, DESKTOP_CHANNELS, PORT_MESSAGE } from '../contract/desktop-api'
import type { DesktopApi } from '../contract/desktop-api'

// A port cannot pass the context bridge; a window message of the page to itself carries it.
ipcRenderer.on(DESKTOP_CHANNELS.port, (event) => {
  window.postMessage(PORT_MESSAGE, window.location.origin, [...event.ports])
})

let showCluster: ((clusterId: string) => void) | null = null
ipcRenderer.on(DESKTOP_CHANNELS.showCluster, (_event, clusterId: unknown) => {
  if (typeof clusterId === 'string') showCluster?.(clusterId)
})

const api: DesktopApi = {
  platform: process.platform,
  openExternal: (url) => ipcRenderer.invoke(DESKTOP_CHANNELS.openExternal, { url }),
  saveFile: (suggestedName, content) => ipcRenderer.invoke(DESKTOP_CHANNELS.saveFile, { suggestedName, content }),
  openTextFile: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.openTextFile, { title }),
  connect: () => ipcRenderer.send(DESKTOP_CHANNELS.connect),
  onShowCluster: (listener) => {
    showCluster = listener
  },
}
contextBridge.exposeInMainWorld(DESKTOP_API, api)
