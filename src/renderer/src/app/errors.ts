import { shallowRef, type App } from 'vue'

/** The last error that no boundary took: told in a band by the shell, so that the window is never blank. */
export const strayError = shallowRef<unknown>(null)

/** Errors in a page's setup or render, by Vue's names in development and its numbers in production. */
const PAGE_BREAKS = /setup function|render function|#runtime-[01]$|async component/

export const breaksPage = (info: string): boolean => PAGE_BREAKS.test(info)

export function reportErrors(app: App): void {
  app.config.errorHandler = (error, _instance, info) => {
    console.error(error, info)
    strayError.value = error
  }
  window.addEventListener('unhandledrejection', (event) => {
    console.error(event.reason)
    strayError.value = event.reason
  })
}

export const errorText = (error: unknown): string => (error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error))
