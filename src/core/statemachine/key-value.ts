/** The key-value state machine: ordered pairs behind client sessions. */
import { decodeCommand, decodeQuery, encodeReply, type Reply } from './commands'
import { Fingerprint } from './hash'
import { SESSION_LIMITS, Sessions, type SessionLimits } from './sessions'
import { Store } from './store'
import type { StateMachine } from './types'

export const LIST_BYTES_MAX = 256 * 1024

/** Replies that carry nothing are encoded once. They are never written to. */
const BARE = {
  'done': encodeReply({ kind: 'done' }),
  'not-found': encodeReply({ kind: 'not-found' }),
  'mismatch': encodeReply({ kind: 'mismatch' }),
  'session-expired': encodeReply({ kind: 'session-expired' }),
  'already-answered': encodeReply({ kind: 'already-answered' }),
  'too-many-outstanding': encodeReply({ kind: 'too-many-outstanding' }),
  'malformed': encodeReply({ kind: 'malformed' }),
} satisfies Partial<Record<Reply['kind'], Uint8Array>>

export class KeyValueMachine implements StateMachine {
  readonly #store = new Store()
  readonly #sessions: Sessions

  constructor(limits: SessionLimits = SESSION_LIMITS) {
    this.#sessions = new Sessions(limits)
  }

  get size(): number {
    return this.#store.size
  }

  apply(bytes: Uint8Array): Uint8Array {
    const command = decodeCommand(bytes)
    if (command === null) return BARE.malformed
    if (command.kind === 'open-session') {
      this.#sessions.open(command.clientId)
      return BARE.done
    }
    const answer = this.#sessions.admit(command.clientId, command.sequence, command.lowestOutstanding)
    if (answer.kind === 'answered') return answer.reply
    if (answer.kind !== 'fresh') return BARE[answer.kind]
    const reply = BARE[this.#store.operate(command.operation)]
    answer.session.replies.set(command.sequence, reply)
    return reply
  }

  query(bytes: Uint8Array): Uint8Array {
    const query = decodeQuery(bytes)
    if (query === null) return BARE.malformed
    if (query.kind === 'list') return encodeReply({ kind: 'pairs', ...this.#store.list(query.from, query.limit, LIST_BYTES_MAX) })
    const value = this.#store.get(query.key)
    return value === undefined ? BARE['not-found'] : encodeReply({ kind: 'value', value })
  }

  hash(): string {
    const print = new Fingerprint()
    this.#store.addTo(print)
    this.#sessions.addTo(print)
    print.finish()
    return print.toString()
  }
}
