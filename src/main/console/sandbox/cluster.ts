/** A local cluster: its nodes, the faults in force, and their undo. */
import { randomUUID } from 'node:crypto'
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { Control, ProtocolName } from '../../../core/machine'
import { SANDBOX_TIMING, type Behaviour, type FromAgent, type PeerAddress } from '../../../contract/agent'
import type { Fault, FaultInForce, MemberReplacement, OptionsPlan, SandboxProtocolOptions, SandboxState } from '../../../contract/sandbox'
import type { ClusterMoment, ExpectedMember, NodeObservation } from '../../../core/observation'
import type { ClusterFile } from './cluster-file'
import { Controls, type ControlCode } from './controls'
import { LIE, lieFaults, NODE_FAULT, nodeFaults, type LieInForce } from './faults-in-force'
import { clientKeyFile } from './keys'
import { leadershipOrder, membersByLeader } from './leadership'
import { LOOPBACK, SANDBOX_LIMITS } from './limits'
import { namedIn, rulesFor, withoutNode } from './link-rules'
import { Node, type LifeCode, type NodeActionCode } from './node'
import { addressOf, nodeStart } from './node-start'
import { NodePoll } from './poll'
import { handToPreferred, type LedCluster } from './preferred-leader'
import type { ProcessHost } from './process-host'
import { protocolOptions, sameOptions } from './protocol-options'
import { Rollout, type RolloutNews } from './rollout'

export type NodeAction = 'kill' | 'stop' | 'start' | 'restart' | 'pause' | 'resume'

export interface ClusterOptions {
  readonly file: ClusterFile
  /** The folder of all local clusters. */
  readonly directory: string
  readonly processHost: ProcessHost
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void }
  readonly nowMs: () => number
  readonly pollIntervalMs: () => number
  readonly onState: (clusterId: string) => void
  readonly onObservation: (observation: NodeObservation) => void
  /** Nodes came or went, or are members of another kind: the file is to be written. */
  readonly onNodes: () => void
  /** How a change of the options goes on. */
  readonly onRollout: (news: RolloutNews) => void
  /** How the replacement of a member ended. */
  readonly onReplaced: (replacement: MemberReplacement) => void
}

interface LinkFaultInForce extends FaultInForce {
  readonly fault: Fault
}

export type FileNode = ClusterFile['nodes'][number]

export class Cluster {
  private readonly options: ClusterOptions
  private remembered: ClusterFile
  private readonly nodes = new Map<string, { readonly node: Node; readonly poll: NodePoll }>()
  private readonly latest = new Map<string, NodeObservation>()
  private readonly controls = new Controls()
  private faults: readonly LinkFaultInForce[] = []
  private readonly lies = new Map<string, LieInForce>()
  private current: SandboxState['phase'] = 'stopped'
  private rollout: Rollout | null = null
  private replacement: MemberReplacement | null = null
  private remembering = false

  constructor(options: ClusterOptions) {
    this.options = options
    this.remembered = options.file
    for (const node of this.remembered.nodes) this.nodes.set(node.nodeId, this.createNode(node))
  }

  get file(): ClusterFile {
    return this.remembered
  }

  get protocol(): ProtocolName {
    return this.remembered.protocol
  }

  get phase(): SandboxState['phase'] {
    return this.current
  }

  /** Where the nodes are now. */
  get members(): readonly PeerAddress[] {
    return this.remembered.nodes.map(addressOf)
  }

  state(): SandboxState {
    const nodes = [...this.nodes.values()].map(({ node }) => node)
    const { clusterId, protocol, options, clientKey } = this.remembered
    return {
      clusterId, protocol, phase: this.current, nodes: nodes.map((node) => node.describe()),
      faults: [...this.faults, ...lieFaults(this.lies), ...(this.current === 'running' ? nodeFaults(nodes) : [])],
      options: protocolOptions(options), timing: SANDBOX_TIMING, rollout: this.rollout?.describe() ?? null, replacement: this.replacement,
      ...(clientKey === undefined ? {} : { clientKeyFile: clientKeyFile(this.options.directory, clusterId) }),
    }
  }

  /** Nothing else about the members is changed meanwhile. */
  get isReplacing(): boolean {
    return this.replacement !== null && this.replacement.phase !== 'done' && this.replacement.phase !== 'failed'
  }

  tellReplacement(replacement: MemberReplacement | null): void {
    this.replacement = replacement
    this.options.onState(this.remembered.clusterId)
    if (replacement !== null && !this.isReplacing) this.options.onReplaced(replacement)
  }

