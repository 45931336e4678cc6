/** Replicas without a driver: what each hands out is written down in order, disks write when the test says so, frames pass unless it loses them. */
import { seededRandom, utf8Decode, utf8Encode } from '../base'
import type { Effects, Frame, MachineLimits, Persist, RecoveredRecord, Signer } from '../machine'
import type { PbftMachine } from './machine'
import { pbftProtocol } from './protocol'
import type { PbftOptions } from './types'

export const LIMITS: MachineLimits = {
  commandBytesMax: 1000, readsWaitingMax: 10, appendBytesMax: 1000, inflightMessagesMax: 10, inflightBytesMax: 10_000, uncommittedBytesMax: 10_000,
  logWindowBytesMax: 10_000, applyBytesMax: 10_000, trailingEntriesMax: 10, snapshotChunkBytes: 100, snapshotBytesMax: 10_000,
}
const IDS = ['n0', 'n1', 'n2', 'n3'] as const

/** Good enough to tell bytes apart: nobody lies here. */
const plain = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(32)
  for (const [i, byte] of bytes.entries()) out[i % 32] = ((out[i % 32] ?? 0) * 31 + byte + i) & 0xff
  return out
}
const signer: Signer = { sign: plain, verify: () => true, digest: plain }

const text = (command: Uint8Array | null): string => (command === null ? '-' : utf8Decode(command) ?? '?')

export class Replica {
  readonly id: string
  readonly machine: PbftMachine
  /** In order: `tentative 1 in 0: a`, `undo`, `apply 1: a`. */
  readonly story: string[] = []
  readonly records: RecoveredRecord[] = []
  unwritten: Persist[] = []
  sent: Frame[] = []

  constructor(id: string, options: Partial<PbftOptions>, records: readonly RecoveredRecord[] = []) {
    this.id = id
    const recovery = pbftProtocol({ signer, ...options }).recover({
      groupId: 'g', nodeId: id, members: IDS.map((each) => ({ id: each, name: each, address: each, voter: true })),
      timing: { tickMs: 10, electionTicks: 5, heartbeatTicks: 2 }, random: seededRandom(1), limits: LIMITS,
      storage: { read: () => { throw new Error('nothing is read back') } }, snapshots: { latest: () => null, read: () => null },
    })
    for (const record of records) if (!recovery.record(record).ok) throw new Error('a record that was written can be read')
    const machine = recovery.finish()
    if (!machine.ok) throw new Error(machine.error.message)
    this.machine = machine.value
    this.records.push(...records)
  }

  /** Carries out what there is to do, but for the disk. */
  turn(): void {
    while (this.machine.hasEffects) this.#carryOut(this.machine.drain())
  }

  #carryOut({ persist, send, undoTentative, apply, tentative }: Effects): void {
    if (persist) this.unwritten.push(persist)
    this.sent.push(...send)
    if (undoTentative === true) this.story.push('undo')
    const byIndex = new Map<number, string[]>()
    for (const { index, command } of apply) byIndex.set(index, [...byIndex.get(index) ?? [], text(command)])
    for (const [index, commands] of byIndex) {
      this.story.push(`apply ${index}: ${commands.join(' ')}`)
      this.machine.applied(index)
    }
    if (tentative) this.story.push(`tentative ${tentative.index} in ${tentative.term}: ${tentative.commands.map(({ command }) => text(command)).join(' ')}`)
  }

  write(): void {
    for (const { records, thenSend, completion } of this.unwritten.splice(0)) {
      const at = this.records.length
      this.records.push(...records.map((record, i) => ({ ...record, location: at + i })))
      this.machine.located(completion, records.map((_, i) => at + i))
      this.sent.push(...thenSend)
      this.machine.persisted(completion)
    }
    this.turn()
  }

  /** Back from its disk: what was not written is gone. */
  restarted(options: Partial<PbftOptions>): Replica {
    return new Replica(this.id, options, this.records)
  }
}

export class Replicas {
  readonly all: Replica[]
  #token = 0

  constructor(options: Partial<PbftOptions>) {
    this.all = IDS.map((id) => new Replica(id, options))
  }

  at(id: string): Replica {
    const found = this.all.find((each) => each.id === id)
    if (!found) throw new Error(`no replica ${id}`)
    return found
  }

  propose(command: string, at = 'n0'): void {
    this.at(at).machine.propose([utf8Encode(command)], [++this.#token])
  }

  /** Until nothing moves; disks write at once but for those in `slow`. */
  settle(isLost: (from: string, frame: Frame) => boolean = () => false, slow: readonly string[] = []): void {
    for (let isMoving = true; isMoving; ) {
      isMoving = false
      for (const replica of this.all) {
        replica.turn()
        if (!slow.includes(replica.id)) replica.write()
        for (const frame of replica.sent.splice(0)) {
          isMoving = true
          if (!isLost(replica.id, frame)) this.at(frame.to).machine.receive(replica.id, frame.bytes)
        }
      }
    }
  }

  run(ticks: number, isLost?: (from: string, frame: Frame) => boolean): void {
    for (let i = 0; i < ticks; i++) {
      for (const { machine } of this.all) machine.tick()
      this.settle(isLost)
    }
  }

  replace(replica: Replica): void {
    this.all[this.all.findIndex(({ id }) => id === replica.id)] = replica
  }

  stories(): string[] {
    return this.all.map(({ story }) => story.join('; '))
  }
}
