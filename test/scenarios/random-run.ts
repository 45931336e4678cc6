/**
 * A cluster under random faults, all drawn from one seed: messages lost, delayed, reordered and doubled, links cut, processes killed
 * with writes half on disk. Checks after every step what Raft promises, and at the end that the healed cluster goes on.
 */
import { seededRandom, toHex, utf8Decode, utf8Encode, type Random } from '../../src/core/base'
import type { MachineEvent } from '../../src/core/machine'
import { decodeReply, encodeCommand, encodeQuery } from '../../src/core/statemachine'
import { Cluster } from './cluster'

const STEPS = 6000
const HEAL_ROUNDS_MAX = 400
const CLIENTS = 3

interface Client {
  readonly id: string
  readonly key: string
  isOpen: boolean
  /** The operation under way or next. Its effect is to swap sequence - 1 for sequence. */
  sequence: number
  isWaiting: boolean
  acknowledged: number
}

/** What happened, so that a test can tell that the faults were real. */
export interface Coverage {
  elections: number
  crashes: number
  partitions: number
  acknowledged: number
  retries: number
  reads: number
  lostMessages: number
  /** Taken by a node of its own state. */
  snapshots: number
  /** Received from a leader and put in the place of the state. */
  installs: number
}

/** Every run has faults of its own measure, so that some runs are busy and others are all elections. */
function drawRates(random: Random) {
  const one = (...choices: readonly number[]): number => choices[random.integer(0, choices.length)] as number
  // An election storm: leaders come and go before they have said much.
  const isStorm = random.next() < 0.3
  if (isStorm) {
    const rates = {
      deliver: 500, flush: 400, sync: 300, tick: 90, propose: 60, read: 10, crash: 0, powerLoss: 0, restart: 20, partition: 0, heal: 1,
    }
    return {
      rates, total: sumOf(rates), lossShare: 0.02, appendBytesMax: 1, regicideShare: 1, regicideStepsMax: one(60, 200), commitRegicideShare: 0.5,
    }
  }
  const rates = {
    deliver: 420, flush: 260, sync: one(60, 160, 160), tick: one(40, 60, 120, 250), propose: one(20, 60, 60), read: 20,
    crash: one(0, 1, 3, 10), powerLoss: one(0, 0, 0.5, 2), restart: one(8, 16, 60), partition: one(0, 0.5, 2, 8), heal: one(2, 4, 16),
  }
  return {
    rates, total: sumOf(rates), lossShare: random.next() * one(0, 0.1, 0.3), commitRegicideShare: one(0, 0, 0.3),
    appendBytesMax: one(1, 160, 1000),
    /** The share of new leaders that are killed soon after, and the most steps until then. */
    regicideShare: one(0, 0.3, 0.9), regicideStepsMax: one(60, 200, 600),
  }
}

/** Snapshots of every size against logs of every length; in some runs none is taken. */
function drawSnapshotLimits(random: Random) {
  const one = (...choices: readonly number[]): number => choices[random.integer(0, choices.length)] as number
  return {
    limits: {
      snapshotAfterEntries: one(1, 2, 2, 4, 12, 1e9), snapshotExpansion: one(0, 0, 1), snapshotChunkBytes: one(30, 100, 1000),
      snapshotWriteBytesMax: one(1, 200), trailingEntriesMax: one(0, 0, 0, 4),
    },
    recordsPerSegment: one(1, 3, 10),
  }
}

const sumOf = (rates: Record<string, number>): number => Object.values(rates).reduce((sum, rate) => sum + rate, 0)

class Violation extends Error {}