  /** Where new options are on their way to; null where none are under way. */
  get bringingOptionsTo(): 'disk' | 'members' | null {
    return this.remembering ? 'disk' : this.rollout?.isUnderWay === true ? 'members' : null
  }

  /** Those whose process runs with other options than these. */
  outdated(options: SandboxProtocolOptions | undefined = this.remembered.options): readonly string[] {
    const wanted = protocolOptions(options)
    return [...this.nodes.values()].flatMap(({ node }) => (node.runsWith === null || sameOptions(node.runsWith, wanted) ? [] : [node.nodeId]))
  }

  /** What every node is started with from now on. Where they cannot be written, everything is as before. */
  async rememberOptions(options: SandboxProtocolOptions, write: () => Promise<Result<null, LifeCode>>): Promise<Result<null, LifeCode>> {
    const before = this.remembered.options ?? {}
    this.remembering = true
    this.replaceOptions(options)
    const written = await write()
    this.remembering = false
    if (!written.ok) this.replaceOptions(before)
    this.options.onState(this.remembered.clusterId)
    return written
  }

  private replaceOptions(options: SandboxProtocolOptions): void {
    const { options: _before, ...rest } = this.remembered
    this.remembered = Object.keys(options).length === 0 ? rest : { ...rest, options }
  }

  /** Restarts the members that run with older options, one at a time. It tells by itself how it goes on. */
  rollOptions({ changes, restarts }: OptionsPlan): void {
    const { nowMs, onState, onRollout } = this.options
    this.rollout = new Rollout({
      changes, nodeIds: restarts.map(({ nodeId }) => nodeId), nowMs, onNews: onRollout, onStep: () => onState(this.remembered.clusterId),
      cluster: {
        ...this.led(() => this.current === 'running'),
        outdated: () => this.outdated(), stateOf: (nodeId) => this.node(nodeId)?.state ?? null, restart: (nodeId) => this.restartRunning(nodeId),
      },
    })
    void this.rollout.run()
  }

  private led(isRunning: () => boolean): LedCluster {
    return { isRunning, preferred: () => this.remembered.options?.prefer ?? [], observeAnew: (withinMs) => this.observeAnew(withinMs), control: (control) => this.control(control) }
  }

  cancelOptions(): boolean {
    return this.rollout?.cancel() ?? false
  }

  /** A node of a cluster that is stopped meanwhile stays stopped. */
  private async restartRunning(nodeId: string): Promise<Result<null, NodeActionCode | 'not-found'>> {
    const node = this.nodes.get(nodeId)?.node
    if (!node) return fail('not-found', `There is no node ${nodeId} in this cluster.`)
    await node.stop()
    return this.current === 'running' ? node.start() : ok(null)
  }

  expected(): readonly ExpectedMember[] {
    return this.remembered.nodes.map(({ nodeId, port, member }) => ({ id: nodeId, name: nodeId, endpoint: `${LOOPBACK}:${port}`, voter: member !== 'learner' }))
  }

  moment(): ClusterMoment {
    return { clusterId: this.remembered.clusterId, atMs: this.options.nowMs(), expected: this.expected(), observations: [...this.latest.values()] }
  }

  /** Begins to tell what each node says. That all are stopped is told too: it is known, not stale. */
  observe(): void {
    for (const { poll } of this.nodes.values()) poll.start()
  }

  unobserve(): void {
    for (const { poll } of this.nodes.values()) poll.stop()
  }

  /** All nodes at once. Where one cannot start the others stay as they are: that is for the operator to see. */
  async start(): Promise<Result<null, LifeCode>> {
    this.enter('starting')
    const results = await Promise.all([...this.nodes.values()].map(({ node }) => node.start()))
    if (this.current !== 'starting') return fail('start-failed', 'The cluster was stopped while it started.')
    const failed = results.find((result) => !result.ok)
    if (failed && results.every((result) => !result.ok)) {
      await this.stop()
      return failed
    }
    this.enter('running')
    void handToPreferred(this.led(() => this.current === 'running' && this.bringingOptionsTo === null), SANDBOX_LIMITS.preferredLeadTimeoutMs)
    return failed ?? ok(null)
  }

  async stop(withinMs?: number): Promise<void> {
    this.enter('stopping')
    await Promise.all([...this.nodes.values()].map(({ node }) => node.stop(withinMs)))
    this.faults = []
    this.lies.clear()
    this.enter('stopped')
  }

