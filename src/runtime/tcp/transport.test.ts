import net from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { decodeWelcome, encodeHello, FrameReader, PROTOCOL_VERSION, type Hello, type Welcome } from '../../core/wire'
import { TCP_LIMITS } from './limits'
import { framed } from './link'
import { TcpTransport } from './transport'
import type { TcpMember, TcpOptions } from './types'

interface Node {
  readonly transport: TcpTransport
  readonly received: string[]
  readonly warnings: string[]
  readonly fromClients: string[]
}

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  await new Promise((resolve) => { server.close(resolve) })
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function node(nodeId: string, members: readonly TcpMember[], overrides: Partial<TcpOptions> = {}): Promise<Node> {
  const received: string[] = []
  const warnings: string[] = []
  const fromClients: string[] = []
  const self = members.find((member) => member.nodeId === nodeId)
  const transport = new TcpTransport({
    clusterId: 'c1', nodeId, protocol: 'raft', clientsMustKnow: false, listen: { host: '127.0.0.1', port: self?.port ?? 0 }, members,
    nowMs: () => performance.now(), random: Math.random,
    log: { info: () => { /* not looked at */ }, warn: (text) => warnings.push(text), error: (text) => warnings.push(text) },
    onFrame: (from, frame) => received.push(`${from}:${Buffer.from(frame).toString()}`),
    onClient: (connection) => ({
      onFrame: (frame) => { fromClients.push(Buffer.from(frame).toString()); connection.send(Buffer.from(`re ${Buffer.from(frame).toString()}`)) },
      onClose: () => { fromClients.push('closed') },
    }),
    ...overrides,
  })
  const started = await transport.start()
  expect(started.ok).toBe(true)
  onTestFinished(() => new Promise<void>((resolve) => { transport.close(resolve) }))
  return { transport, received, warnings, fromClients }
}

async function members(count: number): Promise<TcpMember[]> {
  return Promise.all(Array.from({ length: count }, async (_, i) => ({ nodeId: `n${i + 1}`, host: '127.0.0.1', port: await freePort() })))
}

const connected = (each: Node, peerId: string): Promise<void> =>
  vi.waitFor(() => { expect(each.transport.statistics().find((link) => link.peerId === peerId)).toMatchObject({ connected: true, rttMs: expect.any(Number) as number }) }, 5_000)

/** Says hello as told, and gives the answer and the socket. */
async function greet(port: number, hello: Partial<Hello>): Promise<{ welcome: Welcome | undefined; socket: net.Socket; frames: string[] }> {
  const socket = net.connect({ host: '127.0.0.1', port })
  const reader = new FrameReader(1024)
  const frames: string[] = []
  socket.write(framed(encodeHello({ kind: 'peer', version: PROTOCOL_VERSION, clusterId: 'c1', from: 'n2', to: 'n1', protocol: 'raft', ...hello })))
  const welcome = await new Promise<Welcome | undefined>((resolve) => {
    let first = true
    socket.on('data', (chunk) => {
      reader.push(chunk, (frame) => {
        if (first) resolve(decodeWelcome(frame))
        else frames.push(Buffer.from(frame).toString())
        first = false
      })
    })
    socket.on('close', () => { resolve(undefined) })
    socket.on('error', () => { /* close follows */ })
  })
  onTestFinished(() => { socket.destroy() })
  return { welcome, socket, frames }
}

test('frames reach the peer in order, and the round trip is measured', async () => {
  const all = await members(2)
  const [one, two] = [await node('n1', all), await node('n2', all)]
  await connected(one, 'n2')
  for (let i = 0; i < 100; i += 1) one.transport.send('n2', Buffer.from(String(i)))
  await vi.waitFor(() => { expect(two.received).toHaveLength(100) })
  expect(two.received).toEqual(Array.from({ length: 100 }, (_, i) => `n1:${i}`))
  expect(one.transport.statistics()[0]?.bytesPerSecond).toBeGreaterThan(0)
  expect(one.transport.statistics()[0]?.silentForMs).toBeLessThan(1_000)
})

