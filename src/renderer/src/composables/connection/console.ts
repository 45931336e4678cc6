import { inject, type App, type InjectionKey } from 'vue'
import { present } from '../../../../core/base'
import type { ConsoleClient } from '../../bridge/client'

const CONSOLE: InjectionKey<ConsoleClient> = Symbol('console')

export function provideConsole(app: App, client: ConsoleClient): void {
  app.provide(CONSOLE, client)
}

/** The connection to the console service: `call(name, input)` and `open(name, input, onItem)`. */
export function useConsole(): ConsoleClient {
  return present(inject(CONSOLE), 'the app provides a console client')
}
