import { liarProtocol, pbftProtocol, type LiarMachine } from '../../core/pbft'
import { PBFT_INVARIANTS } from '../invariants/pbft'
import type { LiarBehaviour, SimulationPlan } from '../plan'
import { SimulatedKeys } from '../signer'
import { streamOf } from '../streams'
import { fingerprint } from '../trace-hash'
import type { AdaptedProtocol, Adapter } from './adapter'

class SimulatedPbft implements AdaptedProtocol {
  readonly #plan: SimulationPlan
  readonly #keys: SimulatedKeys
  readonly #commands = new Set<number>()
  readonly #liars = new Map<string, LiarMachine>()
  readonly #behaviours = new Map<string, LiarBehaviour>()

  constructor(plan: SimulationPlan) {
    this.#plan = plan
    this.#keys = new SimulatedKeys(plan.seed)
  }

  open(nodeId: string): ReturnType<AdaptedProtocol['open']> {
    const { checkpointInterval } = this.#plan.options
    const options = {
      signer: this.#keys.signerOf(nodeId), checkpointInterval, windowSize: 2 * checkpointInterval, isWatched: true,
      // In place of clients' signatures: who they are is known here.
      authenticate: (command: Uint8Array) => this.#commands.has(fingerprint(command)),
    }
    if (!this.#plan.byzantine.some((each) => each.node === nodeId && each.kind === 'liar')) return pbftProtocol(options)
    return liarProtocol(options, {
      random: streamOf(this.#plan.seed, `liar ${nodeId}`), inventsCommands: true,
      begin: (liar) => {
        this.#liars.set(nodeId, liar)
        liar.behave(this.#behaviours.get(nodeId) ?? 'honest')
      },
    })
  }

  issued(command: Uint8Array): void {
    this.#commands.add(fingerprint(command))
  }

  behave(nodeId: string, behaviour: LiarBehaviour | null): void {
    if (behaviour === null) this.#behaviours.delete(nodeId)
    else this.#behaviours.set(nodeId, behaviour)
    this.#liars.get(nodeId)?.behave(behaviour ?? 'honest')
  }
}

export const pbftAdapter: Adapter = {
  name: 'pbft',
  begin: (plan) => new SimulatedPbft(plan),
  invariants: PBFT_INVARIANTS,
  replacements: () => 0,
  isChangingMembers: () => false,
  faultsMax: (members) => Math.floor((members - 1) / 3),
  // f + 1 equal replies hold one of a correct replica, and what it says of a read was so between its question and its answer.
  repliesNeeded: (members) => Math.floor((members - 1) / 3) + 1,
  supports: { membership: false, transfer: false, byzantine: true, readsAnywhere: true },
}
