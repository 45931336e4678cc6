import { afterEach, describe, expect, it } from 'vitest'
import { utf8Decode } from '../../../src/core/base'
import type { ControlOutcome } from '../../../src/core/machine'
import { decodeFrame, ReplyQuorum } from '../../../src/core/pbft'
import type { ProposalOutcome } from '../../../src/runtime/driver'
import { PbftGroup, type GroupOptions, type Packet } from './group'

let group: PbftGroup

function begin(options: Partial<GroupOptions> = {}): PbftGroup {
  group = new PbftGroup({ replicas: 4, seed: 1, ...options })
  return group
}

afterEach(() => { expect(group.violation).toBeNull() })

const ALL = ['n0', 'n1', 'n2', 'n3']
const lists = (): string[] => group.correct.map((node) => node.list.commands.join(' '))
const views = (): number[] => group.correct.map((node) => node.machine.view)
const isOf = (...ids: string[]) => (packet: Packet): boolean => ids.includes(packet.from) || ids.includes(packet.to)

/** The outcomes that replicas give to a client which sends the same bytes to all of them. */
function ask(command: string, at: readonly string[] = ALL): Map<string, ProposalOutcome> {
  const outcomes = new Map<string, ProposalOutcome>()
  group.propose(command, at, (id, outcome) => { outcomes.set(id, outcome) })
  return outcomes
}

const replyOf = (outcome: ProposalOutcome | undefined): string | null => (outcome?.kind === 'applied' ? utf8Decode(outcome.reply) : null)

describe('the normal case', () => {
  it('orders a request in three phases, and every replica answers its client', () => {
    begin()
    const kinds = new Map<string, number>()
    const outcomes = ask('a')
    group.settle((packet) => {
      kinds.set(packet.kind, (kinds.get(packet.kind) ?? 0) + 1)
      return false
    })
    expect(lists()).toEqual(['a', 'a', 'a', 'a'])
    expect(ALL.map((id) => replyOf(outcomes.get(id)))).toEqual(['0', '0', '0', '0'])
    // Three backups pass the request on; one pre-prepare to each; every backup prepares, everyone commits.
    expect(Object.fromEntries(kinds)).toEqual({ 'request': 3, 'pre-prepare': 3, 'prepare': 9, 'commit': 12 })
  })

  it('executes equal bytes once, and answers who asks again with the reply of the state machine', () => {
    begin()
    const first = ask('a', ['n1'])
    group.settle()
    const again = ask('a', ['n2', 'n3'])
    ask('b')
    group.settle()
    expect(replyOf(first.get('n1'))).toBe('0')
    expect(['n2', 'n3'].map((id) => replyOf(again.get(id)))).toEqual(['0', '0'])
    expect(lists()).toEqual(['a b', 'a b', 'a b', 'a b'])
  })

  it('shares batches within the pipeline', () => {
    begin()
    for (let i = 0; i < 40; i++) ask(`c${i}`, ['n0'])
    group.settle()
    expect(new Set(lists()).size).toBe(1)
    expect(group.node('n0').list.commands).toHaveLength(40)
    expect(group.node('n0').machine.status().committedIndex).toBeLessThan(5)
  })

  it('lets a client decide on f + 1 equal replies, one of them a lie', () => {
    begin({ liars: ['n2'] })
    group.behave('n2', 'forge')
    const outcomes = ask('a')
    group.settle()
    const quorum = new ReplyQuorum(ALL)
    const lie = group.node('n2').liar?.lies(new Uint8Array([48])) ?? new Uint8Array(0)
    expect(quorum.add('n2', lie)).toBeNull()
    for (const id of ['n0', 'n1']) {
      const outcome = outcomes.get(id)
      if (outcome?.kind === 'applied') quorum.add(id, outcome.reply)
    }
    expect(quorum.verdict()).toEqual({ reply: Uint8Array.of(48), conflicting: ['n2'] })
  })

  it('works for any number of replicas', () => {
    for (const replicas of [1, 2, 3, 5, 6, 7, 10]) {
      begin({ replicas })
      ask('a', ['n0'])
      ask('b', [`n${replicas - 1}`])
      group.settle()
      expect(new Set(lists()).size, `${replicas}`).toBe(1)
      expect(group.node('n0').list.commands, `${replicas}`).toHaveLength(2)
      expect(group.violation).toBeNull()
    }
  })
})

