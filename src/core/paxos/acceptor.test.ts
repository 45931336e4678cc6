import { describe, expect, it } from 'vitest'
import { ballotOf } from './ballot'
import { TestCluster, type TestNode } from './cluster.fixture'
import { decodeMessage, encodeMessage } from './message-codec'
import type { Accepted, Message } from './types'

const B1 = ballotOf(1, 1)
const B2 = ballotOf(2, 2)
const entry = (slot: number, ballot: number, text = 'x=1', origin = ballot): Accepted =>
  ({ slot, ballot, origin, kind: 'command', data: new TextEncoder().encode(text) })

/** One acceptor, a; b and c are spoken for by the test. */
function acceptor() {
  const cluster = new TestCluster({ ids: ['a', 'b', 'c'] })
  const node = cluster.node('a')
  const takeSent = (): Message[] => {
    const sent = cluster.packets.filter(({ from }) => from === 'a').map(({ bytes }) => decodeMessage(bytes) as Message)
    cluster.packets = []
    return sent.filter(({ kind }) => kind !== 'heartbeat')
  }
  const hear = (from: string, message: Message): void => {
    node.machine.receive(from, encodeMessage(message))
    node.flush()
  }
  const restart = (kept = 0): TestNode => {
    node.crash(kept)
    node.restart()
    return node
  }
  return { node, hear, takeSent, restart }
}

const prepare = (ballot: number, from = 1): Message => ({ kind: 'prepare', ballot, from, released: 0 })
const accept = (ballot: number, ...entries: Accepted[]): Message => ({ kind: 'accept', ballot, chosen: 0, entries })

describe('an acceptor', () => {
  it('promises only once the promise is durable', () => {
    const { node, hear, takeSent } = acceptor()
    hear('b', prepare(B1))
    expect(takeSent()).toEqual([])
    node.disk.sync()
    expect(takeSent()).toEqual([{ kind: 'promise', ballot: B1, from: 1, next: 0, chosen: 0, entries: [] }])
  })

  it('says that it accepted only once the value is durable', () => {
    const { node, hear, takeSent } = acceptor()
    hear('b', accept(B1, entry(1, B1), entry(2, B1)))
    expect(takeSent()).toEqual([])
    node.disk.sync()
    expect(takeSent()).toEqual([{ kind: 'accepted', ballot: B1, from: 1, to: 2, chosen: 0 }])
  })

  it('refuses at once what is below its promise', () => {
    const { node, hear, takeSent } = acceptor()
    hear('c', prepare(B2))
    node.disk.sync()
    takeSent()
    hear('b', prepare(B1))
    hear('b', accept(B1, entry(1, B1)))
    hear('b', { kind: 'confirm', ballot: B1, round: 1 })
    expect(takeSent()).toEqual([1, 2, 3].map(() => ({ kind: 'refusal', ballot: B1, promised: B2 })))
    expect(node.machine.status().lastIndex).toBe(0)
  })

  it('reports the last thing it accepted in each slot to a later ballot', () => {
    const { node, hear, takeSent } = acceptor()
    hear('b', accept(B1, entry(1, B1), entry(2, B1)))
    hear('c', { kind: 'heartbeat', leads: B1, leader: B1, chosen: 0, last: 0, isQuorumConnected: false, isTrusting: false, hearsYou: true })
    for (let i = 0; i < 10; i++) node.tick()
    hear('c', accept(B2, entry(2, B2, 'y=2')))
    node.disk.sync()
    takeSent()
    for (let i = 0; i < 10; i++) node.tick()
    hear('b', prepare(ballotOf(3, 1)))
    node.disk.sync()
    const [promise] = takeSent().filter(({ kind }) => kind === 'promise')
    expect(promise).toMatchObject({ entries: [entry(1, B1), entry(2, B2, 'y=2')] })
  })

  it('keeps promise and values over a crash, once it has spoken of them', () => {
    const { node, hear, restart } = acceptor()
    hear('c', accept(B2, entry(3, B2)))
    node.disk.sync()
    const { machine } = restart()
    expect(machine.inspect.promised).toBe(B2)
    expect(machine.inspect.accepted(3)).toEqual(entry(3, B2))
  })

  it('keeps what it accepted later, though both writes were torn from each other', () => {
    const { node, hear, restart } = acceptor()
    hear('b', accept(B1, entry(1, B1, 'x=old')))
    node.disk.sync()
    hear('c', accept(B2, entry(1, B2, 'x=new')))
    // The promise came to the disk, the value did not.
    const { machine } = restart(1)
    expect(machine.inspect.promised).toBe(B2)
    expect(machine.inspect.accepted(1)).toEqual(entry(1, B1, 'x=old'))
  })

  it('does not undo a later acceptance when an earlier message comes late', () => {
    const { node, hear } = acceptor()
    hear('c', accept(B2, entry(1, B2, 'x=new')))
    hear('b', accept(B1, entry(1, B1, 'x=old')))
    expect(node.machine.inspect.accepted(1)).toEqual(entry(1, B2, 'x=new'))
  })

  it('reports in pages, so that no frame grows with the backlog', () => {
    const { node, hear, takeSent } = acceptor()
    for (let slot = 1; slot <= 20; slot++) hear('b', accept(B1, entry(slot, B1, 'x'.repeat(40))))
    node.disk.sync()
    takeSent()
    for (let i = 0; i < 10; i++) node.tick()
    takeSent()
    const slots: number[] = []
    for (let from = 1; from !== 0; ) {
      hear('c', prepare(B2, from))
      node.disk.sync()
      const promise = takeSent().find((message) => message.kind === 'promise')
      if (promise?.kind !== 'promise') throw new Error('no promise')
      expect(encodeMessage(promise).length).toBeLessThan(500)
      slots.push(...promise.entries.map(({ slot }) => slot))
      from = promise.next
    }
    expect(slots).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  it('helps no one to depose a leader that it hears and that has a quorum', () => {
    const { node, hear, takeSent } = acceptor()
    hear('b', { kind: 'heartbeat', leads: B1, leader: B1, chosen: 0, last: 0, isQuorumConnected: true, isTrusting: true, hearsYou: true })
    hear('c', prepare(B2))
    node.disk.sync()
    expect(takeSent()).toEqual([])
    // The leader itself may hand over.
    hear('c', { kind: 'prepare', ballot: B2, from: 1, released: B1 })
    node.disk.sync()
    expect(takeSent().map(({ kind }) => kind)).toEqual(['promise'])
  })
})
