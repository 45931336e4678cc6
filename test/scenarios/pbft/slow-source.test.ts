import { afterEach, describe, expect, it } from 'vitest'
import { PbftGroup, type Packet } from './group'

let group: PbftGroup

afterEach(() => { expect(group.violation).toBeNull() })

const COMMANDS = 60
/** Ticks between two chunks: a little less than a replica waits for the next one. */
const PAUSE_TICKS = 15
const isOf = (id: string) => (packet: Packet): boolean => packet.from === id || packet.to === id

/** n3 was away; n1 is the first that it asks, and lets it wait as long as it can for each chunk of the state. The ticks until n3 has everything. */
function ticksBehind(ticksMax: number): number {
  const n3 = group.node('n3')
  const held: Packet[] = []
  let isBegun = false
  for (let ticks = 0; ticks < ticksMax; ticks++) {
    if (n3.list.commands.length === COMMANDS) return ticks
    for (const node of group.nodes) group.tick(node)
    const [due] = ticks % PAUSE_TICKS === 0 ? held.splice(0, 1) : []
    if (due) group.deliver(due)
    group.settle((packet) => {
      if (packet.to !== 'n3') return false
      const isSlow = packet.from === 'n1' && packet.kind === 'chunk'
      isBegun ||= isSlow
      if (isSlow && !held.some(({ bytes }) => Buffer.from(bytes).equals(packet.bytes))) held.push(packet)
      return isSlow || (!isBegun && packet.kind === 'offer' && packet.from !== 'n1')
    })
  }
  return ticksMax
}

describe('a source that brings what is missing as slowly as it can', () => {
  it('does not keep a replica from the state of a checkpoint', () => {
    group = new PbftGroup({ replicas: 4, seed: 2, liars: ['n1'], limits: { snapshotChunkBytes: 1 } })
    for (let i = 0; i < COMMANDS; i++) {
      group.propose(`command ${i}`, ['n0'])
      group.settle(isOf('n3'))
    }
    // The state has more than 600 chunks.
    expect(ticksBehind(3000)).toBeLessThan(1000)
  })
})