describe('reads', () => {
  it('are ordered: they see every write that was answered before', () => {
    begin()
    ask('a')
    group.settle()
    const answers: (string | null)[] = []
    for (const id of ALL) group.read(id, (outcome) => { answers.push(outcome.kind === 'answered' ? utf8Decode(outcome.reply) : outcome.kind) })
    group.settle()
    expect(answers).toEqual(['1', '1', '1', '1'])
  })

  it('wait at a replica that is cut off, and do not see the past', () => {
    begin()
    let answer: string | null = null
    ask('a', ['n0'])
    group.read('n3', (outcome) => { answer = outcome.kind === 'answered' ? utf8Decode(outcome.reply) : outcome.kind })
    group.settle(isOf('n3'))
    expect(answer).toBeNull()
    group.run(12)
    expect(answer).toBe('1')
  })
})

describe('a view change', () => {
  it('replaces a silent primary, and what it was asked for is done', () => {
    begin({ liars: ['n0'] })
    group.behave('n0', 'silent')
    const outcomes = ask('a')
    group.run(60)
    expect(lists()).toEqual(['a', 'a', 'a'])
    expect(views()).toEqual([1, 1, 1])
    expect(replyOf(outcomes.get('n2'))).toBe('0')
    expect(group.node('n1').machine.status()).toMatchObject({ role: 'leader', isLeader: true, term: 1, leaderId: 'n1' })
  })

  it('does not happen without a request that waits', () => {
    begin({ liars: ['n0'] })
    group.behave('n0', 'silent')
    group.run(200)
    expect(views()).toEqual([0, 0, 0])
  })

  it('doubles its timeout while one primary after another is silent', () => {
    begin({ replicas: 7, liars: ['n0', 'n1'] })
    group.behave('n0', 'silent')
    group.behave('n1', 'silent')
    ask('a', ['n3'])
    let atView1 = 0
    let atView2 = 0
    for (let ticks = 1; ticks < 300 && atView2 === 0; ticks++) {
      group.run(1)
      const view = group.node('n4').machine.view
      if (view === 1 && atView1 === 0) atView1 = ticks
      if (view === 2) atView2 = ticks
    }
    expect(atView2 - atView1).toBe(40)
    group.run(5)
    expect(new Set(lists())).toEqual(new Set(['a']))
  })

  it('keeps what one replica alone has seen committed', () => {
    begin()
    ask('a', ['n0'])
    // All prepare; only n3 hears the commits.
    group.settle((packet) => packet.kind === 'commit' && packet.to !== 'n3')
    expect(group.node('n3').list.commands).toEqual(['a'])
    group.crash(group.node('n3'))
    ask('b', ['n1', 'n2'])
    group.run(80, isOf('n0'))
    for (const id of ['n1', 'n2']) expect(group.node(id).list.commands).toEqual([])
    // n0 is back: a quorum without n3 must still bring what n3 executed.
    group.run(120)
    expect(group.node('n1').list.commands).toEqual(['a', 'b'])
    group.restart(group.node('n3'))
    group.run(40)
    expect(new Set(lists())).toEqual(new Set(['a b']))
  })

  it('survives a crash of everyone: who has left a view does not come back to it', () => {
    begin()
    ask('a')
    group.settle((packet) => packet.kind === 'commit')
    group.run(25, (packet) => packet.kind === 'commit' || packet.kind === 'new-view')
    expect(views().every((view) => view >= 1)).toBe(true)
    for (const node of group.nodes) group.crash(node)
    for (const node of group.nodes) group.restart(node)
    expect(views().every((view) => view >= 1)).toBe(true)
    group.run(200)
    ask('a')
    group.run(100)
    expect(lists()).toEqual(['a', 'a', 'a', 'a'])
  })

  it('ignores a new-view that does not follow from its view changes', () => {
    begin({ liars: ['n1'] })
    ask('a')
    group.settle((packet) => packet.kind === 'commit' && packet.to !== 'n3')
    group.behave('n1', 'forge')
    group.run(400, (packet, found) => isOf('n0')(packet) && found?.message.kind !== 'checkpoint')
    group.run(300)
    expect(new Set(lists())).toEqual(new Set(['a']))
  })
})

