/**
 * Locks by name, held by client sessions. Every grant has a fencing token greater than all before it, so that whoever guards a
 * resource can turn away a holder of the past (Kleppmann, "How to do distributed locking", 2016; the sequencers of Burrows'
 * Chubby, OSDI 2006, section 2.4). Who must wait does so first come, first served. A lock is free again when its holder releases
 * it or when the session of the holder ends, which only a command in the log can bring about.
 */
import { isPlanted, type ByteReader } from '../base'
import { readPackedClientId, unpackClientId } from './client-id'
import { FingerprintSum } from './fingerprint-sum'
import { Fingerprint } from './hash'
import type { LockOperation } from './operations'
import type { Reply } from './replies'
import { readSorted, type SnapshotWriter } from './snapshot'

/** Locks that one session holds or waits for. */
export const LOCKS_PER_SESSION_MAX = 1024

interface Lock {
  /** A packed client id. */
  holder: string
  token: number
  /** Tickets by client, in the order in which they came. */
  readonly waiting: Map<string, number>
}

export class Locks {
  readonly #locks = new Map<string, Lock>()
  /** What each client holds or waits for. */
  readonly #ofClient = new Map<string, Set<string>>()
  readonly #sum = new FingerprintSum()
  #lastToken = 0
  #lastTicket = 0

  operate(client: string, operation: LockOperation): Reply {
    if (operation.kind === 'acquire') return this.#acquire(client, operation.key, operation.wait)
    return this.#release(client, operation.key, operation.token) ? { kind: 'done' } : { kind: 'not-held' }
  }

  describe(key: string): Reply {
    const lock = this.#locks.get(key)
    if (!lock) return { kind: 'lock', holder: null, token: 0, waiting: [] }
    return { kind: 'lock', holder: unpackClientId(lock.holder), token: lock.token, waiting: [...lock.waiting.keys()].map(unpackClientId) }
  }

  /** In the order of the names, so that the tokens of the new grants are the same on every replica. */
  endSession(client: string): void {
    if (__PLANTED__ && isPlanted('lock/kept-after-session-ends')) return
    for (const key of [...(this.#ofClient.get(client) ?? [])].sort()) this.#release(client, key, null)
  }

  #acquire(client: string, key: string, wait: boolean): Reply {
    const lock = this.#locks.get(key)
    if (lock?.holder === client) return { kind: 'granted', token: lock.token }
    if (__PLANTED__ && isPlanted('lock/granted-to-two') && lock && lock.waiting.size > 0) return { kind: 'granted', token: ++this.#lastToken }
    if (lock?.waiting.has(client)) return { kind: 'waiting', position: positionOf(lock, client) }
    if (lock && !wait) return { kind: 'held' }
    if ((this.#ofClient.get(client)?.size ?? 0) >= LOCKS_PER_SESSION_MAX) return { kind: 'limit-reached' }
    this.#note(client, key)
    if (!lock) {
      const fresh: Lock = { holder: client, token: 0, waiting: new Map() }
      this.#locks.set(key, fresh)
      return { kind: 'granted', token: this.#grant(key, fresh, client) }
    }
    this.#wait(key, lock, client, ++this.#lastTicket)
    return { kind: 'waiting', position: lock.waiting.size }
  }

  #release(client: string, key: string, token: number | null): boolean {
    const lock = this.#locks.get(key)
    if (!lock) return false
    if (lock.holder === client && (token === null || token === lock.token)) {
      this.#forget(client, key)
      this.#sum.subtract(holderPrint(key, lock))
      this.#passOn(key, lock)
      return true
    }
    const ticket = token === null ? lock.waiting.get(client) : undefined
    if (ticket === undefined) return false
    this.#forget(client, key)
    this.#sum.subtract(waiterPrint(key, client, ticket))
    lock.waiting.delete(client)
    return true
  }

  #passOn(key: string, lock: Lock): void {
    for (const [client, ticket] of lock.waiting) {
      this.#sum.subtract(waiterPrint(key, client, ticket))
      lock.waiting.delete(client)
      this.#grant(key, lock, client)
      return
    }
    this.#locks.delete(key)
  }

  #grant(key: string, lock: Lock, client: string): number {
    lock.holder = client
    if (!(__PLANTED__ && isPlanted('lock/token-handed-on')) || lock.token === 0) lock.token = ++this.#lastToken
    this.#sum.add(holderPrint(key, lock))
    return lock.token
  }

  #wait(key: string, lock: Lock, client: string, ticket: number): void {
    lock.waiting.set(client, ticket)
    this.#sum.add(waiterPrint(key, client, ticket))
  }

  #note(client: string, key: string): void {
    const keys = this.#ofClient.get(client)
    if (keys) keys.add(key)
    else this.#ofClient.set(client, new Set([key]))
  }

  #forget(client: string, key: string): void {
    const keys = this.#ofClient.get(client)
    keys?.delete(key)
    if (keys?.size === 0) this.#ofClient.delete(client)
  }

  addTo(print: Fingerprint): void {
    this.#sum.addTo(print)
    print.number(this.#locks.size)
    print.number(this.#lastToken)
    print.number(this.#lastTicket)
  }

  save(out: SnapshotWriter): void {
    out.varint(this.#lastToken)
    out.varint(this.#lastTicket)
    out.varint(this.#locks.size)
    for (const key of [...this.#locks.keys()].sort()) {
      const { holder, token, waiting } = this.#locks.get(key) as Lock
      out.key(key)
      out.clientId(holder)
      out.varint(token)
      out.varint(waiting.size)
      for (const [client, ticket] of waiting) {
        out.clientId(client)
        out.varint(ticket)
      }
    }
  }

  load(reader: ByteReader): void {
    this.#lastToken = reader.varint()
    this.#lastTicket = reader.varint()
    readSorted(reader, (key) => {
      const lock: Lock = { holder: readPackedClientId(reader), token: reader.varint(), waiting: new Map() }
      const count = reader.varint()
      if (lock.token === 0 || lock.token > this.#lastToken) reader.fail()
      this.#locks.set(key, lock)
      this.#note(lock.holder, key)
      this.#sum.add(holderPrint(key, lock))
      for (let i = 0, last = 0; i < count && !reader.failed; i++) {
        const client = readPackedClientId(reader)
        const ticket = reader.varint()
        if (ticket <= last || ticket > this.#lastTicket || client === lock.holder || lock.waiting.has(client)) reader.fail()
        last = ticket
        this.#note(client, key)
        this.#wait(key, lock, client, ticket)
      }
    })
    if (__PLANTED__ && isPlanted('snapshot/fencing-token-lost')) this.#lastToken = 0
  }
}

function positionOf(lock: Lock, client: string): number {
  let position = 0
  for (const each of lock.waiting.keys()) {
    position++
    if (each === client) break
  }
  return position
}

function holderPrint(key: string, lock: Lock): Fingerprint {
  const print = new Fingerprint()
  print.text(key)
  print.text(lock.holder)
  print.number(lock.token)
  print.finish()
  return print
}

function waiterPrint(key: string, client: string, ticket: number): Fingerprint {
  const print = new Fingerprint()
  // Told from a holder by a byte that no length begins with.
  print.byte(0xff)
  print.text(key)
  print.text(client)
  print.number(ticket)
  print.finish()
  return print
}
