/**
 * The liveness phase. Faults end; a random quorum, the core, is healed; the others stay down, cut off or as they are. Within bounds a
 * write that is asked for now must commit (Progress), leaders must not change again and again (Bounded Elections), and once clients
 * ask for nothing more all of the core must come to the same state (Convergence).
 */
import type { Cluster } from './cluster'
import type { Nemesis } from './nemesis'
import type { SimulatedNode } from './node'
import { shuffled, streamOf } from './streams'
import type { Workload } from './workload'

export const LIVENESS_LIMITS = {
  /** From the healing to the first commit of something asked for after it, in longest election timeouts. */
  progressElections: 40,
  /** From the moment when clients stop to equal states, in longest election timeouts. */
  convergenceElections: 60,
  /** Elections that succeed in the whole phase. */
  electionsMax: 12,
  /** Clients go on for so long after the first progress, in longest election timeouts; longer where a node comes and goes. */
  steadyElections: 3,
  unsettledElections: 10,
  /** Elections that succeed after the first progress: nobody has a reason for one, whoever comes and goes (Ongaro 2014, thesis, section 9.6). */
  steadyElectionsMax: 3,
  /** A node that comes and goes is away for so long, and there for so long. */
  awayElections: 2,
  thereElections: 1,
} as const

const SOURCE = 'docs/simulator.md, the liveness phase'

type Stage = 'before' | 'progress' | 'steady' | 'quiet' | 'done'

export class Liveness {
  readonly #cluster: Cluster
  readonly #nemesis: Nemesis
  readonly #workload: Workload
  readonly #longestElectionMs: number
  stage: Stage = 'before'
  core: readonly SimulatedNode[] = []
  progressAfterMs: number | null = null
  convergedAfterMs: number | null = null
  stateHash: string | null = null
  elections = 0
  #electionsBefore = 0
  #isUnsettled = false
  #beganAtMs = 0
  #stageAtMs = 0

  constructor(cluster: Cluster, nemesis: Nemesis, workload: Workload) {
    this.#cluster = cluster
    this.#nemesis = nemesis
    this.#workload = workload
    const { tickMs, electionTicks } = cluster.plan.timing
    const slowest = Math.min(1, ...cluster.plan.clocks.map((clock) => clock.rate))
    this.#longestElectionMs = 2 * electionTicks * tickMs / slowest
    cluster.listeners.push({
      onEvent: (_node, event) => { if (this.stage !== 'before' && event.kind === 'role-changed' && event.role === 'leader') this.elections++ },
      onCommitted: () => undefined,
    })
    cluster.call(cluster.plan.durationMs, () => { this.#begin() })
  }

  #begin(): void {
    const cluster = this.#cluster
    this.#nemesis.stop()
    this.core = this.#chooseCore()
    if (this.core.length === 0) {
      // Too few are left by what some of them take for the members: nothing can be demanded.
      this.#enter('done')
      return
    }
    const random = streamOf(cluster.plan.seed, 'liveness')
    for (const node of cluster.nodes) {
      if (this.core.includes(node)) this.#heal(node)
      else this.#leave(node, random.integer(0, 5))
    }
    const { conditions } = cluster.network
    Object.assign(conditions, { lossShare: 0, duplicationShare: 0, reorderingShare: 0, clogShare: 0, delayFactor: 1, delayShape: cluster.plan.network.delay.shape })
    cluster.network.isBounded = true
    this.#beganAtMs = cluster.nowMs
    this.#enter('progress')
    cluster.trace.tell({ kind: 'phase', atMs: cluster.nowMs, phase: 'liveness', core: this.core.map((node) => node.id) })
    this.#look()
  }

  /** Correct, undamaged members that are a quorum by everyone's word on who the members are, and as few of them as possible by a draw. */
  #chooseCore(): readonly SimulatedNode[] {
    const cluster = this.#cluster
    const random = streamOf(cluster.plan.seed, 'core')
    const views = cluster.nodes.filter((node) => node.hasStarted && !node.isByzantine).map((node) => node.machine.members.filter((member) => member.voter).map(({ id }) => id))
    const isEnough = (ids: ReadonlySet<string>): boolean => views.every((voters) => (
      voters.length === 0 || voters.filter((id) => ids.has(id)).length >= voters.length - cluster.adapter.faultsMax(voters.length)))
    const healthy = cluster.nodes.filter((node) => !node.isByzantine && !node.isRotten && node.hasStarted && !this.#isDoomed(node))
    const core = new Set(healthy.map(({ id }) => id))
    if (!isEnough(core)) return []
    // A change of members that is still under way may make any of them needed.
    const isChanging = cluster.plan.faults.some((fault) => fault.kind === 'change-members')
    for (const node of isChanging ? [] : shuffled(random, healthy)) {
      if (random.next() < 0.5) continue
      core.delete(node.id)
      if (!isEnough(core)) core.add(node.id)
    }
    return healthy.filter((node) => core.has(node.id))
  }

  /** Damage that it has not noticed yet will keep it down when it does. */
  #isDoomed(node: SimulatedNode): boolean {
    return node.isDamaged
  }

