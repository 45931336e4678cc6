import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Result } from '../../../../core/base'
import { SETTINGS_DEFAULTS, type Settings, type SystemStatus } from '../../../../contract/system'
import { useConsole } from '../connection/console'
import { useStream } from '../connection/useStream'

/** The console itself: its status and the user's settings. */
export const useSystem = defineStore('system', () => {
  const client = useConsole()
  const status = shallowRef<SystemStatus | null>(null)
  const settings = shallowRef<Settings>(SETTINGS_DEFAULTS)
  const settingsLoaded = shallowRef(false)

  async function load(): Promise<void> {
    const result = await client.call('system.settings', {})
    if (!result.ok) return
    settings.value = result.value
    settingsLoaded.value = true
  }
  /** Shown at once; put back where the console declines. */
  async function change(part: Partial<Settings>): Promise<Result<Settings>> {
    const before = settings.value
    settings.value = { ...before, ...part }
    const result = await client.call('system.setSettings', part)
    settings.value = result.ok ? result.value : before
    return result
  }
  const dismiss = (noticeId: string): Promise<Result<null>> => client.call('system.dismiss', { noticeId })

  useStream('system.watch', {}, (next) => {
    status.value = next
    if (!settingsLoaded.value) void load()
  })
  return { status, settings, settingsLoaded, change, dismiss }
})
