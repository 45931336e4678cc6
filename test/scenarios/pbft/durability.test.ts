import { afterEach, describe, expect, it } from 'vitest'
import { CHECKPOINTS_UNWRITTEN_MAX } from '../../../src/core/pbft/limits'
import { PbftGroup, type GroupNode, type Packet } from './group'

let group: PbftGroup

afterEach(() => { expect(group.violation).toBeNull() })

const HEARTBEAT_TICKS = 3
const ROUNDS = 20
const isOf = (id: string) => (packet: Packet): boolean => packet.from === id || packet.to === id

/** Frames travel and turns end until nothing moves; of the disks only those that `isWriting` write. */
function move(isWriting: (node: GroupNode) => boolean, isLost: (packet: Packet) => boolean = () => false): void {
  for (let round = 0; round < ROUNDS; round++) {
    for (const node of group.nodes) {
      group.flush(node)
      if (isWriting(node)) group.sync(node)
      group.flush(node)
    }
    const packets = group.packets
    group.packets = []
    for (const packet of packets) if (!isLost(packet)) group.deliver(packet)
  }
}

function pass(ticks: number): void {
  for (let i = 0; i < ticks; i++) for (const node of group.nodes) group.tick(node)
}

describe('a replica whose disk stands still', () => {
  it('does not fill its memory with states that wait to be written, and catches up when it writes again', () => {
    group = new PbftGroup({ replicas: 4, seed: 1 })
    const slow = group.node('n3')
    const commands = Array.from({ length: 80 }, (_, i) => `c${i}`)
    for (const command of commands) {
      group.propose(command, ['n0'])
      pass(1)
      move((node) => node !== slow)
    }
    expect(group.node('n0').list.commands).toEqual(commands)
    expect(slow.driver?.statistics().snapshots.underWay).toBe(CHECKPOINTS_UNWRITTEN_MAX)
    // It did not leave its view for what is its own fault.
    expect(slow.machine).toMatchObject({ view: 0, isInView: true })
    const writes = slow.disk.pendingWrites
    pass(30)
    move((node) => node !== slow)
    expect(slow.disk.pendingWrites).toBe(writes)
    group.run(100)
    expect(slow.list.commands).toEqual(commands)
    expect(slow.machine.watermarks.low).toBe(80)
  })
})

describe('a replica whose disk is still busy, asked by a status', () => {
  it('does not vouch for a checkpoint: a power failure would leave nobody with the state', () => {
    group = new PbftGroup({ replicas: 4, seed: 1 })
    for (const command of ['a', 'b', 'c']) {
      group.propose(command, ['n0'])
      group.settle(isOf('n3'))
    }
    group.propose('d', ['n0'])
    const hasExecuted = (node: GroupNode): boolean => node.list.commands.includes('d')
    // Those who have executed the fourth batch have not written that down yet, nor the snapshot of it.
    move((node) => !hasExecuted(node), isOf('n3'))
    expect(group.nodes.map(hasExecuted)).toEqual([true, true, true, false])
    pass(HEARTBEAT_TICKS)
    move((node) => node.id === 'n3')
    const rest = ['n1', 'n2', 'n3'].map((id) => group.node(id))
    expect(group.node('n3').machine.watermarks.low).toBe(0)
    for (const id of ['n0', 'n1', 'n2']) group.crash(group.node(id))
    for (const id of ['n1', 'n2']) group.restart(group.node(id))
    group.propose('e', ['n1', 'n2', 'n3'])
    group.run(300)
    expect(rest.map((node) => node.list.commands.join(' '))).toEqual(['a b c d e', 'a b c d e', 'a b c d e'])
  })

  it('does not open a view: after a crash it could open the same one with another content', () => {
    group = new PbftGroup({ replicas: 4, seed: 1 })
    group.crash(group.node('n0'))
    group.propose('a', ['n1', 'n2', 'n3'])
    const primary = group.node('n1')
    const hasOpened = (): boolean => primary.machine.view === 1 && primary.machine.isInView
    while (!hasOpened()) {
      pass(1)
      move((node) => node !== primary || !hasOpened())
    }
    const opened: Packet[] = []
    pass(2 * HEARTBEAT_TICKS)
    move((node) => node !== primary, (packet) => packet.kind === 'new-view' && opened.push(packet) > 0)
    expect(primary.disk.pendingWrites).toBeGreaterThan(0)
    expect(opened.map(({ to }) => to)).toEqual([])
    group.settle()
    expect(['n1', 'n2', 'n3'].map((id) => group.node(id).machine.isInView)).toEqual([true, true, true])
  })
})
