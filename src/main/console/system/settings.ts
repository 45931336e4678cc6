import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { Settings } from '../../../contract/system'

/** Where they are kept; the data directory's document fits. */
export interface SettingsDocument {
  get(): Settings
  set(settings: Settings): Result<null, string>
}

export interface SettingsStore {
  get(): Settings
  /** Fields left out, or undefined, stay as they are. */
  change(change: { readonly [Field in keyof Settings]?: Settings[Field] | undefined }): Result<Settings, 'internal'>
}

export function createSettings(document: SettingsDocument, onChange: (settings: Settings) => void): SettingsStore {
  return {
    get: () => document.get(),
    change: (change) => {
      const given = Object.entries(change).filter(([, value]) => value !== undefined)
      const settings: Settings = { ...document.get(), ...(Object.fromEntries(given) as Partial<Settings>) }
      const written = document.set(settings)
      if (!written.ok) return fail('internal', written.error.message, written.error.hint)
      onChange(settings)
      return ok(settings)
    },
  }
}
