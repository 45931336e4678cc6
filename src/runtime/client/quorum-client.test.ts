import { expect, onTestFinished, test } from 'vitest'
import { QuorumClient } from './quorum-client'
import * as fixture from './scripted-node.fixture'
import type { MemberAddress, Operation, Outcome } from './types'

type Behaviour = fixture.Behaviour
const scripted = (nodeId: string, behaviour: Behaviour) => fixture.scripted(nodeId, behaviour, onTestFinished)

const says = (text: string): Behaviour => (request, reply) => { reply({ code: 'ok', id: request.id, payload: Buffer.from(text) }) }
const saysTentatively = (text: string, view: number): Behaviour => (request, reply) => { reply({ code: 'tentative', id: request.id, view, payload: Buffer.from(text) }) }
/** One behaviour after the other, for the same request. */
const both = (first: Behaviour, second: Behaviour): Behaviour => (request, reply, socket) => {
  first(request, reply, socket)
  second(request, reply, socket)
}
const silent: Behaviour = () => { /* no answer, ever */ }

async function four(behaviours: readonly Behaviour[]) {
  const nodes = await Promise.all(behaviours.map((behaviour, i) => scripted(`n${i + 1}`, behaviour)))
  return { nodes, client: clientOf(nodes) }
}

function clientOf(members: readonly MemberAddress[]): QuorumClient {
  const client = new QuorumClient({ members })
  onTestFinished(() => { client.close() })
  return client
}

const run = (client: QuorumClient, text: string, more: Partial<Operation> = {}): Promise<Outcome> => new Promise((done) => {
  client.run({ kind: 'propose', payload: Buffer.from(text), repeatable: true, deadlineMs: performance.now() + 5_000, done, ...more })
})
const textOf = (outcome: Outcome): string => (outcome.kind === 'ok' ? Buffer.from(outcome.reply).toString() : outcome.kind)

test('everybody is asked, and two equal answers of four decide: a liar and a silent member are outvoted', async () => {
  const { nodes, client } = await four([says('lie'), says('truth'), says('truth'), silent])
  expect(textOf(await run(client, 'a'))).toBe('truth')
  await expect.poll(() => nodes.every(({ proposals }) => proposals.includes('a'))).toBe(true)
  await expect.poll(() => client.outvoted().get('n1')).toBe(1)
  expect([...client.outvoted().keys()]).toEqual(['n1'])
})

test('no single answer is believed, not even a refusal', async () => {
  const { client } = await four([says('lie'), (request, reply) => { reply({ code: 'too-large', id: request.id }) }, silent, silent])
  expect(await run(client, 'a', { deadlineMs: performance.now() + 300 })).toMatchObject({ kind: 'unknown' })
  expect(await run(client, 'a', { kind: 'read', deadlineMs: performance.now() + 300 })).toMatchObject({ kind: 'failed', code: 'no-leader' })
})

test('enough refusals are believed', async () => {
  const large: Behaviour = (request, reply) => { reply({ code: 'too-large', id: request.id }) }
  const { client } = await four([large, large, says('a'), silent])
  expect(await run(client, 'a')).toMatchObject({ kind: 'failed', code: 'too-large' })
})

test('who owes an answer is asked again, and what may not be repeated is not', async () => {
  const { nodes, client } = await four([silent, silent, silent, silent])
  const repeated = run(client, 'again')
  const once = run(client, 'once', { repeatable: false, deadlineMs: performance.now() + 1_000 })
  await expect.poll(() => nodes.every(({ proposals }) => proposals.filter((text) => text === 'again').length > 1)).toBe(true)
  for (const node of nodes) node.behave(says('done'))
  expect(await repeated).toMatchObject({ kind: 'ok', repeated: true })
  expect(await once).toMatchObject({ kind: 'unknown' })
  expect(nodes[0]?.proposals.filter((text) => text === 'once')).toHaveLength(1)
})

test('reads that differ because the state moved on are read again, and nobody is called a liar for it', async () => {
  const { nodes, client } = await four([says('1'), says('2'), says('3'), says('4')])
  const reading = run(client, 'x', { kind: 'read' })
  for (const node of nodes) node.behave(says('5'))
  expect(textOf(await reading)).toBe('5')
  expect(client.outvoted().size).toBe(0)
})

test('a member that went down and came back takes part again', async () => {
  let torn = 0
  const tears: Behaviour = (_request, _reply, socket) => { torn += 1; socket.destroy() }
  const { nodes, client } = await four([tears, tears, tears, says('done')])
  const waiting = run(client, 'a')
  await expect.poll(() => torn).toBeGreaterThan(3)
  nodes[0]?.behave(says('done'))
  expect(textOf(await waiting)).toBe('done')
})

test('closing ends what waits, and refuses what comes', async () => {
  const { nodes, client } = await four([silent, silent, silent, silent])
  const waiting = run(client, 'a')
  await expect.poll(() => nodes.every(({ proposals }) => proposals.length === 1)).toBe(true)
  client.close()
  expect(await waiting).toMatchObject({ kind: 'unknown' })
  expect(await run(client, 'b')).toMatchObject({ kind: 'failed', code: 'closed' })
})

test('tentative answers of a quorum in one view are taken, and those of fewer or of different views are not', async () => {
  const { client } = await four([saysTentatively('done', 2), saysTentatively('done', 2), saysTentatively('done', 2), silent])
  expect(textOf(await run(client, 'a'))).toBe('done')
  const { client: other } = await four([saysTentatively('done', 2), saysTentatively('done', 2), saysTentatively('done', 1), silent])
  expect(await run(other, 'a', { deadlineMs: performance.now() + 400 })).toMatchObject({ kind: 'unknown' })
})

test('the last word of a member may be another one than its tentative answer, and accuses nobody', async () => {
  const { client } = await four([
    both(saysTentatively('undone', 0), says('done')), both(saysTentatively('undone', 0), says('done')), both(saysTentatively('done', 1), says('done')), silent,
  ])
  expect(textOf(await run(client, 'a'))).toBe('done')
  expect(client.outvoted().size).toBe(0)
})
