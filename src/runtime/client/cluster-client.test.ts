import { expect, onTestFinished, test } from 'vitest'
import { ClusterClient } from './cluster-client'
import * as fixture from './scripted-node.fixture'
import type { MemberAddress, Operation, Outcome } from './types'

type Behaviour = fixture.Behaviour
const scripted = (nodeId: string, behaviour: Behaviour) => fixture.scripted(nodeId, behaviour, onTestFinished)

const leads = (term: number, then: Behaviour = (request, reply) => { reply({ code: 'ok', id: request.id, payload: request.payload }) }): Behaviour =>
  (request, reply, socket) => {
    if (request.kind === 'who-leads') reply({ code: 'leading', id: request.id, term })
    else then(request, reply, socket)
  }
const follows: Behaviour = (request, reply) => { reply({ code: 'not-leader', id: request.id, leaderId: '', host: '', port: 0 }) }
const silent: Behaviour = () => { /* no answer, ever */ }

function clientOf(members: readonly MemberAddress[]): ClusterClient {
  const client = new ClusterClient({ members })
  onTestFinished(() => { client.close() })
  return client
}

const run = (client: ClusterClient, text: string, more: Partial<Operation> = {}): Promise<Outcome> => new Promise((done) => {
  client.run({ kind: 'propose', payload: Buffer.from(text), repeatable: true, deadlineMs: performance.now() + 5_000, done, ...more })
})
const soon = (): number => performance.now() + 150

test('finds the leader and follows it when another takes its place', async () => {
  const [one, two] = [await scripted('n1', follows), await scripted('n2', leads(1))]
  const client = clientOf([one, two])
  expect(await run(client, 'a')).toMatchObject({ kind: 'ok', repeated: false })
  two.behave(follows)
  one.behave(leads(2))
  expect(await run(client, 'b')).toMatchObject({ kind: 'ok', repeated: false })
  expect([one.proposals, two.proposals]).toEqual([['b'], ['a', 'b']])
})

test('the claim of the higher term wins over a leader that does not know yet', async () => {
  const [old, young] = [await scripted('n1', leads(1)), await scripted('n2', follows)]
  const client = clientOf([old, young])
  await run(client, 'a')
  old.behave(leads(1, silent))
  young.behave(leads(2))
  expect(await run(client, 'b')).toMatchObject({ kind: 'ok', repeated: true })
  expect(client.leader()).toBe('n2')
})

test('a connection that breaks leaves what may be repeated to the next leader, and the rest unknown', async () => {
  const node = await scripted('n1', leads(1, (_request, _reply, socket) => { socket.destroy() }))
  const client = clientOf([node])
  expect(await run(client, 'once', { repeatable: false })).toMatchObject({ kind: 'unknown' })
  const repeated = run(client, 'again')
  await expect.poll(() => node.proposals.length).toBeGreaterThan(2)
  node.behave(leads(1))
  expect(await repeated).toMatchObject({ kind: 'ok', repeated: true })
  expect(node.proposals.filter((text) => text === 'once')).toHaveLength(1)
})

test('at the deadline: unknown if it was sent, failed if it certainly was not', async () => {
  const node = await scripted('n1', leads(1, silent))
  const client = clientOf([node])
  expect(await run(client, 'sent', { deadlineMs: soon() })).toMatchObject({ kind: 'unknown' })
  node.behave(follows)
  const nobody = clientOf([await scripted('n2', follows)])
  expect(await run(nobody, 'held', { deadlineMs: soon() })).toMatchObject({ kind: 'failed', code: 'no-leader' })
  expect(await run(client, 'read', { kind: 'read', deadlineMs: soon() })).toMatchObject({ kind: 'failed' })
})

test('busy is waited out, too large is final', async () => {
  let refusals = 3
  const node = await scripted('n1', leads(1, (request, reply) => {
    if (Buffer.from(request.payload).toString() === 'large') reply({ code: 'too-large', id: request.id })
    else if (refusals-- > 0) reply({ code: 'busy', id: request.id })
    else reply({ code: 'ok', id: request.id, payload: request.payload })
  }))
  const client = clientOf([node])
  expect(await run(client, 'a')).toMatchObject({ kind: 'ok', repeated: false })
  expect(await run(client, 'large')).toMatchObject({ kind: 'failed', code: 'too-large' })
})

test('closing ends what waits, and refuses what comes', async () => {
  const node = await scripted('n1', leads(1, silent))
  const client = clientOf([node])
  const waiting = run(client, 'a')
  await expect.poll(() => node.proposals.length).toBe(1)
  client.close()
  expect(await waiting).toMatchObject({ kind: 'unknown' })
  expect(await run(client, 'b')).toMatchObject({ kind: 'failed', code: 'closed' })
})
