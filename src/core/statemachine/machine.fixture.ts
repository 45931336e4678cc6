/** A machine as the tests talk to it. */
import { utf8Encode } from '../base'
import { decodeReply, encodeCommand, encodeQuery, ReplicatedMachine, type Command, type Operation, type Query, type Reply, type SessionLimits } from './index'

export const CLIENTS = ['00000000deadbeef', '0000000000000001', 'ffffffffffffffff', '8000000000000000'] as const
export const [CLIENT, SECOND, THIRD] = CLIENTS
export const text = (value: string): Uint8Array => utf8Encode(value)
export const put = (key: string, value: string): Operation => ({ kind: 'put', key, value: text(value) })
export const enqueue = (value: string): Operation => ({ kind: 'enqueue', key: 'q', value: text(value) })
export const dequeue: Operation = { kind: 'dequeue', key: 'q' }
export const add = (delta: number): Operation => ({ kind: 'add', key: 'n', delta })
export const acquire = (key = 'l', wait = true): Operation => ({ kind: 'acquire', key, wait })
export const release = (token: number | null = null, key = 'l'): Operation => ({ kind: 'release', key, token })

/** Sends each operation once, in order, unless a sequence is given. */
export class Conversation {
  readonly machine: ReplicatedMachine
  readonly #sequences = new Map<string, number>()

  constructor(limits: Partial<SessionLimits> = { sessionsMax: 3, outstandingMax: 3 }, machine = new ReplicatedMachine(limits)) {
    this.machine = machine
  }

  send(command: Command): Reply {
    return decodeReply(this.machine.apply(encodeCommand(command))) as Reply
  }

  open(...clientIds: readonly string[]): Reply['kind'][] {
    return clientIds.map((clientId) => this.send({ kind: 'open-session', clientId }).kind)
  }

  operate(operation: Operation, clientId: string = CLIENT): Reply {
    const sequence = (this.#sequences.get(clientId) ?? 0) + 1
    this.#sequences.set(clientId, sequence)
    return this.again(sequence, operation, sequence, clientId)
  }

  again(sequence: number, operation: Operation, lowestOutstanding = sequence, clientId: string = CLIENT): Reply {
    return this.send({ kind: 'operate', clientId, sequence, lowestOutstanding, operation })
  }

  ask(query: Query): Reply {
    return decodeReply(this.machine.query(encodeQuery(query))) as Reply
  }

  /** Another machine, restored from a snapshot of this one. */
  restored(limits: Partial<SessionLimits> = { sessionsMax: 3, outstandingMax: 3 }): Conversation {
    const other = new Conversation(limits)
    if (!other.machine.restore(this.machine.snapshot()).ok) throw new Error('the snapshot was refused')
    for (const [clientId, sequence] of this.#sequences) other.#sequences.set(clientId, sequence)
    return other
  }
}
