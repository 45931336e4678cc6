/** The domain: all local clusters of a data directory. */
import { randomUUID } from 'node:crypto'
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { LoadSample, LoadSettings, LoadState } from '../../../contract/load'
import type { Behaviour } from '../../../contract/agent'
import type { Fault, MemberReplacement, OptionsPlan, SandboxMemberChange, SandboxProtocolOptions, SandboxState } from '../../../contract/sandbox'
import type { ProtocolName } from '../../../core/machine'
import type { ClusterMoment, ExpectedMember, NodeObservation } from '../../../core/observation'
import { planOptions, type OptionsCode, type PlanCode } from './change-options'
import { Cluster, type NodeAction } from './cluster'
import { readClusterFiles, removeClusterDirectory, writeClusterFile, type ClusterFile, type FoundClusters } from './cluster-file'
import { guardedHost } from './guarded-host'
import { clientKeyFile, makeKeys } from './keys'
import { SANDBOX_LIMITS } from './limits'
import { Load } from './load'
import type { MemberCode } from './joining'
import { changeMembers, replacing, transferLeadership, type TransferCode } from './membership'
import type { LifeCode, NodeActionCode } from './node'
import { freePorts } from './ports'
import type { ProcessHost } from './process-host'
import { createReaper } from './reaper'
import { recoverCluster, type RecoverCode, type Recovered } from './recovery'
import type { RolloutNews } from './rollout'

export interface SandboxOptions {
  /** One folder per cluster is kept in here. */
  readonly directory: string
  readonly processHost: ProcessHost
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void }
  /** Console clock, milliseconds since 1970. */
  readonly nowMs: () => number
  readonly pollIntervalMs: () => number
  /** One node's word, or its silence. */
  readonly onObservation: (observation: NodeObservation) => void
  readonly onState: (state: SandboxState) => void
  /** Nodes came or went. */
  readonly onMembers: (clusterId: string) => void
  readonly onLoadState: (state: LoadState) => void
  readonly onLoadSample: (clusterId: string, sample: LoadSample) => void
  /** How a change of the options of a running cluster goes on. */
  readonly onRollout: (clusterId: string, news: RolloutNews) => void
  /** How the replacement of a member ended. */
  readonly onReplaced: (clusterId: string, replacement: MemberReplacement) => void
}

type Missing = 'not-a-sandbox'

export interface Sandbox {
  /** Reads what is remembered. Starts nothing. */
  load(): Promise<FoundClusters>
  has(clusterId: string): boolean
  create(name: string, nodes: number, protocol?: ProtocolName, options?: SandboxProtocolOptions): Promise<Result<ClusterFile, 'too-many' | LifeCode>>
  start(clusterId: string): Promise<Result<null, LifeCode | Missing>>
  stop(clusterId: string): Promise<Result<null, LifeCode | Missing>>
  /** Stops it and removes its folder. */
  remove(clusterId: string): Promise<Result<null, LifeCode | Missing>>
  state(clusterId: string): Result<SandboxState, Missing>
  expected(clusterId: string): readonly ExpectedMember[]
  moment(clusterId: string): ClusterMoment | null
  act(clusterId: string, nodeId: string, action: NodeAction): Promise<Result<null, NodeActionCode | Missing | 'not-found'>>
  addFault(clusterId: string, fault: Fault): Result<{ readonly faultId: string }, Missing | 'too-many' | 'not-found' | 'invalid-input'>
  removeFault(clusterId: string, faultId: string): Promise<Result<null, LifeCode | Missing | 'not-found'>>
  lie(clusterId: string, nodeId: string, behaviour: Behaviour): Result<null, Missing | 'not-found' | 'protocol-unsupported' | 'wrong-state'>
  /** Gives the node it was about. */
  changeMembers(clusterId: string, change: SandboxMemberChange): Promise<Result<{ readonly nodeId: string }, Missing | MemberCode>>
  transferLeadership(clusterId: string, to: string | null): Promise<Result<null, Missing | TransferCode>>
  /** Goes on without the majority, which is given up. */
  recover(clusterId: string): Promise<Result<Recovered, Missing | RecoverCode>>
  planOptions(clusterId: string, wanted: SandboxProtocolOptions): Promise<Result<OptionsPlan, Missing | PlanCode>>
  /** Answers once the options are on disk, and the restarts, where there are any, have begun. */
  setOptions(clusterId: string, wanted: SandboxProtocolOptions): Promise<Result<OptionsPlan, Missing | OptionsCode>>
  cancelOptions(clusterId: string): Result<null, Missing | 'wrong-state'>
  healAll(clusterId: string): Promise<Result<null, LifeCode | Missing>>
  startLoad(clusterId: string, settings: LoadSettings): Promise<Result<null, Missing | 'not-running' | 'start-failed'>>
  adjustLoad(clusterId: string, settings: LoadSettings): Result<null, 'not-running'>
  stopLoad(clusterId: string): Promise<void>
  loadState(clusterId: string): LoadState | null
  /** The poll interval changed: asks now, and from now on at the new beat. */
  repoll(): void
  /** Ends all processes; each cluster is remembered as running or not, as it was. */
  close(): Promise<void>
}

