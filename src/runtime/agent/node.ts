/** One node: log, transport, driver and state machine put together. */
import { randomInt } from 'node:crypto'
import { ok, seededRandom, type Failure, type Result } from '../../core/base'
import type { Control, ControlOutcome, MachineEvent } from '../../core/machine'
import { openSessions, ReplicatedMachine, Revocable, type StateMachine } from '../../core/statemachine'
import type { AgentFailureCode, Behaviour, FromAgent, LinkRule, NodeStart, PeerAddress } from '../../contract/agent'
import { Driver, type NodeDriver } from '../driver'
import type { Log, RecoveredRecord } from '../ports'
import { ownCommand } from '../signer'
import { TcpTransport } from '../tcp'
import { openWal, type OpenFailureCode, type Wal } from '../wal'
import { Accusations } from './accusations'
import { allAddresses } from './addresses'
import { DiskWatch } from './disk-watch'
import { toldBy } from './lies'
import { AGENT_PROCESS_LIMITS } from './limits'
import { Observer } from './observe'
import { claimOf, protocolOf, type ChosenProtocol } from './protocol'
import { serveClient } from './requests'
import { SessionExpiry } from './session-expiry'
import { SignedCommands } from './signed-commands'
import { createTicker, type Ticker } from './ticker'

export interface RunningNode {
  readonly port: number
  readonly recoveredEntries: number
  observe(): Extract<FromAgent, { kind: 'observation' }>['observation']
  setRules(rules: readonly LinkRule[]): void
  /** What it does to other members and to clients from now on. */
  behave(behaviour: Behaviour): void
  /** Where the members are now. */
  setAddresses(addresses: readonly PeerAddress[]): void
  control(request: Control, done: (outcome: ControlOutcome) => void): void
  /** Answers what waits, flushes, and gives everything back. */
  stop(stopped: () => void): void
}

export interface NodeHost {
  readonly send: (message: FromAgent) => void
  /** The node cannot go on. */
  readonly onFailed: (failure: Failure<AgentFailureCode>) => void
}

const nowMs = (): number => performance.now()

const OPEN_CODES: Readonly<Record<OpenFailureCode, AgentFailureCode>> = {
  'no-space': 'no-space', 'disk-failed': 'disk-failed', 'corrupt': 'log-corrupt', 'wrong-folder': 'wrong-folder', 'in-use': 'wrong-folder',
}

const agentFailure = (error: Failure<OpenFailureCode>, sentence: (message: string) => string): Failure<AgentFailureCode> => ({
  code: OPEN_CODES[error.code], message: sentence(error.message), hint: error.hint ?? 'Start the node again.',
})

export async function startNode(start: NodeStart, rules: readonly LinkRule[], host: NodeHost): Promise<Result<RunningNode, AgentFailureCode>> {
  const { clusterId, nodeId, directory } = start
  const opened = await openWal({ directory, identity: { clusterId, nodeId }, nowMs })
  if (!opened.ok) return { ok: false, error: agentFailure(opened.error, (message) => `The node did not start: ${message}`) }
  const { wal, recovered, tornBytes } = opened.value
  const log = (level: 'info' | 'warn' | 'error') => (text: string): void => { host.send({ kind: 'log', level, text }) }
  if (tornBytes > 0) log('info')('The last write of the log had not been finished when the node ended; it was never acknowledged and was removed.')
  const refused = async (error: Failure<AgentFailureCode>): Promise<Result<RunningNode, AgentFailureCode>> => {
    await new Promise<void>((resolve) => { wal.close(resolve) })
    return { ok: false, error }
  }
  const chosen = protocolOf(start)
  if (!chosen.ok) return refused({ ...chosen.error, message: `The node did not start: ${chosen.error.message}` })
  const node = assemble({ start, chosen: chosen.value, wal, recovered, host, log: { info: log('info'), warn: log('warn'), error: log('error') } })
  if (!node.ok) return refused(agentFailure(node.error, (message) => `The node did not start: ${message}`))
  node.value.transport.setRules(rules)
  const listening = await node.value.transport.start()
  if (!listening.ok) return refused({ ...listening.error, message: `The node did not start: ${listening.error.message}` })
  return ok(run(start, node.value, listening.value))
}

interface Parts {
  readonly start: NodeStart
  readonly chosen: ChosenProtocol
  readonly wal: Wal
  readonly recovered: Iterable<RecoveredRecord>
  readonly host: NodeHost
  readonly log: Log
}

interface Assembled {
  readonly driver: NodeDriver
  readonly ticker: Ticker
  readonly transport: TcpTransport
  readonly wal: Wal
  readonly accusations: Accusations
  readonly clients: () => number
  readonly stateMachine: StateMachine
  readonly behave: (behaviour: Behaviour) => void
  readonly setAddresses: (addresses: readonly PeerAddress[]) => void
  readonly recoveredEntries: number
}