describe('a primary that equivocates', () => {
  it('is proven to lie, is replaced, and nobody executes two things', () => {
    begin({ liars: ['n0'] })
    group.behave('n0', 'equivocate')
    for (const command of ['a', 'b', 'c']) ask(command)
    group.run(150)
    expect(new Set(lists()).size).toBe(1)
    expect(group.node('n1').list.commands).toHaveLength(3)
    expect(views().every((view) => view > 0)).toBe(true)
    for (const node of group.correct) {
      expect(node.events.filter((event) => event.kind === 'misbehaviour').map((event) => event.nodeId)).toContain('n0')
    }
  })

  it('cannot frame another: no correct replica is ever accused', () => {
    for (const behaviour of ['equivocate', 'forge', 'replay', 'garbage', 'withhold'] as const) {
      begin({ liars: ['n3'], seed: 7 })
      group.behave('n3', behaviour)
      for (let i = 0; i < 30; i++) {
        ask(`${behaviour}${i}`)
        group.run(4)
      }
      const accused = group.correct.flatMap((node) => node.events.flatMap((event) => (event.kind === 'misbehaviour' ? [event.nodeId] : [])))
      expect(accused.filter((id) => id !== 'n3'), behaviour).toEqual([])
      expect(new Set(lists()).size, behaviour).toBe(1)
      expect(group.node('n0').list.commands, behaviour).toHaveLength(30)
      expect(group.violation).toBeNull()
    }
  })
})

describe('checkpoints', () => {
  it('become stable with a quorum, move the watermarks and free the disk', () => {
    begin()
    for (let i = 0; i < 40; i++) {
      ask(`c${i}`)
      group.settle()
    }
    for (const node of group.nodes) {
      expect(node.machine.watermarks).toEqual({ low: 40, high: 48 })
      expect(node.machine.entries(1, 100).map(({ index }) => index)).toEqual([37, 38, 39, 40])
    }
    const used = group.nodes.map((node) => node.disk.bytesUsed())
    for (let i = 40; i < 80; i++) {
      ask(`c${i}`)
      group.settle()
    }
    for (const [i, node] of group.nodes.entries()) expect(node.disk.bytesUsed()).toBeLessThan((used[i] ?? 0) + 4000)
  })

  it('are waited for: at the high watermark the primary stops, and goes on when one is stable', () => {
    begin()
    const isLost = (packet: Packet): boolean => packet.kind === 'checkpoint' || packet.kind === 'stable'
    for (let i = 0; i < 12; i++) {
      ask(`c${i}`, ['n0'])
      group.settle(isLost)
    }
    expect(group.nodes.map((node) => node.machine.status().committedIndex)).toEqual([8, 8, 8, 8])
    group.run(10)
    expect(new Set(lists()).size).toBe(1)
    expect(group.node('n0').list.commands).toHaveLength(12)
  })

  it('bring a replica that was away back by the state of one', () => {
    begin()
    for (let i = 0; i < 30; i++) {
      ask(`c${i}`, ['n0'])
      group.settle(isOf('n3'))
    }
    expect(group.node('n3').list.commands).toEqual([])
    group.run(40)
    expect(lists()[3]).toBe(lists()[0])
    expect(group.node('n3').machine.trace.since(0).some((entry) => entry.kind === 'installed')).toBe(true)
    // It takes part again: without n0's help nothing would be decided.
    group.crash(group.node('n1'))
    ask('again', ['n0', 'n2', 'n3'])
    group.run(40)
    expect(group.node('n3').list.commands).toContain('again')
  })

  it('bring it back from a group in which one source lies about the state', () => {
    begin({ liars: ['n1'] })
    for (let i = 0; i < 30; i++) {
      ask(`c${i}`, ['n0'])
      group.settle(isOf('n3'))
    }
    group.behave('n1', 'forge')
    group.run(150)
    expect(group.node('n3').list.commands).toEqual(group.node('n0').list.commands)
  })

  it('answer a proposal that the transferred state covers', () => {
    begin()
    for (let i = 0; i < 30; i++) {
      ask(`c${i}`, ['n0'])
      group.settle(isOf('n3'))
    }
    const outcomes = ask('c3', ['n3'])
    group.run(60)
    expect(replyOf(outcomes.get('n3'))).toBe('3')
    expect(new Set(lists()).size).toBe(1)
  })
})

