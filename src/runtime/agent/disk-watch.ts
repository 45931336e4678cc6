import fs from 'node:fs'
import type { Alarm } from '../../core/observation'
import { AGENT_PROCESS_LIMITS } from './limits'

/** Looks now and then how much room the log still has; an alarm before the node has to stop. */
export class DiskWatch {
  private current: readonly Alarm[] = []
  private readonly timer: NodeJS.Timeout

  constructor(directory: string) {
    const look = (): void => {
      fs.statfs(directory, (error, { bavail, bsize } = { bavail: 0, bsize: 0 } as fs.StatsFs) => {
        if (error) return
        const freeBytes = bavail * bsize
        const text = `The disk of the data folder has ${Math.floor(freeBytes / 1024 / 1024)} MiB left; the node stops when the log cannot grow.`
        this.current = freeBytes < AGENT_PROCESS_LIMITS.diskFreeBytesMin ? [{ code: 'disk-nearly-full', text }] : []
      })
    }
    look()
    this.timer = setInterval(look, AGENT_PROCESS_LIMITS.diskCheckIntervalMs)
    this.timer.unref()
  }

  alarms(): readonly Alarm[] {
    return this.current
  }

  close(): void {
    clearInterval(this.timer)
  }
}