interface Entry {
  readonly cluster: Cluster
  readonly load: Load
  /** The last write of its file. */
  writing: Promise<Result<null, LifeCode>>
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const reaper = createReaper(options)
  return new SandboxDomain({ ...options, processHost: guardedHost(options.processHost, reaper) }, () => reaper.close())
}

class SandboxDomain implements Sandbox {
  private readonly options: SandboxOptions
  private readonly closeReaper: () => void
  private readonly entries = new Map<string, Entry>()
  private readonly running = new Set<string>()
  private creating = 0
  private closed = false

  constructor(options: SandboxOptions, closeReaper: () => void) {
    this.options = options
    this.closeReaper = closeReaper
  }

  async load(): Promise<FoundClusters> {
    const found = await readClusterFiles(this.options.directory)
    for (const file of found.files) this.adopt(file)
    return found
  }

  has(clusterId: string): boolean {
    return this.entries.has(clusterId)
  }

  async create(name: string, count: number, protocol: ProtocolName = 'raft', options?: SandboxProtocolOptions): Promise<Result<ClusterFile, 'too-many' | LifeCode>> {
    if (this.closed) return ending()
    if (this.entries.size + this.creating >= SANDBOX_LIMITS.clustersMax) {
      return fail('too-many', `There are ${SANDBOX_LIMITS.clustersMax} local clusters already.`, 'Delete one that is no longer needed.')
    }
    this.creating += 1
    try {
      const ports = await freePorts(count, this.portsTaken())
      if (!ports.ok) return ports
      const clusterId = `sandbox-${randomUUID().slice(0, 8)}`
      const founders = ports.value.map((port, i) => ({ nodeId: `n${i + 1}`, port, member: 'voter' as const }))
      const file: ClusterFile = {
        version: 2, clusterId, name, createdAtMs: this.options.nowMs(), running: false, protocol,
        ...(options === undefined ? {} : { options }), founders, nodes: founders, nextNode: count + 1,
      }
      const made = await this.makeFiles(file)
      if (made.ok) this.adopt(made.value)
      // What is half made would be found at the next start, as a cluster that cannot be read.
      else await removeClusterDirectory(this.options.directory, clusterId)
      return made
    } finally {
      this.creating -= 1
    }
  }

