import { toHex } from '../../core/base'
import { liarProtocol, pbftProtocol, ReplyQuorum, type LiarMachine } from '../../core/pbft'
import { ByzantineQuorum } from '../../core/quorum'
import { PBFT_INVARIANTS } from '../invariants/pbft'
import type { LiarBehaviour, SimulationPlan } from '../plan'
import { SimulatedKeys } from '../signer'
import { streamOf } from '../streams'
import { fingerprint } from '../trace-hash'
import type { AdaptedProtocol, Adapter, ReplyCount } from './adapter'

class SimulatedPbft implements AdaptedProtocol {
  readonly countReplies: (() => ReplyCount) | null
  readonly #plan: SimulationPlan
  readonly #keys: SimulatedKeys
  readonly #commands = new Set<number>()
  readonly #liars = new Map<string, LiarMachine>()
  readonly #behaviours = new Map<string, LiarBehaviour>()

  constructor(plan: SimulationPlan) {
    this.#plan = plan
    this.#keys = new SimulatedKeys(plan.seed)
    const ids = Array.from({ length: plan.nodes }, (_, i) => `n${i + 1}`)
    const liars = plan.byzantine.filter((each) => each.kind === 'liar').map((each) => each.node)
    this.countReplies = plan.options.tentative === true ? () => new LiedTo(ids, liars) : null
  }

  open(nodeId: string): ReturnType<AdaptedProtocol['open']> {
    const { checkpointInterval, tentative } = this.#plan.options
    const options = {
      signer: this.#keys.signerOf(nodeId), checkpointInterval, windowSize: 2 * checkpointInterval, tentative: tentative === true, isWatched: true,
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

/**
 * What a client is told where all liars know what others say: of every tentative reply they say that it is theirs too. Keeps its own account
 * of who gave what, so that what the client makes of it can be judged.
 */
class LiedTo extends ReplyQuorum implements ReplyCount {
  readonly #liars: readonly string[]
  readonly #quorum: ByzantineQuorum
  /** By reply: who gave it for good, and in which view tentatively. */
  readonly #final = new Map<string, Set<string>>()
  readonly #tentative = new Map<string, Map<number, Set<string>>>()

  constructor(replicas: readonly string[], liars: readonly string[]) {
    super(replicas)
    this.#liars = liars
    this.#quorum = new ByzantineQuorum(replicas)
  }

  override add(replicaId: string, reply: Uint8Array): Uint8Array | null {
    const word = toHex(reply)
    this.#final.set(word, (this.#final.get(word) ?? new Set()).add(replicaId))
    return super.add(replicaId, reply)
  }

  override addTentative(replicaId: string, reply: Uint8Array, view: number): Uint8Array | null {
    const word = toHex(reply)
    const views = this.#tentative.get(word) ?? new Map<number, Set<string>>()
    this.#tentative.set(word, views)
    const givers = views.get(view) ?? new Set()
    views.set(view, givers.add(replicaId))
    for (const liar of this.#liars) super.addTentative(liar, reply, view)
    return this.#liars.includes(replicaId) ? this.decided : super.addTentative(replicaId, reply, view)
  }

  get isFounded(): boolean {
    if (this.decided === null) return true
    const word = toHex(this.decided)
    const final = this.#final.get(word) ?? new Set<string>()
    if (final.size >= this.#quorum.weakSize) return true
    return [...this.#tentative.get(word)?.values() ?? []].some((givers) => new Set([...givers, ...final, ...this.#liars]).size >= this.#quorum.size)
  }
}

export const pbftAdapter: Adapter = {
  name: 'pbft',
  begin: (plan) => new SimulatedPbft(plan),
  epochWord: 'view',
  epochText: (_machine, term) => String(term),
  invariants: PBFT_INVARIANTS,
  replacements: () => 0,
  isChangingMembers: () => false,
  faultsMax: (members) => Math.floor((members - 1) / 3),
  // f + 1 equal replies hold one of a correct replica, and what it says of a read was so between its question and its answer.
  repliesNeeded: (members) => Math.floor((members - 1) / 3) + 1,
  supports: { membership: false, transfer: false, byzantine: true, readsAnywhere: true },
}
