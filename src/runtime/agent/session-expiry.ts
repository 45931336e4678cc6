/**
 * Ends the sessions of clients that are gone, so that others get the locks they held. Whoever leads watches the uses of all
 * sessions by its own clock, and proposes the end of one that was not used for its time to live.
 *
 * It looks at its own state, which costs nobody a message: a leader that is behind, or deposed and unaware, proposes the end of a
 * session together with the use that it saw last, and the machine ends no session that was used since.
 */
import { encodeCommand, type SessionUse } from '../../core/statemachine'
import { CLIENT_LIMITS } from '../client'
import type { NodeDriver } from '../driver'
import { AGENT_PROCESS_LIMITS } from './limits'

export interface SessionExpiryOptions {
  readonly driver: {
    readonly machine: { status(): Pick<ReturnType<NodeDriver['machine']['status']>, 'isLeader' | 'term'> }
    readonly propose: NodeDriver['propose']
  }
  /** The open sessions, as applied by this member. */
  readonly sessions: () => readonly SessionUse[]
  /** A command as the group takes it from a member. */
  readonly wrap: (command: Uint8Array) => Uint8Array
  /** Monotonic. */
  readonly nowMs: () => number
}

interface Seen {
  readonly lastUse: number
  readonly sinceMs: number
}

const { sessionSweepMs, sessionsEndedAtOnceMax } = AGENT_PROCESS_LIMITS

export class SessionExpiry {
  private readonly options: SessionExpiryOptions
  private seen = new Map<string, Seen>()
  private term: number | null = null
  private sweptMs = -Infinity
  private underWay = 0
  private timer: NodeJS.Timeout | null = null

  constructor(options: SessionExpiryOptions) {
    this.options = options
  }

  start(): void {
    this.timer = setInterval(() => { this.sweep() }, sessionSweepMs)
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
  }

  private sweep(): void {
    const { driver, nowMs, sessions, wrap } = this.options
    const now = nowMs()
    const { isLeader, term } = driver.machine.status()
    // A new leader counts anew, and so does one that was paused: it has not yet read what clients sent it meanwhile.
    const goesOn = isLeader && term === this.term && now - this.sweptMs < 2 * sessionSweepMs
    this.term = term
    this.sweptMs = now
    const before = goesOn ? this.seen : new Map<string, Seen>()
    this.seen = new Map()
    if (!isLeader) return
    // Where proposals wait for a quorum, more of them would only wait with them.
    let left = this.underWay === 0 ? sessionsEndedAtOnceMax : 0
    for (const { clientId, lastUse } of sessions()) {
      const last = before.get(clientId)
      const sinceMs = last?.lastUse === lastUse ? last.sinceMs : now
      const isDue = left > 0 && now - sinceMs >= CLIENT_LIMITS.sessionTimeToLiveMs
      // What becomes of it shows in the sessions; if nothing does, it is proposed again after as long.
      this.seen.set(clientId, { lastUse, sinceMs: isDue ? now : sinceMs })
      if (!isDue) continue
      left -= 1
      this.underWay += 1
      driver.propose(wrap(encodeCommand({ kind: 'expire-session', clientId, lastUse })), () => { this.underWay -= 1 })
    }
  }
}
