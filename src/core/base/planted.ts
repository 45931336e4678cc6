/**
 * Planted bugs: faults in our own protocols that the simulator must find, to show that its checkers check. They exist only where
 * `__PLANTED__` is true (tests and the simulator's own build); a production build defines it as false, and each site, written as
 * `if (__PLANTED__ && isPlanted('raft/vote-not-persisted'))`, disappears from it.
 */
import { assert } from './assert'

declare global {
  // Defined by the build; see scripts/build.mjs and vitest.config.ts.
  const __PLANTED__: boolean
}

let planted: string | null = null

/** Plants one bug for everything that runs from now on; null takes it away. */
export function plant(id: string | null): void {
  assert(__PLANTED__, 'this build has no planted bugs')
  planted = id
}

export const isPlanted = (id: string): boolean => planted === id
