/** A local cluster: its nodes, the faults in force, and their undo. */
import { randomUUID } from 'node:crypto'
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import { SANDBOX_TIMING, type PeerAddress } from '../../../contract/agent'
import type { Fault, FaultInForce, SandboxState } from '../../../contract/sandbox'
import type { ClusterMoment, ExpectedMember, NodeObservation } from '../../../core/observation'
import { nodeDirectory, type ClusterFile } from './cluster-file'
import { LOOPBACK, SANDBOX_LIMITS } from './limits'
import { namedIn, rulesFor } from './link-rules'
import { Node, type LifeCode, type NodeActionCode } from './node'
import { NodePoll } from './poll'
import type { ProcessHost } from './process-host'

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
}

interface LinkFaultInForce extends FaultInForce {
  readonly fault: Fault
}

const NODE_FAULT = 'node:'

export class Cluster {
  readonly file: ClusterFile
  readonly members: readonly PeerAddress[]
  private readonly options: ClusterOptions
  private readonly nodes = new Map<string, { readonly node: Node; readonly poll: NodePoll }>()
  private readonly latest = new Map<string, NodeObservation>()
  private faults: readonly LinkFaultInForce[] = []
  private current: SandboxState['phase'] = 'stopped'

  constructor(options: ClusterOptions) {
    this.options = options
    this.file = options.file
    this.members = options.file.nodes.map(({ nodeId, port }) => ({ nodeId, host: LOOPBACK, port }))
    for (const member of this.members) this.nodes.set(member.nodeId, this.createNode(member))
  }

  get phase(): SandboxState['phase'] {
    return this.current
  }

  state(): SandboxState {
    const nodes = [...this.nodes.values()].map(({ node }) => node.describe())
    return { clusterId: this.file.clusterId, phase: this.current, nodes, faults: [...this.faults, ...this.nodeFaults()] }
  }

  expected(): readonly ExpectedMember[] {
    return this.members.map(({ nodeId, host, port }) => ({ id: nodeId, name: nodeId, endpoint: `${host}:${port}`, voter: true }))
  }

  moment(): ClusterMoment {
    return { clusterId: this.file.clusterId, atMs: this.options.nowMs(), expected: this.expected(), observations: [...this.latest.values()] }
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
    return failed ?? ok(null)
  }

  async stop(withinMs?: number): Promise<void> {
    this.enter('stopping')
    await Promise.all([...this.nodes.values()].map(({ node }) => node.stop(withinMs)))
    this.faults = []
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

  async removeFault(faultId: string): Promise<Result<null, LifeCode | 'not-found'>> {
    if (faultId.startsWith(NODE_FAULT)) return this.undoNodeFault(faultId.slice(NODE_FAULT.length))
    const left = this.faults.filter((each) => each.id !== faultId)
    if (left.length === this.faults.length) return fail('not-found', 'This fault is not in force any more.')
    this.setFaults(left)
    return ok(null)
  }

  /** Links are restored, paused nodes resumed, and nodes that are down started. */
  async healAll(): Promise<Result<null, LifeCode>> {
    this.setFaults([])
    const down = [...this.nodes.values()].filter(({ node }) => node.state !== 'running' && node.state !== 'starting')
    const results = await Promise.all(down.map(({ node }) => this.revive(node)))
    return results.find((result) => !result.ok) ?? ok(null)
  }

  private createNode(member: PeerAddress): { readonly node: Node; readonly poll: NodePoll } {
    const { file, directory, processHost, log, nowMs, pollIntervalMs } = this.options
    const { clusterId } = file
    const { nodeId, host, port } = member
    const node: Node = new Node({
      processHost, log, nowMs,
      start: {
        kind: 'start-node', clusterId, nodeId, directory: nodeDirectory(directory, clusterId, nodeId), listen: { host, port },
        members: this.members, protocol: 'raft', timing: SANDBOX_TIMING,
      },
      onState: () => {
        this.options.onState(clusterId)
        poll.stateChanged()
      },
      onMessage: (message) => poll.receive(message),
      linkRules: () => rulesFor(nodeId, this.members.map((each) => each.nodeId), this.faults.map((each) => each.fault)),
    })
    const intervalMs = (): number => (this.current === 'stopped' ? Math.max(pollIntervalMs(), SANDBOX_LIMITS.stoppedTellEveryMs) : pollIntervalMs())
    const poll = new NodePoll({ clusterId, node, nowMs, intervalMs, onObservation: (observation) => this.observed(observation) })
    return { node, poll }
  }

  private observed(observation: NodeObservation): void {
    this.latest.set(observation.nodeId, observation)
    this.options.onObservation(observation)
  }

  private enter(phase: SandboxState['phase']): void {
    this.current = phase
    this.options.onState(this.file.clusterId)
  }

  private setFaults(faults: readonly LinkFaultInForce[]): void {
    this.faults = faults
    for (const { node } of this.nodes.values()) node.applyLinkRules()
    this.options.onState(this.file.clusterId)
  }

  private nodeFaults(): readonly FaultInForce[] {
    if (this.current !== 'running') return []
    const found: FaultInForce[] = []
    for (const { node } of this.nodes.values()) {
      const { nodeId, state, sinceMs } = node
      if (state === 'paused' || state === 'killed' || state === 'stopped') found.push({ id: `${NODE_FAULT}${nodeId}`, fault: { kind: state, nodeId }, sinceMs })
    }
    return found
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
