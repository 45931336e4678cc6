/**
 * What all nodes applied, by the order of commands: the checks that need no knowledge of the protocol. The first node to reach a place
 * sets what is there; every other one must do the same and answer the same (State Machine Safety: Ongaro and Ousterhout 2014, figure 3).
 */
import { fingerprint } from './trace-hash'

export interface Broken {
  readonly invariant: string
  readonly source: string
  readonly message: string
}

/** States are compared at every so many commands. */
const HASH_EVERY = 32
/** First byte of a client's operation in the state machine's format of commands; retries of one have equal bytes. */
const OPERATE = 2

export const SOURCES = {
  stateMachineSafety: 'Ongaro and Ousterhout 2014, figure 3',
  exactlyOnce: 'Ongaro 2014 (thesis), section 6.3',
  validity: 'Lamport 2001 (Paxos Made Simple), section 2.1',
  stateEquality: 'Schneider 1990, section 2',
  durability: 'docs/simulator.md, what is always checked',
} as const

export class Ledger {
  readonly #commands: number[] = []
  readonly #replies: number[] = []
  /** What clients have asked for. */
  readonly #asked = new Set<number>()
  /** By fingerprint of an operation: the order at which it was first applied, and its reply. */
  readonly #first = new Map<number, { readonly order: number; readonly reply: number }>()
  readonly #hashes = new Map<number, { readonly hash: string; readonly by: string }>()
  /** The highest order of an operation whose client was told that it is done. */
  acknowledged = 0
  /** Operations whose client was told so before they were applied for good anywhere. */
  readonly #owed = new Set<number>()
  /** The command that was applied last had been applied before, and was answered without being carried out again. */
  isRepeated = false

  asked(command: Uint8Array): void {
    this.#asked.add(fingerprint(command))
  }

  /** How many commands have been decided and applied somewhere. */
  get length(): number {
    return this.#commands.length
  }

  orderOf(command: number): number | null {
    return this.#first.get(command)?.order ?? null
  }

  /** `order` begins at 1. `forgetful`: replies that say that the original one is not kept any more. */
  applied(nodeId: string, order: number, command: Uint8Array, reply: Uint8Array, isForgetful: (reply: Uint8Array) => boolean): Broken | null {
    const commandPrint = fingerprint(command)
    const replyPrint = fingerprint(reply)
    const at = order - 1
    this.isRepeated = false
    if (at < this.#commands.length) {
      if (this.#commands[at] !== commandPrint) {
        return { invariant: 'State Machine Safety', source: SOURCES.stateMachineSafety, message: `${nodeId} applied another command at place ${order} than the others.` }
      }
      if (this.#replies[at] === replyPrint) return null
      return { invariant: 'State Machine Safety', source: SOURCES.stateMachineSafety, message: `${nodeId} answered the command at place ${order} differently.` }
    }
    if (!this.#asked.has(commandPrint)) {
      return { invariant: 'Validity', source: SOURCES.validity, message: `${nodeId} applied a command at place ${order} that no client has asked for.` }
    }
    this.#commands.push(commandPrint)
    this.#replies.push(replyPrint)
    if (command[0] !== OPERATE) return null
    const first = this.#first.get(commandPrint)
    if (first === undefined) {
      this.#first.set(commandPrint, { order, reply: replyPrint })
      if (this.#owed.delete(commandPrint)) this.acknowledged = Math.max(this.acknowledged, order)
      return null
    }
    if (first.reply === replyPrint || isForgetful(reply)) {
      this.isRepeated = true
      return null
    }
    return { invariant: 'Exactly-Once', source: SOURCES.exactlyOnce, message: `${nodeId} carried out the command of place ${first.order} again at place ${order}.` }
  }

  /** Whether the state after `order` commands is to be compared. */
  isDue(order: number): boolean {
    return order % HASH_EVERY === 0
  }

  state(nodeId: string, order: number, hash: string): Broken | null {
    const known = this.#hashes.get(order)
    if (known === undefined) this.#hashes.set(order, { hash, by: nodeId })
    else if (known.hash !== hash) {
      return { invariant: 'State Equality', source: SOURCES.stateEquality, message: `After ${order} commands ${nodeId} is in another state than ${known.by}.` }
    }
    return null
  }

  acknowledge(command: number): void {
    const order = this.orderOf(command)
    if (order === null) this.#owed.add(command)
    else this.acknowledged = Math.max(this.acknowledged, order)
  }

  /** How many operations were said to be done and are not applied for good anywhere. */
  get owed(): number {
    return this.#owed.size
  }
}
