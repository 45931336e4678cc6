import type { ProcessHost } from './process-host'
import type { Reaper } from './reaper'

/** The same host, with every process listed at the reaper for as long as it lives. */
export function guardedHost(host: ProcessHost, reaper: Reaper): ProcessHost {
  return {
    fork: async (name) => {
      const forked = await host.fork(name)
      if (!forked.ok) return forked
      const { pid } = forked.value
      reaper.add(pid)
      forked.value.onExit(() => reaper.remove(pid))
      return forked
    },
  }
}
