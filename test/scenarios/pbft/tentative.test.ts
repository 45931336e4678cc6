import { afterEach, describe, expect, it } from 'vitest'
import { utf8Decode } from '../../../src/core/base'
import { ReplyQuorum, type SignedMessage } from '../../../src/core/pbft'
import type { ProposalOutcome } from '../../../src/runtime/driver'
import { PbftGroup, type GroupOptions, type Packet } from './group'

const ALL = ['n0', 'n1', 'n2', 'n3']
let group: PbftGroup

function begin(options: Partial<GroupOptions> = {}): void {
  group = new PbftGroup({ replicas: 4, seed: 1, ...options, options: { tentative: true, ...options.options } })
}

afterEach(() => { expect(group.violation).toBeNull() })

const lists = (): string[] => group.correct.map((node) => node.list.commands.join(' '))
const isCommit = ({ kind }: Packet): boolean => kind === 'commit'
const isCommitOf = (sequence: number) => (_packet: Packet, message: SignedMessage | null): boolean =>
  message?.message.kind === 'commit' && message.message.sequence === sequence

/** A client: what it is told tentatively and for good, and what it makes of that. */
class Client {
  readonly quorum = new ReplyQuorum(ALL)
  readonly tentative: string[] = []
  readonly final = new Map<string, ProposalOutcome>()

  constructor(command: string, at: readonly string[] = ALL) {
    group.propose(command, at, (id, outcome) => {
      this.final.set(id, outcome)
      if (outcome.kind === 'applied') this.quorum.add(id, outcome.reply)
    }, (id, reply, view) => {
      this.tentative.push(`${id} in ${view}: ${utf8Decode(reply)}`)
      this.quorum.addTentative(id, reply, view)
    })
  }

  get decided(): string | null {
    return this.quorum.decided === null ? null : utf8Decode(this.quorum.decided)
  }
}

describe('with tentative execution', () => {
  it('a client is answered before anything is committed, and again when it is; nothing is executed twice', () => {
    begin()
    const client = new Client('a')
    group.settle(isCommit)
    expect(client.tentative.sort()).toEqual(ALL.map((id) => `${id} in 0: 0`))
    expect(client.decided).toBe('0')
    expect(client.final.size).toBe(0)
    expect(group.correct.map((node) => node.driver?.status().appliedIndex)).toEqual([0, 0, 0, 0])
    group.run(20)
    expect([...client.final.values()].map((outcome) => outcome.kind)).toEqual(Array(4).fill('applied'))
    expect(lists()).toEqual(['a', 'a', 'a', 'a'])
    expect(group.correct.map((node) => node.driver?.statistics().proposals.applied)).toEqual([1, 1, 1, 1])
  })

  it('the hash that a replica shows is of what is committed', () => {
    begin()
    const before = group.node('n2').driver?.status().stateHash
    new Client('a')
    group.settle(isCommit)
    expect(group.node('n2').list.commands).toEqual(['a'])
    expect(group.node('n2').driver?.status().stateHash).toBe(before)
    group.run(20)
    expect(group.node('n2').driver?.status().stateHash).not.toBe(before)
  })

  it('what a client took from a quorum survives the primary and a change of view', () => {
    begin()
    const client = new Client('a')
    group.settle(isCommit)
    expect(client.decided).toBe('0')
    group.crash(group.node('n0'))
    group.propose('b', ['n1', 'n2', 'n3'])
    group.run(120)
    for (const id of ['n1', 'n2', 'n3']) expect(group.node(id).list.commands).toEqual(['a', 'b'])
    const outcome = client.final.get('n1')
    expect(outcome?.kind === 'applied' ? utf8Decode(outcome.reply) : outcome).toBe('0')
  })

  it('what one replica alone executed is undone, and its client is told otherwise in the end', () => {
    begin()
    // Of the prepares only those to n1 arrive; then it is cut off, and the others give its place to another batch in a later view.
    const client = new Client('a', ['n1'])
    group.settle(({ kind, to }) => kind === 'commit' || (kind === 'prepare' && to !== 'n1'))
    expect(client.tentative).toEqual(['n1 in 0: 0'])
    expect(group.node('n1').list.commands).toEqual(['a'])
    const isCut = ({ from, to }: Packet, message: SignedMessage | null): boolean =>
      from === 'n1' || to === 'n1' || (message?.message.kind === 'prepare' && message.message.view === 0)
    // The primary forgets the request, which nobody else but n1 knows.
    group.crash(group.node('n0'))
    group.restart(group.node('n0'))
    group.propose('b', ['n2'])
    group.run(200, isCut)
    expect(group.node('n2').list.commands).toEqual(['b'])
    // It has left the view meanwhile, and with it what rested on that view alone.
    expect(group.node('n1').list.commands).toEqual([])
    expect(group.node('n1').driver?.status().appliedIndex).toBe(0)
    group.run(300)
    expect(lists()).toEqual(Array(4).fill('b a'))
    const outcome = client.final.get('n1')
    expect(outcome?.kind === 'applied' ? utf8Decode(outcome.reply) : outcome).toBe('1')
    expect(client.decided).toBeNull()
  })

  it('a read is answered from what is committed, although more is executed in the same turn', () => {
    begin()
    new Client('a')
    group.settle()
    const answers: string[] = []
    group.read('n0', (outcome) => { answers.push(outcome.kind === 'answered' ? utf8Decode(outcome.reply) ?? '' : outcome.kind) })
    group.flush(group.node('n0'))
    new Client('b', ['n0'])
    group.flush(group.node('n0'))
    group.settle(isCommitOf(3))
    expect(answers).toEqual(['1'])
    expect(group.node('n0').list.commands).toEqual(['a', 'b'])
    expect(group.node('n0').driver?.status().appliedIndex).toBe(2)
  })

  it('a checkpoint holds nothing of what is executed ahead of it', () => {
    begin()
    for (let i = 1; i <= 4; i++) {
      new Client(`c${i}`, ['n0'])
      group.settle(i === 4 ? isCommit : undefined)
    }
    new Client('c5', ['n0'])
    group.settle(isCommit)
    expect(group.node('n0').driver?.status().appliedIndex).toBe(3)
    group.run(30, isCommitOf(5))
    expect(group.correct.map((node) => node.machine.watermarks.low)).toEqual([4, 4, 4, 4])
    expect(group.correct.map((node) => node.driver?.status().appliedIndex)).toEqual([4, 4, 4, 4])
    expect(lists()[0]).toBe('c1 c2 c3 c4 c5')
    group.run(30)
    expect(new Set(lists())).toEqual(new Set(['c1 c2 c3 c4 c5']))
  })

  it('a crash leaves what is committed', () => {
    begin()
    new Client('a')
    group.settle()
    new Client('b')
    group.settle(isCommit)
    expect(group.node('n3').list.commands).toEqual(['a', 'b'])
    group.crash(group.node('n3'))
    group.restart(group.node('n3'))
    expect(group.node('n3').driver?.status().committedIndex).toBeLessThan(2)
    expect(group.node('n3').list.commands).toEqual([])
    group.run(60)
    expect(new Set(lists())).toEqual(new Set(['a b']))
  })

  it('a replica whose state machine cannot take commands back waits, beside others that do not', () => {
    begin({ plain: ['n2'] })
    const client = new Client('a')
    group.settle(isCommit)
    expect(client.tentative.sort()).toEqual(['n0 in 0: 0', 'n1 in 0: 0', 'n3 in 0: 0'])
    expect([client.decided, lists().join()]).toEqual(['0', 'a,a,,a'])
    group.run(20)
    expect(lists()).toEqual(['a', 'a', 'a', 'a'])
  })
})
