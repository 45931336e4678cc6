/** Committed entries a second of a 3-node cluster of drivers in one thread, memory for network and disk: the cost of the core alone. */
import { seededRandom, ok } from '../src/core/base'
import { raftProtocol } from '../src/core/raft'
import { encodeCommand, ReplicatedMachine } from '../src/core/statemachine'
import { Driver } from '../src/runtime/driver'
import type { LogRecord, Storage } from '../src/runtime/ports'

const IDS = ['a', 'b', 'c']
const VALUE_BYTES = 256
const CLIENTS = Number(process.argv[2] ?? 256)
const OPERATIONS = Number(process.argv[3] ?? 300_000)

class InstantDisk implements Storage {
  readonly records: LogRecord[] = []
  pending: (() => void)[] = []
  append(records: readonly LogRecord[], done: Parameters<Storage['append']>[1]): number[] {
    const first = this.records.length
    this.records.push(...records)
    this.pending.push(() => done(ok()))
    return records.map((_, i) => first + i)
  }

  read(location: number): LogRecord {
    return this.records[location] as LogRecord
  }

  release(): void {}

  bytesUsed(): number {
    return 0
  }
}

const packets: { from: string; to: string; frame: Uint8Array }[] = []
const due = new Set<string>()
const disks = new Map(IDS.map((id) => [id, new InstantDisk()]))
const drivers = new Map<string, Driver>()
for (const id of IDS) {
  const opened = Driver.open({
    protocol: raftProtocol(), groupId: 'bench', nodeId: id, members: IDS.map((each) => ({ id: each, name: each, address: each, voter: true })),
    timing: { tickMs: 15, electionTicks: 10, heartbeatTicks: 3 }, random: seededRandom(id.charCodeAt(0)),
    storage: disks.get(id) as InstantDisk, stateMachine: new ReplicatedMachine(), recovered: [], requestFlush: () => due.add(id),
    transport: { send: (to, frame) => { packets.push({ from: id, to, frame }) }, statistics: () => [] },
  })
  if (!opened.ok) throw new Error(opened.error.message)
  drivers.set(id, opened.value)
}

function turn(): void {
  for (const disk of disks.values()) for (const done of disk.pending.splice(0)) done()
  for (const { from, to, frame } of packets.splice(0)) drivers.get(to)?.receive(from, frame)
  const ids = [...due]
  due.clear()
  for (const id of ids) drivers.get(id)?.flush()
}

const first = drivers.get('a') as Driver
while (first.status().role !== 'leader') {
  first.tick()
  for (let i = 0; i < 10; i++) turn()
}

const value = new Uint8Array(VALUE_BYTES).fill(7)
const clientId = (client: number): string => client.toString(16).padStart(16, '0')
let completed = 0
let sent = 0
function operate(client: number, sequence: number): void {
  if (sent >= OPERATIONS) return
  sent++
  const command = encodeCommand({
    kind: 'operate', clientId: clientId(client), sequence, lowestOutstanding: sequence,
    operation: { kind: 'put', key: `key-${(client * 7919 + sequence) % 10_000}`, value },
  })
  first.propose(command, (outcome) => {
    if (outcome.kind !== 'applied' || outcome.reply[0] !== 0) throw new Error(`outcome ${outcome.kind} ${outcome.kind === 'applied' ? outcome.reply.join() : ''}`)
    completed++
    operate(client, sequence + 1)
  })
}
for (let client = 0; client < CLIENTS; client++) {
  first.propose(encodeCommand({ kind: 'open-session', clientId: clientId(client) }), () => operate(client, 1))
}
const from = performance.now()
const cpuFrom = process.cpuUsage()
while (completed < OPERATIONS) turn()
const seconds = (performance.now() - from) / 1000
const cpu = process.cpuUsage(cpuFrom)
const { appends } = first.statistics()
for (let i = 0; i < 20; i++) { first.tick(); turn() }
const hashes = new Set([...drivers.values()].map((driver) => driver.status().stateHash))
console.log(JSON.stringify({
  clients: CLIENTS, operations: OPERATIONS, valueBytes: VALUE_BYTES, committedPerSecond: Math.round(OPERATIONS / seconds),
  microsecondsPerEntryAllNodes: Number(((seconds * 1e6) / OPERATIONS).toFixed(2)),
  // Says more than the clock where others use the machine too.
  cpuMicrosecondsPerEntryAllNodes: Number(((cpu.user + cpu.system) / OPERATIONS).toFixed(2)), entriesPerAppend: Math.round(OPERATIONS / appends),
  statesEqual: hashes.size === 1, heapMiB: Math.round(process.memoryUsage().heapUsed / 1048576),
}))
