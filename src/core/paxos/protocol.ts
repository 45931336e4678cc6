/** Multi-Paxos with its options, ready to be opened on what a node's storage holds. */
import { assert } from '../base'
import type { Protocol } from '../machine'
import type { PaxosMachine } from './paxos'
import { PaxosRecovery } from './recovery'
import type { PaxosOptions } from './types'

/** Lease times are of an election timeout of ten ticks or more. */
export const PAXOS_OPTIONS: PaxosOptions = { alpha: 1024, reads: 'quorum', leaseTicks: 10, leaseDriftTicks: 3, forwarding: false, isWatched: __PLANTED__ }

export function paxosProtocol(options: Partial<PaxosOptions> = {}): Protocol<PaxosMachine> {
  const all: PaxosOptions = { ...PAXOS_OPTIONS, ...options }
  assert(Number.isSafeInteger(all.alpha) && all.alpha > 0, 'the window holds at least one slot')
  assert(all.leaseDriftTicks >= 2 && all.leaseTicks > all.leaseDriftTicks, 'a lease outlasts its drift, of which one tick is its resolution')
  return {
    name: 'paxos',
    recover: (config) => {
      const { electionTicks, heartbeatTicks } = config.timing
      assert(electionTicks > heartbeatTicks && heartbeatTicks > 0, 'an election timeout is longer than a heartbeat')
      return new PaxosRecovery(config, all)
    },
  }
}
