/** Where the parts of the build lie, found from wherever this code was bundled to. */
import { existsSync } from 'node:fs'
import path from 'node:path'

export interface BuiltPlaces {
  readonly agentEntry: string
  readonly rendererDirectory: string
}

const LEVELS_MAX = 4

/** Looks for `main/agent.js` upwards from the bundle (`out/main/` or `out/main/chunks/`). Null outside a build. */
export function builtPlaces(from: string = import.meta.dirname): BuiltPlaces | null {
  let directory = from
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    const agentEntry = path.join(directory, 'agent.js')
    if (path.basename(directory) === 'main' && existsSync(agentEntry)) return { agentEntry, rendererDirectory: path.join(directory, '..', 'renderer') }
    directory = path.dirname(directory)
  }
  return null
}