function assemble({ start, chosen, wal, recovered, host, log }: Parts): Result<Assembled, 'corrupt'> {
  let clients = 0
  let stopped = false
  let behaviour: Behaviour = 'honest'
  let told: readonly PeerAddress[] = start.members
  let addresses: readonly PeerAddress[] = told
  const accusations = new Accusations(nowMs)
  const ticker = tickerOf(start, () => { driver.tick() })
  const onTime = forInput(start, ticker, () => driver)
  const transport: TcpTransport = new TcpTransport({
    clusterId: start.clusterId, nodeId: start.nodeId, protocol: start.protocol, clientsMustKnow: start.protocol === 'pbft', listen: start.listen,
    members: addresses, nowMs, random: Math.random, log,
    onFrame: (from, frame) => { if (!stopped) onTime().receive(from, frame) },
    onClient: (connection) => serveClient(connection, {
      driver: onTime, addressOf: (nodeId) => addresses.find((each) => each.nodeId === nodeId), told: (reply) => toldBy(behaviour, reply),
      onClients: (change) => { clients += change }, accepts: (command) => chosen.commands?.isSigned(command) ?? true,
    }),
  })
  const endTurn = (): void => {
    if (stopped) return
    driver.flush()
    // Frames first: other members work on them while this one's disk is busy.
    transport.flush()
    wal.flush()
  }
  const readdress = (): void => {
    addresses = allAddresses(told, driver.machine.members)
    transport.setMembers(addresses)
  }
  const changed = rateLimited(() => { host.send({ kind: 'changed' }) })
  const onEvent = (event: MachineEvent): void => {
    if (event.kind === 'misbehaviour') {
      // A liar's own machine, which is honest, finds out about itself.
      if (event.nodeId !== start.nodeId) accusations.add(event.nodeId, event.what)
    }
    else if (event.kind === 'members-changed') readdress()
    else if (event.kind === 'removed') log.info('This node is no member of its group any more.')
    changed()
  }
  const stateMachine = stateMachineOf(start, chosen)
  const opened = Driver.open({
    protocol: chosen.protocol, groupId: start.clusterId, nodeId: start.nodeId, members: start.members.map(claimOf), timing: start.timing,
    random: seededRandom(randomInt(2 ** 32)), storage: wal, transport, stateMachine, recovered,
    limits: {
      snapshotAfterEntries: start.options.snapshot.afterEntries, snapshotAfterBytes: start.options.snapshot.afterBytes,
      trailingEntriesMax: start.options.snapshot.trailingEntries,
    },
    requestFlush: () => { setImmediate(endTurn) },
    onEvent,
    onStopped: (failure) => {
      stopped = true
      transport.flush()
      host.onFailed(agentFailure(failure, (message) => `The node stopped because its log cannot be kept: ${message}`))
    },
  })
  if (!opened.ok) return opened
  const driver: NodeDriver = opened.value
  readdress()
  return ok({
    driver, ticker, transport, wal, stateMachine, accusations, clients: () => clients, recoveredEntries: driver.status().lastIndex,
    behave: (next) => {
      behaviour = next
      chosen.behave(next)
    },
    setAddresses: (next) => {
      told = next
      readdress()
    },
  })
}

function stateMachineOf({ protocol, options }: NodeStart, { commands }: ChosenProtocol): StateMachine {
  const bare = protocol === 'pbft' && options.tentative === true ? new Revocable(new ReplicatedMachine()) : new ReplicatedMachine()
  return commands === undefined ? bare : new SignedCommands(bare)
}

/** A lease is as good as the clock that it is measured by: with leases the ticks that a pause swallowed are made up for. */
function tickerOf({ timing, options }: NodeStart, tick: () => void): Ticker {
  const { ticksAtOnceMax, ticksAtOnceMaxLeased } = AGENT_PROCESS_LIMITS
  return createTicker({ tickMs: timing.tickMs, ticksAtOnceMax: options.reads === 'lease' ? Math.max(ticksAtOnceMaxLeased, timing.electionTicks) : ticksAtOnceMax, nowMs, tick })
}

/** The driver as every input is to find it: where an answer depends on the clock, with no tick outstanding. */
function forInput({ options }: NodeStart, ticker: Ticker, driver: () => NodeDriver): () => NodeDriver {
  if (options.reads !== 'lease') return driver
  return () => {
    ticker.catchUp()
    return driver()
  }
}

function run(start: NodeStart, node: Assembled, port: number): RunningNode {
  const { driver, ticker, transport, wal, stateMachine, accusations, clients, behave, setAddresses, recoveredEntries } = node
  const disk = new DiskWatch(start.directory)
  const expiry = new SessionExpiry({ driver, sessions: () => openSessions(stateMachine), wrap: start.keys?.clientKey === undefined ? (command) => command : ownCommand, nowMs })
  const observer = new Observer({
    clusterId: start.clusterId, nodeId: start.nodeId, endpoint: `${start.listen.host}:${port}`,
    driver, transport, wal, clients, alarms: () => [...disk.alarms(), ...accusations.alarms()], nowMs,
  })
  ticker.start()
  expiry.start()
  return {
    port, recoveredEntries, behave, setAddresses,
    observe: () => observer.observe(),
    setRules: (rules) => { transport.setRules(rules) },
    control: (request, done) => { driver.control(request, done) },
    stop: (stopped) => {
      ticker.stop()
      expiry.stop()
      disk.close()
      driver.stop()
      transport.close(() => { wal.close(stopped) })
    },
  }
}

/** Calls at once, then at most once per `changedIntervalMs`; what came in between is told by one call at its end. */
function rateLimited(call: () => void): () => void {
  let waiting = false
  let again = false
  const wake = (): void => {
    waiting = false
    if (again) fire()
  }
  const fire = (): void => {
    if (waiting) { again = true; return }
    again = false
    waiting = true
    call()
    setTimeout(wake, AGENT_PROCESS_LIMITS.changedIntervalMs).unref()
  }
  return fire
}
