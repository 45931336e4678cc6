/** What a proposer knows of one ballot of its own: from phase 1 until it is preempted. Nothing of it survives. */
import { Inflights } from '../base'
import { ballotAbove, type Ballot } from './ballot'
import type { Configuration } from './configuration'
import type { TakenNumbers } from './forwards'
import { PeerFlow } from './flow'
import { ReadRounds } from './reads'
import type { Accepted } from './types'

/** How far one acceptor's report (phase 1b) has come. */
export interface Report {
  /** Where the next page starts. */
  next: number
  isComplete: boolean
}

export interface Handover {
  readonly token: number
  readonly to: string
  /** The request is not sent before the target has what was proposed, unless half of the time is over. */
  isAsked: boolean
  readonly sinceTick: number
}

export interface MemberChangeInFlight {
  readonly token: number
  readonly configuration: Configuration
  /** The slot in which it was proposed; 0 while it waits for one. */
  slot: number
}

export class Reign {
  readonly ballot: Ballot
  /** Phase 1 was asked for all slots from here on. */
  readonly from: number
  readonly sinceTick: number
  /** The ballot that was handed over to this one; 0 for none. */
  readonly released: Ballot
  readonly reports = new Map<string, Report>()
  /** Per slot that is not yet proposed: the value of the highest ballot that any acceptor reported. */
  readonly adopted = new Map<number, Accepted>()
  /** The largest chosen index that an acceptor reported, and who. */
  reportedChosen = 0
  reportedBy: string | null = null
  /** Phase 1 is done and everything reported as chosen is known: it proposes. */
  isLeading = false
  /** A quorum has promised: others should wait for it rather than campaign. */
  isPrepared = false
  /** Everything that earlier ballots may have chosen lies up to here. */
  recoveredTo = 0
  nextSlot = 0
  /** Only where the bug is planted: who reported a value, which then counts as accepted in this ballot. */
  readonly plantedAcceptors = new Map<number, readonly string[]>()
  /** The first slot that it proposed in. */
  startSlot = 0
  readonly flows = new Map<string, PeerFlow>()
  readonly reads = new ReadRounds()
  handover: Handover | null = null
  /** A leader that has once asked another to take over cannot rely on leases any more. */
  hasForfeitedLease = false
  change: MemberChangeInFlight | null = null
  /** The ticks at which the latest rounds were sent, for leases. */
  readonly roundTicks = new Map<number, number>()
  /** Forwarded commands that were taken, by sender and incarnation: a frame that arrives twice is taken once. */
  readonly taken = new Map<string, TakenNumbers>()

  constructor(ballot: Ballot, from: number, sinceTick: number, released: Ballot) {
    this.ballot = ballot
    this.from = from
    this.sinceTick = sinceTick
    this.released = released
  }

  /** An acceptor knows slots to be chosen that are not proposed in this reign: until they are learned, nothing can be proposed. */
  get isBehindReports(): boolean {
    return this.nextSlot <= this.reportedChosen
  }

  /** A majority of `configuration` has promised this ballot and reported all it has accepted. */
  isPreparedFor(configuration: Configuration): boolean {
    return configuration.isQuorum((id) => this.reports.get(id)?.isComplete ?? false)
  }

  flow(id: string, limits: { readonly inflightMessagesMax: number; readonly inflightBytesMax: number }, tick: number): PeerFlow {
    let flow = this.flows.get(id)
    if (!flow) {
      flow = new PeerFlow(id, this.startSlot, new Inflights(limits.inflightMessagesMax, limits.inflightBytesMax))
      flow.progressTick = tick
      this.flows.set(id, flow)
    }
    return flow
  }

  /** The planted bug of a proposer that goes on in a higher ballot without phase 1. */
  withoutPhaseOne(above: Ballot, ordinal: number, from: number): Reign {
    const next = new Reign(ballotAbove(above, ordinal), from, this.sinceTick, 0)
    for (const [id, report] of this.reports) next.reports.set(id, report)
    next.isLeading = true
    next.isPrepared = true
    next.nextSlot = from
    next.startSlot = from
    return next
  }
}