test('a peer that went and came back is dialled again', async () => {
  const all = await members(2)
  const one = await node('n1', all)
  const two = await node('n2', all)
  await connected(one, 'n2')
  await new Promise<void>((resolve) => { two.transport.close(resolve) })
  await vi.waitFor(() => { expect(one.transport.statistics()[0]).toMatchObject({ connected: false, rttMs: null }) })
  one.transport.send('n2', Buffer.from('into the void'))
  const again = await node('n2', all)
  await connected(one, 'n2')
  one.transport.send('n2', Buffer.from('hello'))
  await vi.waitFor(() => { expect(again.received).toEqual(['n1:hello']) })
})

test('whoever is of another cluster, version or node, or no member, is refused with the reason', async () => {
  const all = await members(2)
  await node('n1', all)
  const port = all[0]?.port ?? 0
  const cases: [Partial<Hello>, Welcome['refusal']][] = [
    [{ clusterId: 'c2' }, 'cluster'], [{ version: 9 }, 'version'], [{ to: 'n2' }, 'node'], [{ from: 'n7' }, 'stranger'], [{}, null],
    [{ kind: 'client', clusterId: '', to: '' }, null], [{ kind: 'client', clusterId: 'c2' }, 'cluster'],
    [{ protocol: 'paxos' }, 'protocol'], [{ kind: 'client', protocol: '' }, null], [{ kind: 'client', protocol: 'pbft' }, 'protocol'],
  ]
  for (const [hello, refusal] of cases) expect((await greet(port, hello)).welcome).toMatchObject({ refusal, clusterId: 'c1', nodeId: 'n1' })
})

test('where one answer decides nothing, a client has to know the protocol', async () => {
  const all = await members(1)
  await node('n1', all, { protocol: 'pbft', clientsMustKnow: true })
  const port = all[0]?.port ?? 0
  expect((await greet(port, { kind: 'client', from: '', protocol: '' })).welcome).toMatchObject({ refusal: 'protocol', protocol: 'pbft' })
  expect((await greet(port, { kind: 'client', from: '', protocol: 'pbft' })).welcome).toMatchObject({ refusal: null, protocol: 'pbft' })
})

test('members come and go while it runs', async () => {
  const all = await members(3)
  const [first, second] = [all.slice(0, 2), all]
  const [one, two] = [await node('n1', first), await node('n2', first)]
  await connected(one, 'n2')
  const three = await node('n3', second)
  for (const each of [one, two]) each.transport.setMembers(second)
  await connected(one, 'n3')
  await connected(three, 'n1')
  one.transport.send('n3', Buffer.from('welcome'))
  await vi.waitFor(() => { expect(three.received).toEqual(['n1:welcome']) })
  one.transport.setMembers(all.filter(({ nodeId }) => nodeId !== 'n2'))
  expect(one.transport.statistics().map(({ peerId }) => peerId)).toEqual(['n3'])
  expect((await greet(all[0]?.port ?? 0, { from: 'n2' })).welcome).toMatchObject({ refusal: 'stranger' })
})

test('a member that moved is dialled where it is now, and the rules for it hold on', async () => {
  const all = await members(2)
  const one = await node('n1', all)
  one.transport.setRules([{ to: 'n2', cut: false, latencyMs: 60, jitterMs: 0, loss: 0, bytesPerSecondMax: null }])
  const port = await freePort()
  const there = all.map((member, i) => (i === 1 ? { ...member, port } : member))
  await node('n2', there)
  one.transport.setMembers(there)
  await connected(one, 'n2')
  expect(one.transport.statistics()[0]?.rttMs).toBeGreaterThanOrEqual(55)
})

test('a dialler that is refused says so once, in words', async () => {
  const all = await members(2)
  await node('n2', all, { clusterId: 'c2' })
  const one = await node('n1', all)
  await vi.waitFor(() => { expect(one.warnings).toHaveLength(1) })
  expect(one.warnings[0]).toContain('belongs to cluster c2')
})