  #heal(node: SimulatedNode): void {
    const cluster = this.#cluster
    const { disk } = node
    disk.isFailingNext = false
    disk.isFull = false
    disk.isMisreadingNext = false
    disk.stalledUntilMs = 0
    node.silentUntilMs = 0
    node.pausedBy = 0
    node.downBy = 0
    cluster.resume(node)
    // The last fault may have struck when the pause ended, an instant ago.
    if (disk.hasFailed) cluster.crash(node, 'its storage has failed')
    cluster.start(node)
    for (const other of this.core) {
      if (other === node) continue
      cluster.network.heal(node.id, other.id)
    }
  }

  #leave(node: SimulatedNode, how: number): void {
    const cluster = this.#cluster
    if (!node.hasStarted || node.isByzantine) return
    const others = cluster.ids.filter((id) => id !== node.id)
    if (how === 0) cluster.crash(node, 'it stays down')
    // It hears nothing and is heard: it must not disturb the others.
    if (how === 1) for (const id of others) cluster.network.cut(id, node.id)
    if (how === 4) {
      this.#isUnsettled = true
      this.#comeAndGo(node, true)
    }
    if (how === 2) {
      for (const id of others) {
        cluster.network.cut(id, node.id)
        cluster.network.cut(node.id, id)
      }
    }
  }

  /** Away from all, and back again, as long as clients go on. */
  #comeAndGo(node: SimulatedNode, isAway: boolean): void {
    const cluster = this.#cluster
    if (this.stage === 'quiet' || this.stage === 'done') return
    for (const id of cluster.ids) {
      if (id === node.id) continue
      if (isAway) {
        cluster.network.cut(id, node.id)
        cluster.network.cut(node.id, id)
      } else {
        cluster.network.heal(id, node.id)
        cluster.network.heal(node.id, id)
      }
    }
    const { awayElections, thereElections } = LIVENESS_LIMITS
    cluster.call(cluster.nowMs + (isAway ? awayElections : thereElections) * this.#longestElectionMs, () => { this.#comeAndGo(node, !isAway) })
  }

  #enter(stage: Stage): void {
    if (stage === 'steady') this.#electionsBefore = this.elections

    this.stage = stage
    this.#stageAtMs = this.#cluster.nowMs
  }

  #look(): void {
    const cluster = this.#cluster
    if (this.stage === 'done' || cluster.violation !== null) return
    const sinceMs = cluster.nowMs - this.#stageAtMs
    const { progressElections, convergenceElections, steadyElections, unsettledElections, steadyElectionsMax, electionsMax } = LIVENESS_LIMITS
    if (this.elections > electionsMax) this.#fail('Bounded Elections', `${this.elections} leaders were elected after the healing; ${electionsMax} at most are expected.`)
    else if (this.stage === 'progress') {
      if (this.#workload.completedInvokedAtMs >= this.#beganAtMs) {
        this.progressAfterMs = cluster.nowMs - this.#beganAtMs
        this.#enter('steady')
      } else if (sinceMs > progressElections * this.#longestElectionMs) this.#fail('Progress', `Nothing that was asked for after the healing was done within ${Math.round(sinceMs)} ms.`)
    } else if (this.stage === 'steady') {
      const elections = this.elections - this.#electionsBefore
      if (elections > steadyElectionsMax) this.#fail('Bounded Elections', `${elections} leaders were elected while nothing but one node came and went; ${steadyElectionsMax} at most are expected.`)
      else if (sinceMs > (this.#isUnsettled ? unsettledElections : steadyElections) * this.#longestElectionMs) {
        this.#workload.isStopped = true
        this.#enter('quiet')
        cluster.trace.tell({ kind: 'phase', atMs: cluster.nowMs, phase: 'quiet', core: this.core.map((node) => node.id) })
      }
    } else if (this.stage === 'quiet') {
      const apart = this.#apart()
      // What a client was told before it was decided may be on its way still.
      const { owed } = cluster.ledger
      if (apart === null && owed === 0) return this.#finish()
      if (sinceMs > convergenceElections * this.#longestElectionMs) {
        if (apart === null) this.#failDurability(`Clients were told that ${owed} commands are done which the core does not have.`)
        else this.#fail('Convergence', `After ${Math.round(sinceMs)} ms without new commands the core is not in one state: ${apart}`)
      }
    }
    cluster.call(cluster.nowMs + cluster.plan.timing.tickMs, () => { this.#look() })
  }

  #fail(invariant: string, message: string): void {
    this.#cluster.fail({ invariant, source: SOURCE, message }, null)
  }

  #failDurability(message: string): void {
    this.#cluster.fail({ invariant: 'Durability', source: 'docs/simulator.md, what is always checked', message }, null)
  }

  /** Those of the core that hold data, by the word of whoever of them has committed most. */
  #members(): readonly SimulatedNode[] {
    let best: SimulatedNode | undefined
    for (const node of this.core) if (best === undefined || node.machine.status().committedIndex > best.machine.status().committedIndex) best = node
    const holding = new Set(best?.machine.members.filter((member) => member.voter && member.witness !== true).map(({ id }) => id))
    return this.core.filter((node) => holding.has(node.id))
  }

  /** Why the core is not yet in one state; null when it is. */
  #apart(): string | null {
    if (this.#workload.waiting > 0) return `${this.#workload.waiting} clients still wait.`
    const nodes = this.#members()
    let states = ''
    let applied = ''
    for (const node of nodes) {
      if (!node.isUp || node.application === null) return `${node.id} is down.`
      const { order } = node.application
      if (order < this.#cluster.ledger.length) return `${node.id} has applied ${order} of ${this.#cluster.ledger.length} commands.`
      const { appliedIndex, committedIndex } = node.machine.status()
      if (appliedIndex < committedIndex) return `${node.id} has committed ${committedIndex} and applied ${appliedIndex}.`
      const hash = node.application.hash()
      if (states !== '' && states !== hash) return `${node.id} is in state ${hash}, another one in ${states}.`
      if (applied !== '' && applied !== String(committedIndex)) return `${node.id} has committed ${committedIndex}, another one ${applied}.`
      states = hash
      applied = String(committedIndex)
    }
    this.stateHash = states === '' ? null : states
    return null
  }

  #finish(): void {
    const cluster = this.#cluster
    this.convergedAfterMs = cluster.nowMs - this.#stageAtMs
    this.#enter('done')
    const order = Math.max(0, ...this.core.map((node) => node.application?.order ?? 0))
    if (cluster.ledger.acknowledged > order) this.#failDurability(`A client was told that command ${cluster.ledger.acknowledged} is done; the core has ${order} commands.`)
    cluster.trace.tell({ kind: 'phase', atMs: cluster.nowMs, phase: 'ended', core: this.core.map((node) => node.id) })
  }
}