describe('old frames', () => {
  it('change nothing when they come again', () => {
    begin()
    const seen: Packet[] = []
    for (let i = 0; i < 6; i++) {
      ask(`c${i}`)
      group.settle((packet) => {
        seen.push(packet)
        return false
      })
    }
    const before = group.nodes.map((node) => JSON.stringify([node.machine.status(), node.list.commands]))
    for (const packet of seen) group.deliver(packet)
    group.settle()
    expect(group.nodes.map((node) => JSON.stringify([node.machine.status(), node.list.commands]))).toEqual(before)
  })

  it('count for nobody when another carries them', () => {
    begin()
    ask('a', ['n0'])
    const held: Packet[] = []
    group.settle((packet) => {
      if (packet.kind === 'prepare' && packet.to === 'n1') held.push(packet)
      return packet.kind === 'prepare'
    })
    const [prepare] = held
    if (!prepare) throw new Error('a backup prepares')
    for (const from of ['n0', 'n2', 'n3'].filter((id) => id !== prepare.from)) group.deliver({ ...prepare, from })
    group.settle((packet) => packet.kind === 'prepare')
    expect(group.node('n1').machine.status().committedIndex).toBe(0)
    expect(decodeFrame(prepare.bytes)?.message.kind).toBe('prepare')
    expect(group.node('n1').machine.trace.since(0).some((entry) => entry.kind === 'prepared')).toBe(false)
  })
})

describe('an operator', () => {
  const control = (id: string, to: string | null): ControlOutcome | null => {
    let found: ControlOutcome | null = null
    group.control(id, { kind: 'transfer-leadership', to }, (outcome) => { found = outcome })
    group.run(10)
    return found
  }

  it('moves the primary on, by one view', () => {
    begin()
    expect(control('n1', null)).toEqual({ kind: 'not-leader', leaderId: 'n0' })
    expect(control('n0', 'n2')).toMatchObject({ kind: 'refused', code: 'not-supported' })
    expect(control('n0', 'stranger')).toMatchObject({ kind: 'refused', code: 'no-such-member' })
    expect(control('n0', 'n1')).toEqual({ kind: 'done' })
    expect(views()).toEqual([1, 1, 1, 1])
    ask('a')
    group.settle()
    expect(lists()).toEqual(['a', 'a', 'a', 'a'])
  })

  it('cannot change the members', () => {
    begin()
    let outcome: ControlOutcome | null = null
    group.control('n0', { kind: 'change-members', changes: [{ kind: 'remove', id: 'n3' }], mode: 'auto' }, (found) => { outcome = found })
    group.settle()
    expect(outcome).toMatchObject({ kind: 'refused', code: 'not-supported' })
  })

  it('sees what each replica says', () => {
    begin()
    ask('a')
    group.run(7)
    const seen = group.node('n2').machine.describe()
    expect(seen).toMatchObject({ role: 'replica', fence: { kind: 'view', value: 0n }, leaderId: 'n0' })
    expect(seen.log.committed).toEqual({ unit: 'entries', lineage: 'group', value: 1n })
    expect(seen.peers.map(({ id, position, lag, flow }) => [id, 'value' in position ? position.value : null, lag.entries, flow])).toEqual([
      ['n0', 1n, 0n, 'normal'], ['n1', 1n, 0n, 'normal'], ['n3', 1n, 0n, 'normal'],
    ])
  })
})