test('rubbish, a frame over the limit and a stranger to the protocol end the connection, not the node', async () => {
  const all = await members(2)
  const one = await node('n1', all)
  const port = all[0]?.port ?? 0
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\0', '\x03\0\0\0abc']) {
    const socket = net.connect({ host: '127.0.0.1', port })
    socket.on('error', () => { /* close follows */ })
    socket.write(bytes)
    await new Promise((resolve) => { socket.once('close', resolve) })
  }
  const client = await greet(port, { kind: 'client' })
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32LE(TCP_LIMITS.clientFrameBytesMax + 1)
  client.socket.write(prefix)
  await vi.waitFor(() => { expect(one.fromClients).toEqual(['closed']) })
})

test('clients arrive on the same listener and get their answers', async () => {
  const all = await members(1)
  const one = await node('n1', all)
  const client = await greet(all[0]?.port ?? 0, { kind: 'client', from: '' })
  client.socket.write(framed(Buffer.from('a')))
  client.socket.write(framed(Buffer.from('b')))
  await vi.waitFor(() => { expect(client.frames).toEqual(['re a', 're b']) })
  expect(one.fromClients).toEqual(['a', 'b'])
})

test('a cut shows as not connected at both ends, and heals', async () => {
  const all = await members(2)
  const [one, two] = [await node('n1', all), await node('n2', all)]
  await connected(one, 'n2')
  await connected(two, 'n1')
  one.transport.setRules([{ to: 'n2', cut: true, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }])
  one.transport.send('n2', Buffer.from('lost'))
  await vi.waitFor(() => { for (const each of [one, two]) expect(each.transport.statistics()[0]).toMatchObject({ connected: false, rttMs: null }) }, 5_000)
  one.transport.setRules([])
  await connected(one, 'n2')
  await connected(two, 'n1')
  expect(two.received).toEqual([])
})

test('a connection that was refused is closed in time, whatever it goes on to say', async () => {
  const all = await members(2)
  const one = await node('n1', all)
  const socket = net.connect({ host: '127.0.0.1', port: all[0]?.port ?? 0, allowHalfOpen: true })
  onTestFinished(() => { socket.destroy() })
  const hello = framed(encodeHello({ kind: 'peer', version: PROTOCOL_VERSION, clusterId: 'another', from: 'n2', to: 'n1', protocol: 'raft' }))
  const right = framed(encodeHello({ kind: 'client', version: PROTOCOL_VERSION, clusterId: 'c1', from: '', to: 'n1', protocol: '' }))
  const reader = new FrameReader(1024)
  const answers: Uint8Array[] = []
  let closed = false
  socket.on('error', () => { /* close follows */ }).once('close', () => { closed = true })
  socket.on('data', (chunk) => { reader.push(chunk, (frame) => { answers.push(frame) }) })
  socket.write(hello)
  await vi.waitFor(() => { expect(answers).toHaveLength(1) }, 2_000)
  const saying = setInterval(() => { socket.write(right) }, 50)
  await vi.waitFor(() => { expect(closed).toBe(true) }, TCP_LIMITS.helloTimeoutMs + 2_000)
  clearInterval(saying)
  expect(answers).toHaveLength(1)
  expect(one.fromClients).toEqual([])
})

test('a port in use is said so', async () => {
  const all = await members(1)
  await node('n1', all)
  const second = new TcpTransport({
    clusterId: 'c1', nodeId: 'n1', protocol: 'raft', clientsMustKnow: false, listen: { host: '127.0.0.1', port: all[0]?.port ?? 0 }, members: all, nowMs: () => 0, random: () => 0,
    log: { info: () => { /* quiet */ }, warn: () => { /* quiet */ }, error: () => { /* quiet */ } },
    onFrame: () => { /* none */ }, onClient: () => ({ onFrame: () => { /* none */ }, onClose: () => { /* none */ } }),
  })
  expect(await second.start()).toMatchObject({ ok: false, error: { code: 'port-in-use' } })
})