  async act(nodeId: string, action: NodeAction): Promise<Result<null, NodeActionCode | 'not-found'>> {
    const node = this.nodes.get(nodeId)?.node
    if (!node) return fail('not-found', `There is no node ${nodeId} in this cluster.`)
    if (this.current !== 'running' && this.current !== 'starting') {
      return fail('wrong-state', 'The cluster is not running.', 'Start the cluster first.')
    }
    if (action === 'start' && node.state === 'paused') return node.resume()
    return node[action]()
  }

  addFault(fault: Fault): Result<{ readonly faultId: string }, 'too-many' | 'not-found' | 'invalid-input'> {
    if (this.faults.length >= SANDBOX_LIMITS.faultsMax) {
      return fail('too-many', `${SANDBOX_LIMITS.faultsMax} link faults are in force already.`, 'Undo some of them first.')
    }
    const stranger = namedIn(fault).find((each) => !this.nodes.has(each))
    if (stranger !== undefined) return fail('not-found', `There is no node ${stranger} in this cluster.`)
    if (fault.kind === 'link' && fault.from === fault.to) return fail('invalid-input', 'A link has two different ends.')
    const inForce: LinkFaultInForce = { id: `fault-${randomUUID()}`, fault, sinceMs: this.options.nowMs() }
    this.setFaults([...this.faults, inForce])
    return ok({ faultId: inForce.id })
  }

  /** From now on, over restarts too, until it is honest again or the cluster is stopped. */
  lie(nodeId: string, behaviour: Behaviour): Result<null, 'not-found' | 'protocol-unsupported' | 'wrong-state'> {
    const node = this.nodes.get(nodeId)?.node
    if (!node) return fail('not-found', `There is no node ${nodeId} in this cluster.`)
    if (this.protocol !== 'pbft') return fail('protocol-unsupported', 'Only members of a PBFT cluster can be made to lie: the other protocols assume that nobody does.', 'Create a PBFT cluster to see lies tolerated.')
    if (this.current !== 'running') return fail('wrong-state', 'The cluster is not running.', 'Start the cluster first.')
    if (behaviour === 'honest') this.lies.delete(nodeId)
    else this.lies.set(nodeId, { lie: behaviour, sinceMs: this.options.nowMs() })
    node.applyBehaviour()
    this.options.onState(this.remembered.clusterId)
    return ok(null)
  }

  async removeFault(faultId: string): Promise<Result<null, LifeCode | 'not-found'>> {
    if (faultId.startsWith(NODE_FAULT)) return this.undoNodeFault(faultId.slice(NODE_FAULT.length))
    const liar = faultId.startsWith(LIE) ? faultId.slice(LIE.length) : null
    if (liar !== null && this.lies.has(liar)) {
      this.lie(liar, 'honest')
      return ok(null)
    }
    const left = this.faults.filter((each) => each.id !== faultId)
    if (left.length === this.faults.length) return fail('not-found', 'This fault is not in force any more.')
    this.setFaults(left)
    return ok(null)
  }

  /** Links are restored, liars made honest, paused nodes resumed, and nodes that are down started. */
  async healAll(): Promise<Result<null, LifeCode>> {
    for (const liar of [...this.lies.keys()]) this.lie(liar, 'honest')
    this.setFaults([])
    const down = [...this.nodes.values()].filter(({ node }) => node.state !== 'running' && node.state !== 'starting')
    const results = await Promise.all(down.map(({ node }) => this.revive(node)))
    return results.find((result) => !result.ok) ?? ok(null)
  }

  /** Put to whoever leads. */
  control(control: Control): Promise<Result<null, ControlCode>> {
    return this.controls.askLeader(control, () =>
      leadershipOrder([...this.latest.values()]).flatMap((nodeId) => this.nodes.get(nodeId)?.node ?? []).filter(({ state }) => state === 'running'))
  }

  node(nodeId: string): Node | undefined {
    return this.nodes.get(nodeId)?.node
  }

  /** What the nodes say from now on: those that answer within the time given are asked anew. */
  async observeAnew(withinMs: number): Promise<ClusterMoment> {
    const sinceMs = this.options.nowMs()
    for (const { poll } of this.nodes.values()) poll.askSoon()
    const endMs = performance.now() + withinMs
    const isFresh = (nodeId: string): boolean => (this.latest.get(nodeId)?.atMs ?? 0) > sinceMs
    while (performance.now() < endMs && ![...this.nodes.keys()].every(isFresh)) await new Promise((resolve) => setTimeout(resolve, SANDBOX_LIMITS.changedObserveEveryMs))
    return this.moment()
  }

