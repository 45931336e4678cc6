import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fail, ok, type Result } from '../../../core/base'
import type { Channel, ClientMessage } from '../../../contract/wire'
import { connectToConsole, listenForControl, readConnectionFile, type ControlServer } from './index'

let directory: string
const servers: ControlServer[] = []
beforeEach(() => { directory = mkdtempSync(path.join(tmpdir(), 'quorate-control-')) })
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  rmSync(directory, { recursive: true, force: true })
})

/** A console that knows two calls. */
function serve(channel: Channel): void {
  channel.onMessage((received) => {
    const message = received as ClientMessage
    if (message.t !== 'call') return
    const answer: Result<unknown> = message.name === 'clusters.list' ? ok([{ id: 'a', big: 2n ** 63n }]) : fail('not-found',
      'No such cluster.', 'Look again.')
    channel.post(answer.ok ? { t: 'ok', id: message.id, value: answer.value } : { t: 'error', id: message.id, error: answer.error })
  })
}

async function start(dataDirectory = directory): Promise<ControlServer> {
  const listening = await listenForControl({ dataDirectory, version: '1.2.3', serve })
  if (!listening.ok) throw new Error(listening.error.message)
  servers.push(listening.value)
  return listening.value
}

describe('a console on a data directory', () => {
  test('is found, and answers calls with 64-bit numbers and failures intact', async () => {
    await start()
    const connection = await connectToConsole(directory)
    expect(connection).toMatchObject({ pid: process.pid, version: '1.2.3' })
    expect(await connection?.call('clusters.list', {})).toEqual(ok([{ id: 'a', big: 2n ** 63n }]))
    expect(await connection?.call('clusters.moment', { clusterId: 'x' })).toEqual(fail('not-found', 'No such cluster.', 'Look again.'))
    connection?.close()
  })

  test('lets only its owner near', async () => {
    const { socket } = await start()
    expect(statSync(path.join(directory, 'console.json')).mode & 0o777).toBe(0o600)
    expect(statSync(socket).mode & 0o777).toBe(0o600)
  })

  test('sends away whoever has no token', async () => {
    const { socket } = await start()
    const answered = await new Promise<string>((resolve) => {
      let text = ''
      const caller = connect(socket, () => caller.write('0'.repeat(64) + '\n{"t":"call","id":1,"name":"clusters.list","input":{}}\n'))
      caller.on('data', (part) => { text += part.toString() })
      caller.on('error', () => undefined)
      caller.on('close', () => { resolve(text) })
    })
    expect(answered).toBe('')
  })

  test('that stopped leaves nothing behind; one that was killed is not taken for alive', async () => {
    const server = await start()
    const left = readFileSync(path.join(directory, 'console.json'), 'utf8')
    await server.close()
    expect(existsSync(path.join(directory, 'console.json'))).toBe(false)
    expect(await connectToConsole(directory)).toBeNull()
    writeFileSync(path.join(directory, 'console.json'), left)
    writeFileSync(path.join(directory, 'console.sock'), '')
    expect(await connectToConsole(directory)).toBeNull()
    await start()
    expect(await connectToConsole(directory)).not.toBeNull()
  })

  test('in a folder with a long name', async () => {
    const long = mkdtempSync(path.join(directory, 'x'.repeat(90)))
    chmodSync(long, 0o700)
    await start(long)
    expect(await (await connectToConsole(long))?.call('clusters.list', {})).toMatchObject({ ok: true })
  })

  test('a connection file that is rubbish is none', () => {
    writeFileSync(path.join(directory, 'console.json'), '{"format":2}')
    expect(readConnectionFile(directory)).toBeNull()
  })

  test('that cannot be found, for its file cannot be written, is a failure that leaves no socket behind', async () => {
    mkdirSync(path.join(directory, 'console.json', 'in the way'), { recursive: true })
    const refused = await listenForControl({ dataDirectory: directory, version: '1', serve: () => undefined })
    expect(refused).toMatchObject({ ok: false, error: { code: 'listen-failed' } })
    expect(existsSync(path.join(directory, 'console.sock'))).toBe(false)
  })

  test('a call under way is told when the console goes', async () => {
    const server = await listenForControl({ dataDirectory: directory, version: '1', serve: () => undefined })
    if (!server.ok) throw new Error('no server')
    const connection = await connectToConsole(directory)
    const call = connection?.call('clusters.list', {})
    await server.value.close()
    expect(await call).toMatchObject({ ok: false, error: { code: 'disconnected' } })
  })
})
