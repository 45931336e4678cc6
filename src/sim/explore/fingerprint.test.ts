import { describe, expect, it } from 'vitest'
import { AssertionError, toHex, seededRandom, type Random } from '../../core/base'
import type { ProtocolMachine } from '../../core/machine'
import { NodeRun, paxosSubject, pbftSubject, raftSubject, type NodeInput, type NodeStep, type Subject } from '.'

const TEST_MS = 60_000
const STEPS = 30
const SAME_MAX = 4
const INPUTS_MAX = 12
const AHEAD = { crash: true, beats: false }

interface Said {
  readonly from: string
  readonly to: string
  readonly bytes: Uint8Array
}

interface Met {
  readonly nodeId: string
  readonly histories: NodeStep[][]
}

function runOf<M extends ProtocolMachine>(subject: Subject<M>, ids: readonly string[], nodeId: string, history: readonly NodeStep[]): NodeRun<M> {
  const run = new NodeRun(subject, ids, nodeId)
  for (const step of history) run.take(step)
  return run
}

const nameOf = <M extends ProtocolMachine>(subject: Subject<M>, run: NodeRun<M>): string =>
  `${subject.fingerprint(run.machine, (id) => id, AHEAD)}#${subject.fingerprint(run.restarted, (id) => id, AHEAD)}`

const sentBy = <M extends ProtocolMachine>(subject: Subject<M>, run: NodeRun<M>): string[] =>
  [...new Set(run.sent.filter(({ kind }) => !subject.lost.includes(kind)).map(({ to, kind, bytes }) => `${to} ${kind} ${toHex(bytes)}`))].sort()

const keyOf = (history: readonly NodeStep[]): string =>
  history.map(({ input, isLost }) => `${input.kind}${input.kind === 'deliver' ? input.from + toHex(input.bytes) : ''}${isLost ? '!' : ''}`).join()

/** Walks through random histories, and every state of a node that was met, with the ways into it. */
function walk<M extends ProtocolMachine>(subject: Subject<M>, ids: readonly string[], random: Random, walksMax: number): { met: Map<string, Met>; said: Map<string, Said> } {
  const met = new Map<string, Met>()
  const all = new Map<string, Said>()
  for (let walks = 0; walks < walksMax; walks++) {
    const histories = new Map<string, NodeStep[]>(ids.map((id) => [id, []]))
    const said: Said[] = []
    for (let steps = 0, proposals = 0; steps < STEPS; steps++) {
      const nodeId = ids[random.integer(0, ids.length)] as string
      const history = histories.get(nodeId) as NodeStep[]
      const before = runOf(subject, ids, nodeId, history).machine.status()
      const due = said.filter(({ to }) => to === nodeId)
      const drawn = random.integer(0, 12)
      const message = due[random.integer(Math.max(0, due.length - 6), Math.max(1, due.length))]
      let input: NodeInput = message ? { kind: 'deliver', from: message.from, bytes: message.bytes } : { kind: 'timeout' }
      if (drawn === 0) input = { kind: 'crash' }
      else if (drawn === 1 && !before.isLeader) input = { kind: 'timeout' }
      else if (before.isLeader && proposals < 3 && drawn < 6) input = { kind: 'propose', number: ++proposals }
      if (input.kind === 'timeout' && before.isLeader) continue
      const next = [...history, { input, isLost: random.integer(0, 15) === 0 }]
      const run = runOf(subject, ids, nodeId, next)
      histories.set(nodeId, next)
      for (const { to, kind, bytes } of run.sent) {
        if (subject.lost.includes(kind)) continue
        const key = `${nodeId} ${to} ${toHex(bytes)}`
        if (!said.some((each) => each.to === to && each.from === nodeId && toHex(each.bytes) === toHex(bytes))) said.push({ from: nodeId, to, bytes })
        all.set(key, { from: nodeId, to, bytes })
      }
      const name = `${nodeId}@${nameOf(subject, run)}`
      const known = met.get(name)
      if (!known) met.set(name, { nodeId, histories: [next] })
      else if (known.histories.length < SAME_MAX && known.histories.every((each) => keyOf(each) !== keyOf(next))) known.histories.push(next)
    }
  }
  return { met, said: all }
}

/** Messages of different walks contradict each other: a machine may refuse them by an assertion, but then both must. */
function outcomeOf<M extends ProtocolMachine>(subject: Subject<M>, ids: readonly string[], nodeId: string, history: readonly NodeStep[]): object {
  try {
    const run = runOf(subject, ids, nodeId, history)
    return { name: nameOf(subject, run), sent: sentBy(subject, run) }
  } catch (error) {
    if (error instanceof AssertionError) return { refused: error.message }
    throw error
  }
}

/** How many pairs of histories that led to equal fingerprints were given equal inputs, and did the same. */
function compare<M extends ProtocolMachine>(subject: Subject<M>, ids: readonly string[], seed: number, walksMax = 14): number {
  const random = seededRandom(seed)
  const { met, said } = walk(subject, ids, random, walksMax)
  let compared = 0
  for (const { nodeId, histories } of met.values()) {
    if (histories.length < 2) continue
    const messages = [...said.values()].filter(({ to }) => to === nodeId)
    const { isLeader } = runOf(subject, ids, nodeId, histories[0] as NodeStep[]).machine.status()
    const inputs: NodeInput[] = [{ kind: 'crash' }, isLeader ? { kind: 'propose', number: 9 } : { kind: 'timeout' }]
    for (let i = 0; i < INPUTS_MAX && messages.length > 0; i++) {
      const { from, bytes } = messages[random.integer(0, messages.length)] as Said
      inputs.push({ kind: 'deliver', from, bytes })
    }
    for (const input of inputs) {
      for (const isLost of [false, true]) {
        const step: NodeStep = { input, isLost }
        const [first, ...others] = histories.map((history) => outcomeOf(subject, ids, nodeId, [...history, step]))
        for (const other of others) {
          const told = { histories, input: input.kind, isLost }
          expect({ ...told, ...other }).toEqual({ ...told, ...first })
          compared++
        }
      }
    }
  }
  return compared
}

describe('two nodes with equal fingerprints', () => {
  const three = ['n1', 'n2', 'n3']
  it.each([1, 2])('do the same on every next input in Raft (seed %i)', (seed) => {
    expect(compare(raftSubject(), three, seed)).toBeGreaterThan(100)
    expect(compare(raftSubject({ asksFirst: true }), three, seed)).toBeGreaterThan(100)
  }, TEST_MS)
  it.each([1, 2])('do the same on every next input in Paxos (seed %i)', (seed) => {
    expect(compare(paxosSubject(), three, seed)).toBeGreaterThan(100)
  }, TEST_MS)
  it.each([1, 2])('do the same on every next input in PBFT (seed %i)', (seed) => {
    expect(compare(pbftSubject(), ['n1', 'n2', 'n3', 'n4'], seed, 4)).toBeGreaterThan(100)
  }, TEST_MS)
})
