import { request } from 'node:http'
import { createServer } from 'node:net'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { WebSocket } from 'ws'
import { beforeAll, describe, expect, it } from 'vitest'
import { LOOPBACK_PROTOCOL, LOOPBACK_SOCKET_PATH, loopbackProtocols, tokenInFragment } from '../../src/contract/loopback'
import { WIRE_LIMITS } from '../../src/contract/wire'
import { bundle, type Bundle } from './support/bundle'
import { clientOf, createCluster, untilState, value } from './support/console'
import { temporaryFolder } from './support/folders'
import { spawnServe, startServe, type ServeProcess } from './support/serve-process'
import { until } from './support/until'

let built: Bundle
beforeAll(async () => {
  built = await bundle()
  return () => built.remove()
})
const start = (folder = temporaryFolder(), ...args: string[]): Promise<ServeProcess> => startServe(built, ['--data', folder, '--no-sandbox-cluster', ...args])
const tokenOf = (serve: ServeProcess): string => tokenInFragment(new URL(serve.url).hash) ?? ''

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}
const get = (port: number, target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: target, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => void (body += text)).on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject).end()
  })

/** 'open', or the status with which the upgrade was refused. */
const connect = (port: number, protocols: readonly string[], headers: Record<string, string> = {}, target = LOOPBACK_SOCKET_PATH): Promise<'open' | number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`, [...protocols], { headers })
    socket.on('open', () => {
      socket.close()
      resolve('open')
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', reject)
  })

describe('quorate serve', () => {
  it('listens on loopback only', async () => {
    const { port } = await start()
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n')).map((line) => line.trim().split(/\s+/))
    const listening = lines.filter((columns) => columns[3] === '0A' && columns[1]?.endsWith(`:${hex}`)).map((columns) => columns[1])
    expect(listening).toEqual([`0100007F:${hex}`])
  })

  it('serves the window with a strict policy, and nothing that a cache or another site could use', async () => {
    const { port } = await start()
    const page = await get(port, '/')
    expect(page.status).toBe(200)
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY',
    })
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port}`)
    expect(policy).not.toContain('unsafe')
    expect(page.body).toContain(/nonce-([^']+)'/.exec(policy)?.[1])
    for (const answer of [page, await get(port, '/', { Origin: `http://127.0.0.1:${port}` })]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('refuses foreign hosts, origins, methods and paths', async () => {
    const { port } = await start()
    const status = async (target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> => (await get(port, target, headers, method)).status
    expect(await status('/', { Host: 'evil.example' })).toBe(403)
    expect(await status('/', { Host: `evil.example:${port}` })).toBe(403)
    expect(await status('/', { Host: `127.0.0.1:${port + 1}` })).toBe(403)
    expect(await status('/', { Host: `localhost:${port}` })).toBe(200)
    for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${port}`, `http://127.0.0.1:${port}.evil.example`]) expect(await status('/', { Origin: origin })).toBe(403)
    expect(await status('/', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' })).toBe(403)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(await status('/', {}, method)).toBe(405)
    for (const target of ['/../package.json', '/..%2fpackage.json', '/nowhere.js', '//evil.example/']) expect(await status(target)).toBe(404)
    expect(await status(LOOPBACK_SOCKET_PATH)).toBe(426)
  })

  it('opens a WebSocket only with the token of this run, for its own origin', async () => {
    const serve = await start()
    const { port } = serve
    const right = loopbackProtocols(tokenOf(serve))
    expect(tokenOf(serve)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await connect(port, right)).toBe('open')
    expect(await connect(port, right, { Origin: `http://localhost:${port}` })).toBe('open')
    expect(await connect(port, right, { Origin: 'http://evil.example' })).toBe(403)
    expect(await connect(port, right, { Host: 'evil.example' })).toBe(403)
    for (const wrong of [[LOOPBACK_PROTOCOL], [LOOPBACK_PROTOCOL, 'token.'], loopbackProtocols('A'.repeat(43)), [`token.${tokenOf(serve)}`]]) expect(await connect(port, wrong)).toBe(401)
    expect(await connect(port, right, {}, '/elsewhere')).toBe(404)
    expect((await start()).url).not.toContain(tokenOf(serve))
  })

  it('never says its token but once', async () => {
    const serve = await start()
    await connect(serve.port, loopbackProtocols(tokenOf(serve)))
    await connect(serve.port, loopbackProtocols('wrong'))
    serve.process.kill('SIGTERM')
    await serve.exit
    expect(serve.output().split(tokenOf(serve))).toHaveLength(2)
  })

  it('closes a connection that sends too much or what is no message, and lives on', async () => {
    const serve = await start()
    for (const message of ['x'.repeat(WIRE_LIMITS.messageBytesMax + 1), 'not json', '{"t":', Buffer.from([1, 2, 3])]) {
      const socket = new WebSocket(`ws://127.0.0.1:${serve.port}${LOOPBACK_SOCKET_PATH}`, [...loopbackProtocols(tokenOf(serve))])
      const closed = new Promise<number>((resolve) => socket.on('close', resolve))
      socket.on('error', () => {})
      socket.on('open', () => socket.send(message))
      expect([1007, 1009, 1006]).toContain(await closed)
    }
    expect(value(await clientOf(serve.url).call('system.status', {}))).toMatchObject({ transport: 'loopback' })
  })

  it('is the whole console to a page: a cluster is created, seen, and streamed', async () => {
    const serve = await start()
    const client = clientOf(serve.url)
    const moments: string[] = []
    client.open('clusters.moments', {}, (moment) => void moments.push(moment.clusterId))
    const { id } = await createCluster(client, 3)
    await untilState(client, id, 'quorate')
    await until('moments on the stream', 5_000, () => moments.filter((each) => each === id).length > 6)
    expect(await client.call('sandbox.create', { name: '', nodes: 3 })).toMatchObject({ error: { code: 'invalid-input' } })
  })

  it('says which port is in use, by whom, and which option helps', async () => {
    const taken = createServer()
    const port = await new Promise<number>((resolve) => taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)))
    const { output, exit } = spawnServe(built, ['--data', temporaryFolder(), '--no-sandbox-cluster', '--port', String(port)])
    expect(await exit).toMatchObject({ code: 1 })
    expect(output()).toContain(`Port ${port} on 127.0.0.1 is in use by process ${process.pid}`)
    expect(output()).toContain('--port N')
    taken.close()
    const wrong = spawnServe(built, ['--port', 'eighty'])
    expect(await wrong.exit).toMatchObject({ code: 2 })
    expect(wrong.output()).toContain('--port eighty is not a port')
  })

  it('lets one console into a data folder, says who has it, and is never blocked by a dead one', async () => {
    const folder = temporaryFolder()
    let serve = await start(folder)
    const second = spawnServe(built, ['--data', folder])
    expect(await second.exit).toMatchObject({ code: 1 })
    expect(second.output()).toContain(`is in use by quorate serve (process ${serve.pid})`)
    for (let round = 0; round < 5; round += 1) {
      serve.process.kill('SIGKILL')
      await serve.exit
      serve = await start(folder)
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(path.join(folder, 'clusters.json'), { throwIfNoEntry: false })?.mode ?? 0o600).toSatisfy((mode: number) => (mode & 0o077) === 0)
  })

  it('has no files for others to read', async () => {
    const folder = temporaryFolder()
    const serve = await start(folder)
    const client = clientOf(serve.url)
    const { id } = await createCluster(client, 1)
    await untilState(client, id, 'at-risk')
    value(await client.call('system.setSettings', { theme: 'dark' }))
    for (const name of ['.', 'clusters.json', 'settings.json', 'console.lock', 'sandboxes', `sandboxes/${id}`, `sandboxes/${id}/cluster.json`]) {
      expect(statSync(path.join(folder, name)).mode & 0o077, name).toBe(0)
    }
  })
})
