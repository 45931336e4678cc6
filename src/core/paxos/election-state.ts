/** What a member has lately heard of the others, for the ballot leader election. Nothing of it survives a restart. */
import type { Random } from '../base'
import type { Timing } from '../machine'
import type { Ballot } from './ballot'
import type { ConfigurationHistory } from './configuration'
import type { Heartbeat } from './types'

/** Members that were removed hear of it for so many election timeouts. */
const LINGERING_TIMEOUTS = 4

export interface Heard {
  tick: number
  heartbeat: Heartbeat | null
}

export class Election {
  readonly heard = new Map<string, Heard>()
  leaderId: string | null = null
  leaderBallot: Ballot = 0
  leaderHeardTick = 0
  /** The leader says that it is connected to a quorum. */
  isLeaderConnected = false
  /** Whom others follow, where this member itself hears no leader. */
  hint: string | null = null
  /** The timer of this member's own candidacy runs since here. */
  sinceTick = 0
  timeoutTicks = 0
  heartbeatElapsed = 0
  /** Something changed that others should hear of at once. */
  isHeartbeatDue = true
  wasTrusting = false
  readonly #timing: Timing
  readonly #random: Random
  readonly #lingering = new Map<string, number>()
  #peers: readonly string[] = []
  #peersVersion = -1

  constructor(timing: Timing, random: Random) {
    this.#timing = timing
    this.#random = random
    this.resetTimer(0)
  }

  resetTimer(tick: number): void {
    this.sinceTick = tick
    this.timeoutTicks = this.#timing.electionTicks + this.#random.integer(0, this.#timing.electionTicks)
  }

  hears(id: string, tick: number): boolean {
    const heard = this.heard.get(id)
    return heard !== undefined && tick - heard.tick < this.#timing.electionTicks
  }

  /** Both hear the other. */
  isConnected(id: string, tick: number): boolean {
    return this.hears(id, tick) && (this.heard.get(id)?.heartbeat?.hearsYou ?? false)
  }

  /** True where that is news. */
  setLeader(id: string | null, ballot: Ballot, tick: number): boolean {
    const isNews = id !== this.leaderId || (id !== null && ballot !== this.leaderBallot)
    this.leaderId = id
    this.hint = null
    if (id !== null) {
      this.leaderBallot = ballot
      this.leaderHeardTick = tick
    }
    return isNews
  }

  /** Every other member, and for a while those that were removed. */
  peers(history: ConfigurationHistory, self: string, tick: number): readonly string[] {
    for (const [id, until] of this.#lingering) {
      if (tick < until) continue
      this.#lingering.delete(id)
      this.#peersVersion = -1
    }
    if (this.#peersVersion !== history.version) {
      const ids = new Set<string>()
      for (const { configuration } of history.steps) for (const { id } of configuration.members) ids.add(id)
      for (const id of this.#peers) {
        if (!ids.has(id) && !this.#lingering.has(id)) this.#lingering.set(id, tick + LINGERING_TIMEOUTS * this.#timing.electionTicks)
      }
      for (const id of this.#lingering.keys()) ids.add(id)
      ids.delete(self)
      this.#peers = [...ids].sort()
      this.#peersVersion = history.version
    }
    return this.#peers
  }
}