export class RandomRun {
  readonly coverage: Coverage = { elections: 0, crashes: 0, partitions: 0, acknowledged: 0, retries: 0, reads: 0, lostMessages: 0, snapshots: 0, installs: 0 }
  readonly #random: Random
  readonly #cluster: Cluster
  readonly #clients: Client[]
  readonly #leaders = new Map<number, string>()
  /** Every command that any node applied, by its index: all nodes must agree. */
  readonly #history: string[] = []
  /** The newest index that a node applied or got by a snapshot. */
  readonly #appliedBy = new Map<string, number>()
  /** The hash of the state as of an index, wherever one was looked at. */
  readonly #hashes = new Map<number, string>()
  readonly #stateSeenAt = new Map<string, number>()
  readonly #cut = new Set<string>()
  readonly #rates: ReturnType<typeof drawRates>
  readonly #seed: number
  readonly #slowClock: string | undefined
  /** Nodes that are to be killed, with the step. */
  readonly #doomed = new Map<string, number>()
  readonly #committedAtElection = new Map<string, number>()
  #step = 0
  /** The term of every entry that any node took for committed, by index. */
  readonly #committedTerms: number[] = [0]
  readonly #checkedTo = new Map<string, number>()

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seededRandom(seed)
    const ids = ['a', 'b', 'c', 'd', 'e'].slice(0, this.#random.next() < 0.7 ? 3 : 5)
    this.#rates = drawRates(this.#random)
    this.#slowClock = this.#random.next() < 0.4 ? ids[0] : undefined
    this.#clients = Array.from({ length: CLIENTS }, (_, i) => ({
      id: `000000000000000${i}`, key: `key-${i}`, isOpen: false, sequence: 1, isWaiting: false, acknowledged: 0,
    }))
    const snapshots = drawSnapshotLimits(seededRandom(seed + 2))
    this.#cluster = new Cluster({
      recordsPerSegment: snapshots.recordsPerSegment,
      ids, seed: seed + 1, electionTicks: 4, heartbeatTicks: 1,
      // Small, so that windows fill, logs leave memory and appends are cut.
      limits: {
        appendBytesMax: this.#rates.appendBytesMax, inflightMessagesMax: 3, inflightBytesMax: 1024, uncommittedBytesMax: 2048, logWindowBytesMax: 400,
        applyBytesMax: 300, ...snapshots.limits,
      },
      onEvent: (id, event) => this.#onEvent(id, event),
      onApply: (id, index, command) => this.#onApply(id, index, command),
      onRestored: (id, index) => void this.#appliedBy.set(id, index),
    })
  }

  run(): void {
    for (let step = 0; step < STEPS; step++) {
      this.#step = step
      this.#killDoomed()
      this.#act()
      this.#check()
    }
    this.#heal()
    for (const id of this.#cluster.options.ids) this.#countSnapshots(id)
  }

  #fail(message: string): never {
    throw new Violation(`seed ${this.#seed}: ${message}`)
  }

  #onEvent(id: string, event: MachineEvent): void {
    if (event.kind !== 'role-changed' || event.role !== 'leader') return
    this.coverage.elections++
    const other = this.#leaders.get(event.term)
    if (other !== undefined) this.#fail(`election safety: ${other} and ${id} both lead term ${event.term}`)
    this.#leaders.set(event.term, id)
    this.#committedAtElection.set(id, this.#cluster.node(id).driver.machine.status().committedIndex)
    if (this.#random.next() < this.#rates.regicideShare) this.#doomed.set(id, this.#step + this.#random.integer(1, this.#rates.regicideStepsMax))
    const { terms, driver } = this.#cluster.node(id)
    for (let index = driver.status().snapshotIndex + 1; index < this.#committedTerms.length; index++) {
      if (terms[index] !== this.#committedTerms[index]) this.#fail(`leader completeness: ${id} leads term ${event.term} without committed entry ${index}`)
    }
  }

  #onApply(id: string, index: number, command: Uint8Array): void {
    if (index <= (this.#appliedBy.get(id) ?? 0)) this.#fail(`state machine safety: ${id} applied ${index} again`)
    this.#appliedBy.set(id, index)
    const text = toHex(command)
    this.#history[index] ??= text
    if (this.#history[index] !== text) this.#fail(`state machine safety: ${id} applied another command at ${index}`)
  }

  /** Whether a state came by commands or by a snapshot, it is the one of its index. */
  #checkState(id: string, appliedIndex: number): void {
    if (appliedIndex === this.#stateSeenAt.get(id)) return
    this.#stateSeenAt.set(id, appliedIndex)
    const { stateHash } = this.#cluster.node(id).driver.status()
    const known = this.#hashes.get(appliedIndex) ?? stateHash
    this.#hashes.set(appliedIndex, known)
    if (stateHash !== known) this.#fail(`state machine safety: ${id} has another state at ${appliedIndex}`)
  }

  #check(): void {
    for (const node of this.#cluster.up) {
      const { driver } = node
      const { isLeader, firstIndex, lastIndex, persistedIndex, committedIndex, appliedIndex } = driver.machine.status()
      if (appliedIndex > committedIndex || committedIndex > lastIndex) this.#fail(`${node.id}: applied <= committed <= last`)
      if (persistedIndex > lastIndex) this.#fail(`${node.id}: persisted <= last`)
      if (isLeader && committedIndex > (this.#committedAtElection.get(node.id) ?? Infinity)) {
        // It has just committed for the first time: what it told its clients must outlive it.
        this.#committedAtElection.delete(node.id)
        if (this.#random.next() < this.#rates.commitRegicideShare) this.#doomed.set(node.id, this.#step + this.#random.integer(0, 3))
      }
      const from = this.#checkedTo.get(node.id) ?? 0
      const to = Math.min(committedIndex, persistedIndex)
      if (committedIndex < from) this.#fail(`${node.id}: the commit index went back`)
      for (let index = Math.max(from, firstIndex - 1) + 1; index <= to; index++) {
        this.#committedTerms[index] ??= node.terms[index] as number
        if (node.terms[index] !== this.#committedTerms[index]) this.#fail(`log matching: ${node.id} committed another entry ${index}`)
      }
      this.#checkedTo.set(node.id, Math.max(from, to))
      this.#checkState(node.id, appliedIndex)
    }
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#random.integer(0, items.length)]
  }

  #act(): void {
    const cluster = this.#cluster
    if (cluster.packets.length === 0 && !cluster.up.some((node) => node.isFlushDue || node.disk.pendingWrites > 0)) {
      // Nothing is under way, so only time can bring anything about.
      if (this.#random.next() < 0.7) this.#tickOne()
      else this.#restartOne()
      return
    }
    let draw = this.#random.next() * this.#rates.total
    const falls = (rate: number): boolean => (draw -= rate) < 0
    const { rates } = this.#rates
    if (falls(rates.deliver)) this.#deliverOne()
    else if (falls(rates.flush)) this.#flushOne()
    else if (falls(rates.sync)) this.#pick(cluster.up)?.disk.sync(1)
    else if (falls(rates.tick)) this.#tickOne()
    else if (falls(rates.propose)) this.#clientActs()
    else if (falls(rates.read)) this.#readActs()
    else if (falls(rates.crash)) this.#crashOne()
    else if (falls(rates.powerLoss)) for (const node of cluster.up) this.#crash(node.id)
    else if (falls(rates.restart)) this.#restartOne()
    else if (falls(rates.partition)) this.#partition()
    else this.#cut.clear()
  }

  /** Clocks do not run alike: the slow one's owner believes in its own leadership long after the others have moved on. */
  #tickOne(): void {
    const node = this.#pick(this.#cluster.up)
    if (node && (node.id !== this.#slowClock || this.#random.next() < 0.2)) node.driver.tick()
  }

  #deliverOne(): void {
    const { packets } = this.#cluster
    if (packets.length === 0) return
    // Mostly in order, sometimes not.
    const at = this.#random.next() < 0.7 ? 0 : this.#random.integer(0, packets.length)
    const packet = packets[at]
    if (!packet) return
    if (this.#random.next() > 0.05 || packets.length > 200) packets.splice(at, 1)
    if (this.#random.next() < this.#rates.lossShare || this.#cut.has(packet.from + packet.to)) this.coverage.lostMessages++
    else this.#cluster.deliver(packet)
  }

  #flushOne(): void {
    const node = this.#pick(this.#cluster.up.filter((each) => each.isFlushDue))
    if (!node) return
    node.isFlushDue = false
    node.driver.flush()
  }

  #crashOne(): void {
    // Half of the time one that is about to matter.
    const { up } = this.#cluster
    const busy = up.filter((each) => each.disk.pendingWrites > 0 || each.driver.machine.status().role !== 'follower')
    const node = this.#pick(this.#random.next() < 0.5 && busy.length > 0 ? busy : up)
    if (!node) return
    this.#crash(node.id)
    if (this.#random.next() < 0.5) this.#cluster.restart(node.id)
  }

  #killDoomed(): void {
    for (const [id, step] of this.#doomed) {
      if (step > this.#step) continue
      this.#doomed.delete(id)
      if (!this.#cluster.node(id).isUp) continue
      // Its own log is durable, and whatever it said may be lost: what remains must not be lost with the next leader.
      if (this.#random.next() < 0.7) this.#cluster.node(id).disk.sync()
      if (this.#random.next() < 0.7) this.#cluster.packets = this.#cluster.packets.filter((packet) => packet.from !== id)
      this.#crash(id)
    }
  }

  #countSnapshots(id: string): void {
    const { taken, installed } = this.#cluster.node(id).driver.statistics().snapshots
    this.coverage.snapshots += taken
    this.coverage.installs += installed
  }

  #crash(id: string): void {
    if (!this.#cluster.node(id).isUp) return
    this.coverage.crashes++
    this.#countSnapshots(id)
    this.#stateSeenAt.delete(id)
    this.#cluster.crash(id, this.#random.integer(0, 4))
    this.#appliedBy.set(id, 0)
    this.#checkedTo.set(id, 0)
  }

  #restartOne(): void {
    const node = this.#pick([...this.#cluster.nodes.values()].filter((each) => !each.isUp))
    if (node) this.#cluster.restart(node.id)
  }

  #partition(): void {
    this.coverage.partitions++
    const { ids } = this.#cluster.options
    const isOneWay = this.#random.next() < 0.3
    const leader = this.#cluster.leader()
    const isCoup = leader !== undefined && this.#random.next() < 0.4
    const side = new Set(isCoup ? [leader.id] : ids.filter(() => this.#random.next() < 0.5))
    for (const from of ids) {
      for (const to of ids) {
        if (side.has(from) !== side.has(to) && (!isOneWay || side.has(from))) this.#cut.add(from + to)
      }
    }
  }

  #clientActs(): void {
    const client = this.#pick(this.#clients)
    const node = this.#random.next() < 0.7 ? this.#cluster.leader() : this.#pick(this.#cluster.up)
    if (client && node && !client.isWaiting) this.#send(client, node.id)
  }

  #send(client: Client, nodeId: string): void {
    const { sequence } = client
    const command = client.isOpen
      ? encodeCommand({
        kind: 'operate', clientId: client.id, sequence, lowestOutstanding: sequence,
        operation: {
          kind: 'compare-and-swap', key: client.key, expected: sequence === 1 ? null : utf8Encode(String(sequence - 1)),
          value: utf8Encode(String(sequence)),
        },
      })
      : encodeCommand({ kind: 'open-session', clientId: client.id })
    client.isWaiting = true
    this.#cluster.node(nodeId).driver.propose(command, (outcome) => {
      client.isWaiting = false
      if (outcome.kind === 'unknown') this.coverage.retries++
      if (outcome.kind !== 'applied') return
      const reply = decodeReply(outcome.reply)?.kind
      if (reply !== 'done') this.#fail(`exactly once: ${client.id}'s operation ${sequence} gave ${reply}`)
      if (!client.isOpen) {
        client.isOpen = true
        return
      }
      this.coverage.acknowledged++
      client.acknowledged = sequence
      client.sequence++
    })
  }

  #readActs(): void {
    const client = this.#pick(this.#clients)
    const leaders = this.#cluster.up.filter((each) => each.driver.machine.status().isLeader)
    const node = this.#pick(leaders)
    if (!client || !node) return
    const atLeast = client.acknowledged
    node.driver.read(encodeQuery({ kind: 'get', key: client.key }), (outcome) => {
      if (outcome.kind !== 'answered') return
      this.coverage.reads++
      const reply = decodeReply(outcome.reply)
      const value = reply?.kind === 'value' ? Number(utf8Decode(reply.value)) : 0
      if (value < atLeast) this.#fail(`linearizable read: ${client.key} was ${atLeast} when asked for and ${value} was answered`)
      if (value > client.sequence) this.#fail(`${client.key} holds ${value}, which was never written`)
    })
  }

  /** No more faults: everyone must come together and every client get on. */
  #heal(): void {
    const cluster = this.#cluster
    this.#cut.clear()
    for (const id of cluster.options.ids) cluster.restart(id)
    const goals = this.#clients.map((client) => client.acknowledged + 3)
    for (let round = 0; round < HEAL_ROUNDS_MAX; round++) {
      for (const node of cluster.up) node.driver.tick()
      for (let hop = 0; hop < 6; hop++) {
        cluster.flush()
        for (const node of cluster.up) node.disk.sync()
        for (const packet of cluster.packets.splice(0)) cluster.deliver(packet)
      }
      this.#check()
      const leader = cluster.leader()
      for (const [i, client] of this.#clients.entries()) {
        if (leader && !client.isWaiting && client.acknowledged < (goals[i] as number)) this.#send(client, leader.id)
      }
      const hasAll = this.#clients.every((client, i) => client.acknowledged >= (goals[i] as number))
      const hashes = new Set(cluster.up.map((node) => `${node.driver.status().appliedIndex} ${node.driver.status().stateHash}`))
      if (hasAll && hashes.size === 1) return
    }
    this.#fail(`progress: the healed cluster did not get on\n${cluster.up.map((node) => JSON.stringify(node.driver.status())).join('\n')}`)
  }
}
