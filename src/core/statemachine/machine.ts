/**
 * What Quorate's nodes replicate: key-value pairs, locks, queues and counters behind client sessions. The same for every protocol:
 * it sees nothing of the log but the order of its commands.
 */
import { fail, isPlanted, ok, type Result } from '../base'
import { decodeCommand, type DecodedCommand } from './commands'
import { Counters } from './counters'
import { Fingerprint } from './hash'
import { Locks } from './locks'
import type { Operation } from './operations'
import { Pairs } from './pairs'
import { decodeQuery } from './queries'
import { Queues } from './queues'
import { BARE, encodeReply, type Reply } from './replies'
import { SESSION_LIMITS, Sessions, type SessionLimits } from './sessions'
import { openSnapshot, SnapshotWriter } from './snapshot'
import type { StateMachine } from './types'

/** Bytes of keys and values in the answer to one list or scan; one pair always fits. */
export const LIST_BYTES_MAX = 256 * 1024
/** A snapshot is taken to be at most so many times as large as the one before it; a larger one costs copies. */
const SNAPSHOT_GROWTH = 1.25

class State {
  readonly pairs = new Pairs()
  readonly locks = new Locks()
  readonly queues = new Queues()
  readonly counters = new Counters()
  readonly sessions: Sessions
  /** In the order in which they are hashed and saved. */
  readonly parts

  constructor(limits: SessionLimits) {
    this.sessions = new Sessions(limits, (clientId) => { this.locks.endSession(clientId) })
    this.parts = [this.sessions, this.pairs, this.locks, this.queues, this.counters] as const
  }
}

export class ReplicatedMachine implements StateMachine {
  readonly #limits: SessionLimits
  #state: State
  /** The next one is about as large. */
  #snapshotBytes = 0

  constructor(limits: Partial<SessionLimits> = {}) {
    this.#limits = { ...SESSION_LIMITS, ...limits }
    this.#state = new State(this.#limits)
  }

  /** Key-value pairs. */
  get size(): number {
    return this.#state.pairs.size
  }

  apply(bytes: Uint8Array): Uint8Array {
    const command = decodeCommand(bytes)
    if (command === null) return BARE.malformed
    const { sessions } = this.#state
    switch (command.kind) {
      case 'operate': return this.#operate(command)
      case 'open-session': return BARE[sessions.open(command.clientId)]
      case 'close-session': return BARE[sessions.close(command.clientId)]
      case 'expire-session': return BARE[sessions.close(command.clientId, command.lastUse)]
      case 'ask': return this.query(command.query)
    }
  }

  #operate({ clientId, sequence, lowestOutstanding, operation }: Extract<DecodedCommand, { kind: 'operate' }>): Uint8Array {
    const answer = this.#state.sessions.admit(clientId, sequence, lowestOutstanding)
    if (answer.kind === 'answered') return answer.reply
    if (answer.kind !== 'fresh') return BARE[answer.kind]
    const reply = this.#carryOut(clientId, operation)
    answer.session.keep(sequence, reply)
    return reply
  }

  #carryOut(clientId: string, operation: Operation): Uint8Array {
    switch (operation.kind) {
      case 'put':
      case 'delete':
      case 'compare-and-swap':
      case 'append': return BARE[this.#state.pairs.operate(operation)]
      case 'acquire':
      case 'release': return bytesOf(this.#state.locks.operate(clientId, operation))
      case 'enqueue':
      case 'dequeue': return bytesOf(this.#state.queues.operate(operation))
      case 'add': return bytesOf(this.#state.counters.operate(operation))
    }
  }

  query(bytes: Uint8Array): Uint8Array {
    const query = decodeQuery(bytes)
    if (query === null) return BARE.malformed
    const { pairs, locks, queues, counters, sessions } = this.#state
    switch (query.kind) {
      case 'get': return valueOf(pairs.get(query.key))
      case 'list': return encodeReply({ kind: 'pairs', ...pairs.scan({ prefix: '', from: query.from, to: null }, query.limit, LIST_BYTES_MAX) })
      case 'scan': return encodeReply({ kind: 'pairs', ...pairs.scan(query, query.limit, LIST_BYTES_MAX) })
      case 'lock': return encodeReply(locks.describe(query.key))
      case 'peek': return valueOf(queues.peek(query.key))
      case 'length': return encodeReply({ kind: 'number', value: queues.length(query.key) })
      case 'count': return encodeReply({ kind: 'number', value: counters.get(query.key) })
      case 'sessions': return encodeReply({ kind: 'sessions', sessions: sessions.uses() })
    }
  }

  snapshot(): Uint8Array {
    const out = new SnapshotWriter(this.#snapshotBytes * SNAPSHOT_GROWTH)
    for (const part of this.#state.parts) part.save(out)
    const bytes = out.finish()
    this.#snapshotBytes = bytes.length
    return bytes
  }

  restore(snapshot: Uint8Array): Result<undefined, 'corrupt'> {
    const corrupt = fail('corrupt', 'The snapshot of the state cannot be read.', 'It is damaged, or of another version: take it from another member.')
    const reader = openSnapshot(snapshot)
    if (reader === null) return corrupt
    const state = __PLANTED__ && isPlanted('snapshot/laid-over-old-state') ? withPairsOf(this.#state, this.#limits) : new State(this.#limits)
    for (const part of state.parts) part.load(reader)
    if (!reader.finished) return corrupt
    this.#state = state
    this.#snapshotBytes = snapshot.length
    return ok()
  }

  hash(): string {
    const print = new Fingerprint()
    for (const part of this.#state.parts) part.addTo(print)
    print.finish()
    return print.toString()
  }
}

const bytesOf = (reply: Reply): Uint8Array => (Object.hasOwn(BARE, reply.kind) ? BARE[reply.kind as keyof typeof BARE] : encodeReply(reply))
const valueOf = (value: Uint8Array | undefined): Uint8Array => (value === undefined ? BARE['not-found'] : encodeReply({ kind: 'value', value }))

function withPairsOf(old: State, limits: SessionLimits): State {
  const state = new State(limits)
  for (const { key, value } of old.pairs.scan({ prefix: '', from: '', to: null }, Infinity, Infinity).pairs) state.pairs.operate({ kind: 'put', key, value })
  return state
}