  async start(clusterId: string): Promise<Result<null, LifeCode | Missing>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    if (this.closed) return ending()
    if (entry.cluster.phase === 'stopping') return fail('start-failed', 'The cluster is still being stopped.', 'Start it once it has stopped.')
    if (entry.cluster.phase !== 'stopped') return ok(null)
    if (entry.cluster.bringingOptionsTo === 'disk') return fail('start-failed', 'Its options are being changed at this moment.', 'Start it again in a moment.')
    const [remembered, started] = await Promise.all([this.remember(entry, true), entry.cluster.start()])
    return started.ok ? remembered : started
  }

  async stop(clusterId: string): Promise<Result<null, LifeCode | Missing>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    await Promise.all([entry.load.stop(), entry.cluster.stop()])
    return this.remember(entry, false)
  }

  async remove(clusterId: string): Promise<Result<null, LifeCode | Missing>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    await Promise.all([entry.load.stop(), entry.cluster.stop()])
    entry.cluster.unobserve()
    this.entries.delete(clusterId)
    // A write that is under way would bring the folder back.
    await entry.writing
    const removed = await removeClusterDirectory(this.options.directory, clusterId)
    if (removed.ok) this.running.delete(clusterId)
    else {
      this.entries.set(clusterId, entry)
      entry.cluster.observe()
    }
    return removed
  }

  state(clusterId: string): Result<SandboxState, Missing> {
    const entry = this.entries.get(clusterId)
    return entry ? ok(entry.cluster.state()) : missing()
  }

  expected(clusterId: string): readonly ExpectedMember[] {
    return this.entries.get(clusterId)?.cluster.expected() ?? []
  }

  moment(clusterId: string): ClusterMoment | null {
    return this.entries.get(clusterId)?.cluster.moment() ?? null
  }

  async act(clusterId: string, nodeId: string, action: NodeAction): Promise<Result<null, NodeActionCode | Missing | 'not-found'>> {
    return this.entries.get(clusterId)?.cluster.act(nodeId, action) ?? missing()
  }

  addFault(clusterId: string, fault: Fault): Result<{ readonly faultId: string }, Missing | 'too-many' | 'not-found' | 'invalid-input'> {
    return this.entries.get(clusterId)?.cluster.addFault(fault) ?? missing()
  }

  lie(clusterId: string, nodeId: string, behaviour: Behaviour): Result<null, Missing | 'not-found' | 'protocol-unsupported' | 'wrong-state'> {
    return this.entries.get(clusterId)?.cluster.lie(nodeId, behaviour) ?? missing()
  }

  async changeMembers(clusterId: string, change: SandboxMemberChange): Promise<Result<{ readonly nodeId: string }, Missing | MemberCode>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    if (entry.cluster.bringingOptionsTo !== null) return optionsUnderWay()
    const { directory } = this.options
    const changed = await changeMembers(entry.cluster, change, { directory, portsTaken: () => this.portsTaken(), remembered: () => entry.writing })
    // What the group has agreed to has to be found again after a crash of the console.
    await entry.writing
    return changed
  }

  async transferLeadership(clusterId: string, to: string | null): Promise<Result<null, Missing | TransferCode>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    return entry.cluster.bringingOptionsTo !== null ? optionsUnderWay() : transferLeadership(entry.cluster, to)
  }

  async recover(clusterId: string): Promise<Result<Recovered, Missing | RecoverCode>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    if (entry.cluster.bringingOptionsTo !== null) return optionsUnderWay()
    if (entry.cluster.isReplacing) return replacing()
    const recovered = await recoverCluster(entry.cluster, this.options.directory)
    await entry.writing
    return recovered
  }

  async planOptions(clusterId: string, wanted: SandboxProtocolOptions): Promise<Result<OptionsPlan, Missing | PlanCode>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    const planned = await planOptions(entry.cluster, wanted)
    return planned.ok ? ok(planned.value.plan) : planned
  }

  async setOptions(clusterId: string, wanted: SandboxProtocolOptions): Promise<Result<OptionsPlan, Missing | OptionsCode>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    const { cluster } = entry
    const { phase } = cluster
    const planned = await planOptions(cluster, wanted)
    if (!planned.ok) return planned
    const { plan, options } = planned.value
    if (plan.refused !== null) return { ok: false, error: plan.refused }
    // Looking at the members took a moment, in which another may have begun something.
    if (this.closed || cluster.phase !== phase || cluster.bringingOptionsTo !== null || cluster.isReplacing) return fail('wrong-state', 'The cluster has changed meanwhile.', 'Look at it and try again.')
    const written = await cluster.rememberOptions(options, () => this.write(entry, () => true))
    if (!written.ok) return written
    if (plan.restarts.length > 0) cluster.rollOptions(plan)
    return ok(plan)
  }

  cancelOptions(clusterId: string): Result<null, Missing | 'wrong-state'> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    return entry.cluster.cancelOptions() ? ok(null) : fail('wrong-state', 'No change of the options is under way.', 'Look at how it ended.')
  }

  async removeFault(clusterId: string, faultId: string): Promise<Result<null, LifeCode | Missing | 'not-found'>> {
    return this.entries.get(clusterId)?.cluster.removeFault(faultId) ?? missing()
  }

  async healAll(clusterId: string): Promise<Result<null, LifeCode | Missing>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    // A cluster that was stopped on purpose is not broken.
    return entry.cluster.phase === 'stopped' ? ok(null) : entry.cluster.healAll()
  }

  async startLoad(clusterId: string, settings: LoadSettings): Promise<Result<null, Missing | 'not-running' | 'start-failed'>> {
    const entry = this.entries.get(clusterId)
    if (!entry) return missing()
    if (entry.cluster.phase === 'stopped' || entry.cluster.phase === 'stopping') return fail('not-running', 'The cluster is not running.', 'Start it first.')
    return entry.load.start(settings)
  }

  adjustLoad(clusterId: string, settings: LoadSettings): Result<null, 'not-running'> {
    return this.entries.get(clusterId)?.load.adjust(settings) ?? fail('not-running', 'No load is running on this cluster.')
  }

  async stopLoad(clusterId: string): Promise<void> {
    await this.entries.get(clusterId)?.load.stop()
  }

  loadState(clusterId: string): LoadState | null {
    return this.entries.get(clusterId)?.load.state() ?? null
  }

  repoll(): void {
    if (!this.closed) for (const { cluster } of this.entries.values()) cluster.observe()
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all([...this.entries.values()].map(async ({ cluster, load }) => {
      await Promise.all([load.stop(SANDBOX_LIMITS.closeTimeoutMs), cluster.stop(SANDBOX_LIMITS.closeTimeoutMs)])
      cluster.unobserve()
    }))
    this.closeReaper()
  }

  private portsTaken(): ReadonlySet<number> {
    return new Set([...this.entries.values()].flatMap(({ cluster }) => cluster.members.map((member) => member.port)))
  }

  private async makeFiles(file: ClusterFile): Promise<Result<ClusterFile, LifeCode>> {
    const { directory } = this.options
    const keys = file.protocol === 'pbft' ? await makeKeys(directory, file.clusterId, file.founders.map(({ nodeId }) => nodeId)) : null
    if (keys !== null && !keys.ok) return keys
    const whole = keys === null ? file : { ...file, ...keys.value }
    const written = await writeClusterFile(directory, whole)
    return written.ok ? ok(whole) : written
  }

  private adopt(file: ClusterFile): void {
    const { clusterId, protocol } = file
    const { directory, processHost, log, nowMs, pollIntervalMs, onObservation, onState, onLoadState, onLoadSample } = this.options
    const cluster: Cluster = new Cluster({
      file, directory, processHost, log, nowMs, pollIntervalMs, onObservation,
      onState: () => onState(cluster.state()),
      onNodes: () => this.nodesChanged(clusterId),
      onRollout: (news) => this.options.onRollout(clusterId, news),
      onReplaced: (replacement) => this.options.onReplaced(clusterId, replacement),
    })
    const signing = file.clientKey === undefined ? {} : { clientKeyFile: clientKeyFile(directory, clusterId) }
    const load = new Load({ clusterId, protocol, ...signing, members: () => cluster.members, processHost, log, nowMs, onState: onLoadState, onSample: onLoadSample })
    this.entries.set(clusterId, { cluster, load, writing: Promise.resolve(ok(null)) })
    cluster.observe()
    if (file.running) this.running.add(clusterId)
  }

  private nodesChanged(clusterId: string): void {
    const entry = this.entries.get(clusterId)
    if (!entry) return
    entry.load.membersChanged()
    this.options.onMembers(clusterId)
    void this.write(entry, () => true).then((written) => {
      if (!written.ok) this.options.log.error(`The nodes of ${clusterId} could not be remembered: ${written.error.message}`)
    })
  }

  private remember(entry: Entry, running: boolean): Promise<Result<null, LifeCode>> {
    const { clusterId } = entry.cluster.file
    return this.write(entry, () => {
      if (this.running.has(clusterId) === running) return false
      if (running) this.running.add(clusterId)
      else this.running.delete(clusterId)
      return true
    })
  }

  /** One write after the other: they share a temporary file, and the last word has to stand. `change` says whether there is anything to write. */
  private write(entry: Entry, change: () => boolean): Promise<Result<null, LifeCode>> {
    const written = entry.writing.then(async (): Promise<Result<null, LifeCode>> => {
      const { file } = entry.cluster
      const { clusterId } = file
      const ran = this.running.has(clusterId)
      if (!this.entries.has(clusterId) || !change()) return ok(null)
      const result = await writeClusterFile(this.options.directory, { ...file, running: this.running.has(clusterId) })
      if (!result.ok) {
        if (ran) this.running.add(clusterId)
        else this.running.delete(clusterId)
      }
      return result
    })
    entry.writing = written
    return written
  }
}

function ending(): { readonly ok: false; readonly error: Failure<'start-failed'> } {
  return fail('start-failed', 'The console is being stopped.')
}

function optionsUnderWay(): { readonly ok: false; readonly error: Failure<'wrong-state'> } {
  return fail('wrong-state', 'The options of the cluster are being changed, and its members restarted.', 'Wait until that has ended, or cancel it.')
}

function missing(): { readonly ok: false; readonly error: Failure<Missing> } {
  return fail('not-a-sandbox', 'This is not a local cluster.')
}
