/** Runs a plan of Raft with every machine under a recorder. */
import { ok } from '../../core/base'
import type { MachineRecovery, Protocol, ProtocolMachine } from '../../core/machine'
import type { RaftMachine } from '../../core/raft'
import type { FaultKind, SimulationPlan } from '../plan'
import { raftAdapter, type Adapter } from '../protocols'
import { Simulation } from '../simulation'
import { RaftRecorder, type RaftTraceEvent, type ToldMessages } from './recorder'

/** Of one second of trace time after another; the specification does not look at it. */
const MS_PER_SECOND = 1000
/** The specification takes what a turn writes for durable at once, and knows members by single changes only, and that each message arrives once at most. */
const LEFT_OUT: readonly FaultKind[] = [
  'crash', 'power-loss', 'torn-write', 'bit-rot', 'misdirected-write', 'misdirected-read', 'fsync-error', 'disk-full', 'transfer-leadership', 'change-members',
  'duplication',
]

/** One line of JSON for each event. Faults that the specification does not speak of are left out of the plan. */
export function raftTraceOf(plan: SimulationPlan): readonly string[] {
  const lines: string[] = []
  const simple: SimulationPlan = {
    ...plan, spares: 0, clocks: plan.clocks.slice(0, plan.nodes), faults: plan.faults.filter(({ kind }) => !LEFT_OUT.includes(kind)),
    // One input, then what it makes a node say: the order of events within a turn is lost otherwise.
    turnMs: 0, network: { ...plan.network, duplicationShare: 0 },
    options: { ...plan.options, snapshotAfterEntries: 0, forwardProposals: false },
  }
  const told: ToldMessages = new WeakMap()
  const voters = Array.from({ length: plan.nodes }, (_, i) => `n${i + 1}`)
  const tell = (event: RaftTraceEvent): void => {
    lines.push(JSON.stringify({ level: 'debug', ts: simulation === null ? 0 : simulation.nowMs / MS_PER_SECOND, msg: 'trace', tag: 'trace', event }))
  }
  const adapter: Adapter = {
    ...raftAdapter, invariants: [],
    begin: (begun) => {
      const adapted = raftAdapter.begin(begun)
      return { ...adapted, open: (nodeId, copy) => recorded(adapted.open(nodeId, copy) as Protocol<RaftMachine>, (machine) => new RaftRecorder(nodeId, machine, voters, told, tell)) }
    },
  }
  let simulation: Simulation | null = null
  simulation = new Simulation(simple, { adapter })
  simulation.run()
  return lines
}

function recorded(protocol: Protocol<RaftMachine>, recorderOf: (machine: RaftMachine) => RaftRecorder): Protocol {
  return {
    ...protocol,
    recover: (config): MachineRecovery => {
      const recovery = protocol.recover(config)
      return {
        record: (record) => recovery.record(record),
        snapshot: (head) => recovery.snapshot(head),
        finish: () => {
          const finished = recovery.finish()
          return finished.ok ? ok(recording(finished.value, recorderOf(finished.value))) : finished
        },
      }
    },
  }
}

/** The machine itself, but for the inputs and effects that the recorder hears of. */
function recording(machine: RaftMachine, recorder: RaftRecorder): ProtocolMachine {
  const own: Partial<ProtocolMachine> = {
    tick: () => {
      machine.tick()
      recorder.after()
    },
    receive: (from, bytes) => {
      // The network may lose what it wants to.
      if (recorder.isBeyondIt(bytes)) return null
      recorder.before(from, bytes)
      const kind = machine.receive(from, bytes)
      recorder.after()
      return kind
    },
    propose: (commands, tokens) => {
      machine.propose(commands, tokens)
      recorder.after()
    },
    drain: () => {
      const effects = machine.drain()
      recorder.drained([...effects.send, ...(effects.persist?.thenSend ?? [])], effects.persist !== null)
      return effects
    },
    persisted: (completion) => {
      recorder.durable(machine.inspect.lastIndex)
      machine.persisted(completion)
      recorder.after()
    },
  }
  return new Proxy(machine, {
    get: (target, name) => {
      if (name in own) return Reflect.get(own, name) as unknown
      const value = Reflect.get(target, name, target) as unknown
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    },
  })
}
