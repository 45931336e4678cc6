/** Every planted bug of the state machine is one: a short history tells the machine that has it from the one that has not. */
import { afterEach, describe, expect, it } from 'vitest'
import { plant } from '../base'
import { acquire, add, CLIENT, CLIENTS, Conversation, dequeue, enqueue, put, release, SECOND, THIRD } from './machine.fixture'
import type { Reply } from './replies'

const begun = (): Conversation => {
  const it = new Conversation()
  it.open(CLIENT, SECOND, THIRD)
  return it
}

/** What the clients see, and the hash in the end. */
const HISTORIES: Readonly<Record<string, () => unknown>> = {
  'session/reply-not-kept': () => {
    const it = begun()
    return [it.again(1, add(1)), it.again(1, add(1))]
  },
  'session/late-duplicate-applied': () => {
    const it = begun()
    it.again(1, add(1))
    it.again(2, put('x', '1'))
    return it.again(1, add(1))
  },
  'snapshot/sessions-left-out': () => {
    const it = begun()
    it.operate(add(1))
    return it.restored().operate(add(1))
  },
  'snapshot/replies-left-out': () => {
    const it = begun()
    it.again(1, add(1))
    return it.restored().again(1, add(1))
  },
  'snapshot/order-of-use-lost': () => {
    const it = new Conversation()
    it.open(THIRD, SECOND, CLIENT)
    const other = it.restored()
    other.open(CLIENTS[3])
    return other.ask({ kind: 'sessions' })
  },
  'snapshot/queue-reversed': () => afterTwo(),
  'snapshot/queue-tail-lost': () => afterTwo(),
  'snapshot/fencing-token-lost': () => {
    const it = begun()
    it.operate(acquire())
    return it.restored().operate(acquire('m'), SECOND)
  },
  'snapshot/laid-over-old-state': () => {
    const [one, other] = [begun(), begun()]
    other.operate(put('x', '1'))
    other.machine.restore(one.machine.snapshot())
    return other.ask({ kind: 'get', key: 'x' })
  },
  'lock/kept-after-session-ends': () => {
    const it = begun()
    it.operate(acquire())
    it.send({ kind: 'close-session', clientId: CLIENT })
    return it.operate(acquire(), SECOND)
  },
  'lock/granted-to-two': () => {
    const it = begun()
    return [CLIENT, SECOND, THIRD].map((client) => it.operate(acquire(), client))
  },
  'lock/token-handed-on': () => {
    const it = begun()
    it.operate(acquire())
    it.operate(acquire(), SECOND)
    it.operate(release())
    return it.operate(acquire(), SECOND)
  },
  'queue/last-item-stays': () => {
    const it = begun()
    it.operate(enqueue('x'))
    return [it.operate(dequeue), it.operate(dequeue)]
  },
}

function afterTwo(): Reply[] {
  const it = begun()
  it.operate(enqueue('x'))
  it.operate(enqueue('y'))
  const other = it.restored()
  return [other.operate(dequeue), other.operate(dequeue)]
}

describe('a planted bug', () => {
  afterEach(() => { plant(null) })

  it.each(Object.keys(HISTORIES))('%s changes what clients see', (id) => {
    const history = HISTORIES[id]
    const right = history?.()
    plant(id)
    expect(history?.()).not.toEqual(right)
  })
})