  observation(nodeId: string): NodeObservation | undefined {
    return this.latest.get(nodeId)
  }

  /** A node more, not started yet. */
  addNode(added: FileNode, nextNode: number): Node {
    this.remembered = { ...this.remembered, nodes: [...this.remembered.nodes, added], nextNode }
    const created = this.createNode(added)
    this.nodes.set(added.nodeId, created)
    created.poll.start()
    this.nodesChanged()
    return created.node
  }

  /** Its process is stopped; its folder is left to the caller. */
  async removeNode(nodeId: string): Promise<void> {
    const removed = this.nodes.get(nodeId)
    if (!removed) return
    await removed.node.stop()
    removed.poll.stop()
    this.nodes.delete(nodeId)
    this.latest.delete(nodeId)
    this.lies.delete(nodeId)
    this.faults = this.faults.flatMap((each) => {
      const fault = withoutNode(each.fault, nodeId)
      return fault === null ? [] : [{ ...each, fault }]
    })
    this.remembered = { ...this.remembered, nodes: this.remembered.nodes.filter((each) => each.nodeId !== nodeId) }
    this.nodesChanged()
  }

  /** The group may say otherwise than what is remembered: the group is right. */
  private rememberKinds(): void {
    const kinds = membersByLeader([...this.latest.values()])
    const nodes = this.remembered.nodes.map((each) => {
      const member = kinds.get(each.nodeId) ?? each.member
      return member === each.member ? each : { ...each, member }
    })
    if (nodes.every((each, i) => each === this.remembered.nodes[i])) return
    this.remembered = { ...this.remembered, nodes }
    this.options.onNodes()
    this.options.onState(this.remembered.clusterId)
  }

  private nodesChanged(): void {
    for (const { node } of this.nodes.values()) {
      node.applyAddresses()
      node.applyLinkRules()
    }
    this.options.onNodes()
    this.options.onState(this.remembered.clusterId)
  }

  private createNode(created: FileNode): { readonly node: Node; readonly poll: NodePoll } {
    const { processHost, log, nowMs, pollIntervalMs } = this.options
    const { clusterId } = this.remembered
    const { nodeId } = created
    const node: Node = new Node({
      processHost, log, nowMs,
      start: () => nodeStart(this.remembered, created, this.options.directory),
      member: () => this.remembered.nodes.find((each) => each.nodeId === nodeId)?.member ?? created.member,
      onState: () => {
        if (node.state !== 'running' && node.state !== 'paused') this.controls.lost(nodeId)
        this.options.onState(clusterId)
        poll.stateChanged()
      },
      onMessage: (message) => this.received(message, poll),
      linkRules: () => rulesFor(nodeId, this.remembered.nodes.map((each) => each.nodeId), this.faults.map((each) => each.fault)),
      behaviour: () => this.lies.get(nodeId)?.lie ?? 'honest',
      addresses: () => this.members,
    })
    const intervalMs = (): number => (this.current === 'stopped' ? Math.max(pollIntervalMs(), SANDBOX_LIMITS.stoppedTellEveryMs) : pollIntervalMs())
    const poll = new NodePoll({ clusterId, node, nowMs, intervalMs, onObservation: (observation) => this.observed(observation) })
    return { node, poll }
  }

  private received(message: FromAgent, poll: NodePoll): void {
    if (message.kind === 'control-outcome') this.controls.received(message.id, message.outcome)
    else poll.receive(message)
  }

  private observed(observation: NodeObservation): void {
    if (!this.nodes.has(observation.nodeId)) return
    this.latest.set(observation.nodeId, observation)
    this.options.onObservation(observation)
    this.rememberKinds()
  }

  private enter(phase: SandboxState['phase']): void {
    this.current = phase
    this.options.onState(this.remembered.clusterId)
  }

  private setFaults(faults: readonly LinkFaultInForce[]): void {
    this.faults = faults
    for (const { node } of this.nodes.values()) node.applyLinkRules()
    this.options.onState(this.remembered.clusterId)
  }

  private async undoNodeFault(nodeId: string): Promise<Result<null, LifeCode | 'not-found'>> {
    const node = this.nodes.get(nodeId)?.node
    if (!node || this.current !== 'running') return fail('not-found', 'This fault is not in force any more.')
    return this.revive(node)
  }

  private async revive(node: Node): Promise<Result<null, LifeCode>> {
    // A node that ended between the look and the touch is down like the others: it is started.
    if (node.state === 'paused' && node.resume().ok) return ok(null)
    return node.start()
  }
}
