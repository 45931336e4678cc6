import { spawn, type ChildProcess } from 'node:child_process'
import { DEFAULT_PROTOCOL_OPTIONS, type FromAgent, type LinkRule, type MemberAddress, type NodeStart, type ProtocolOptions, type SigningKeys, type ToAgent } from '../../../src/contract/agent'
import type { Control, ControlOutcome, ProtocolName } from '../../../src/core/machine'
import type { NodeObservation } from '../../../src/core/observation'
import { fromJson, present, toJson } from '../../../src/core/base'
import type { SignCommand } from '../../../src/runtime/signer'

/** Long enough for a machine that is very busy. */
const OBSERVE_TIMEOUT_MS = 5_000

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }
type Failed = Extract<FromAgent, { kind: 'failed' }>

/** An agent process on standard input and output, as the console runs one. */
export class AgentProcess {
  readonly child: ChildProcess
  readonly exited: Promise<Exit>
  readonly messages: FromAgent[] = []
  private readonly listeners = new Set<(message: FromAgent) => void>()
  private nextId = 1

  constructor(bundle: string, nodeArguments: readonly string[] = []) {
    this.child = spawn(process.execPath, [...nodeArguments, bundle], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.exited = new Promise((resolve) => { this.child.once('exit', (code, signal) => { resolve({ code, signal }) }) })
    let rest = ''
    const stdout = present(this.child.stdout, 'standard output is a pipe')
    stdout.setEncoding('utf8')
    stdout.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.receive(fromJson(line) as FromAgent)
    })
    present(this.child.stdin, 'standard input is a pipe').on('error', () => { /* it has ended */ })
  }

  send(message: ToAgent): void {
    this.child.stdin?.write(`${toJson(message)}\n`)
  }

  sendRaw(text: string): void {
    this.child.stdin?.write(text)
  }

  closeControl(): void {
    this.child.stdin?.end()
  }

  /** The first message, past or future, for which `pick` gives something. Fails when the process ends first. */
  async message<Picked>(pick: (message: FromAgent) => Picked | undefined): Promise<Picked> {
    for (const message of this.messages) {
      const picked = pick(message)
      if (picked !== undefined) return picked
    }
    return new Promise((resolve, reject) => {
      const listener = (message: FromAgent): void => {
        const picked = pick(message)
        if (picked === undefined) return
        this.listeners.delete(listener)
        resolve(picked)
      }
      this.listeners.add(listener)
      void this.exited.then((exit) => { reject(new Error(`the agent ended first: ${toJson(exit)}, ${toJson(this.failure())}`)) })
    })
  }

  failure(): Failed | undefined {
    return this.messages.find((message) => message.kind === 'failed')
  }

  ready(): Promise<Extract<FromAgent, { kind: 'ready' }>> {
    return this.message((message) => (message.kind === 'ready' ? message : undefined))
  }

  get isReady(): boolean {
    return this.messages.some(({ kind }) => kind === 'ready')
  }

  async observe(): Promise<NodeObservation> {
    const id = this.nextId++
    this.send({ kind: 'observe', id })
    const answer = this.message((message) => (message.kind === 'observation' && message.id === id ? message.observation : undefined))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => { reject(new Error('a node that runs did not answer')) }, OBSERVE_TIMEOUT_MS)
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }

  async control(control: Control): Promise<ControlOutcome> {
    const id = this.nextId++
    this.send({ kind: 'control', id, control })
    return this.message((message) => (message.kind === 'control-outcome' && message.id === id ? message.outcome : undefined))
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    this.child.kill(signal)
    return this.exited
  }

  private receive(message: FromAgent): void {
    if (message.kind !== 'observation') this.messages.push(message)
    for (const listener of [...this.listeners]) listener(message)
  }
}

export const TIMING = { tickMs: 15, electionTicks: 10, heartbeatTicks: 3 } as const

export interface ClusterPlan {
  readonly clusterId: string
  readonly members: readonly MemberAddress[]
  readonly protocol?: ProtocolName
  readonly options?: Partial<ProtocolOptions>
  readonly keys?: (nodeId: string) => SigningKeys
  /** PBFT: how its clients sign their commands; left out where they do not. */
  readonly signCommand?: SignCommand
  readonly directoryOf: (nodeId: string) => string
}

export const nodeStart = (plan: ClusterPlan, nodeId: string): NodeStart => {
  const self = present(plan.members.find((member) => member.nodeId === nodeId), 'a member')
  return {
    kind: 'start-node', clusterId: plan.clusterId, nodeId, directory: plan.directoryOf(nodeId),
    listen: { host: self.host, port: self.port }, members: plan.members, protocol: plan.protocol ?? 'raft',
    options: { ...DEFAULT_PROTOCOL_OPTIONS, ...plan.options }, forced: null, keys: plan.keys?.(nodeId) ?? null, timing: TIMING,
  }
}

/** A cluster of real processes on loopback. */
export class ProcessCluster {
  readonly plan: ClusterPlan
  readonly running = new Map<string, AgentProcess>()
  private readonly bundle: string
  private readonly nodeArguments: (nodeId: string) => readonly string[]

  constructor(bundle: string, plan: ClusterPlan, nodeArguments: (nodeId: string) => readonly string[] = () => []) {
    this.bundle = bundle
    this.plan = plan
    this.nodeArguments = nodeArguments
  }

  launch(nodeId: string): AgentProcess {
    const agent = new AgentProcess(this.bundle, this.nodeArguments(nodeId))
    this.running.set(nodeId, agent)
    void agent.exited.then(() => { if (this.running.get(nodeId) === agent) this.running.delete(nodeId) })
    agent.send(nodeStart(this.plan, nodeId))
    return agent
  }

  async start(nodeId: string): Promise<AgentProcess> {
    const agent = this.launch(nodeId)
    await agent.ready()
    return agent
  }

  async startAll(): Promise<void> {
    await Promise.all(this.plan.members.map(({ nodeId }) => this.start(nodeId)))
  }

  agent(nodeId: string): AgentProcess {
    return present(this.running.get(nodeId), `node ${nodeId} runs`)
  }

  /** The own word of every member that is up. */
  async observeAll(except: readonly string[] = []): Promise<NodeObservation[]> {
    const asked = [...this.running].filter(([nodeId, agent]) => agent.isReady && !except.includes(nodeId))
    const answers = await Promise.allSettled(asked.map(([, agent]) => agent.observe()))
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  }

  /** Cuts both directions between the two sides; every other rule is lifted. */
  partition(sides: readonly (readonly string[])[]): void {
    for (const [nodeId, agent] of this.running) {
      const own = sides.find((side) => side.includes(nodeId)) ?? []
      const rules = this.plan.members.flatMap(({ nodeId: to }): LinkRule[] =>
        to === nodeId || own.includes(to) ? [] : [{ to, cut: true, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }])
      agent.send({ kind: 'link-rules', rules })
    }
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.running.values()].map((agent) => agent.kill()))
  }
}
