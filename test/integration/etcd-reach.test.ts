/** How etcd is reached, or why it is not: TLS, passwords, wrong addresses. */
import fs from 'node:fs'
import { createServer } from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EtcdTarget } from '../../src/contract/engines'
import { probe } from '../../src/main/console/engines'
import { NO_SECRET_STORE, TEST_SECRET_STORE, testDomain } from './support/engines-domain'
import { EtcdTestCluster, etcdInstalled, makeCertificates, type EtcdFiles } from './support/etcd-cluster'
import { freePorts } from './support/ports'

const read = (file: string): string => fs.readFileSync(file, 'utf8')
const plain = (...endpoints: string[]): EtcdTarget => ({ endpoints, tls: null, auth: null })

async function outcomeOf(target: EtcdTarget) {
  const probed = await probe(target, Date.now)
  if (!probed.ok) return { code: probed.error.code as string, text: `${probed.error.message} ${probed.error.hint ?? ''}`, steps: [] }
  const { failure, report } = probed.value
  return { code: failure?.code ?? 'ok', text: `${failure?.message ?? ''} ${failure?.hint ?? ''}`, steps: report.steps }
}

async function listening(server: net.Server): Promise<string> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return `127.0.0.1:${String((server.address() as net.AddressInfo).port)}`
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-reach-'))
afterAll(() => { fs.rmSync(scratch, { recursive: true, force: true }) })

describe('what is not etcd', () => {
  test('a closed port is refused', async () => {
    const [port] = await freePorts(1)
    const outcome = await outcomeOf(plain(`127.0.0.1:${String(port)}`))
    expect(outcome.code).toBe('unreachable')
    expect(outcome.text).toContain('refuses connections')
    expect(outcome.steps.map((each) => [each.step, each.ok])).toEqual([['dns', true], ['tcp', false]])
  })

  test('a name that does not exist is told as such', async () => {
    const outcome = await outcomeOf(plain('no-such-host.invalid:2379'))
    expect(outcome.code).toBe('unreachable')
    expect(outcome.steps.at(-1)).toMatchObject({ step: 'dns', ok: false })
  })

  test('an HTTP server is named as one', async () => {
    const server = createServer((_question, answer) => { answer.writeHead(404, { server: 'nginx' }).end('no') })
    const endpoint = await listening(server)
    const outcome = await outcomeOf(plain(endpoint))
    expect(outcome.code).toBe('not-etcd')
    expect(outcome.text).toContain('nginx')
    server.close()
  })

  test('a server of another protocol is not etcd', async () => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => socket.end('-ERR unknown command\r\n'))
    })
    const outcome = await outcomeOf(plain(await listening(server)))
    expect(outcome.code).toBe('not-etcd')
    server.close()
  })
})

describe.skipIf(!etcdInstalled())('etcd with TLS and client certificates', () => {
  let files: EtcdFiles
  let etcd: EtcdTestCluster
  beforeAll(async () => {
    files = makeCertificates(path.join(scratch, 'tls'))
    etcd = await EtcdTestCluster.start({ tls: files, clientCertificates: true })
  })
  afterAll(async () => { await etcd.close() })
  const target = (change: Partial<NonNullable<EtcdTarget['tls']>> = {}): EtcdTarget => ({
    endpoints: etcd.endpoints, auth: null,
    tls: { ca: read(files.ca), certificate: read(files.clientCertificate), key: read(files.clientKey), serverName: null, ...change },
  })

  test('with the right CA and certificate every member answers, and the leader tells its followers', async () => {
    const { engines, records } = testDomain()
    const attached = await engines.handlers['engines.attach']({ name: 'secure', target: target() })
    if (!attached.ok) throw new Error(attached.error.message)
    const observations = await engines.observeAll(attached.value.id)
    expect(observations.map((each) => each.reachability)).toEqual(['ok', 'ok', 'ok'])
    expect(observations.flatMap((each) => each.groups[0]?.peers ?? []).map((peer) => peer.flow)).toEqual(['replicate', 'replicate'])
    expect(JSON.stringify([...records.values()])).not.toContain('PRIVATE KEY')
    const again = await engines.handlers['engines.attach']({ name: 'the same', target: target() })
    expect(again).toMatchObject({ ok: false, error: { code: 'already-attached' } })
    const told = await engines.handlers['engines.target']({ clusterId: attached.value.id })
    expect(told).toMatchObject({ ok: true, value: { secretsHeld: 'kept', target: { tls: { key: null } } } })
    engines.close()
  })

  test('paths do as well as text', async () => {
    expect((await outcomeOf(target({ ca: files.ca, certificate: files.clientCertificate, key: files.clientKey }))).code).toBe('ok')
  })

  test('another name is verified where it is given', async () => {
    expect((await outcomeOf(target({ serverName: 'etcd.test' }))).code).toBe('ok')
    const wrong = await outcomeOf(target({ serverName: 'other.test' }))
    expect(wrong.code).toBe('certificate-rejected')
    expect(wrong.text).toContain('another name')
  })

  test('the CA of another cluster', async () => {
    const other = makeCertificates(path.join(scratch, 'other'))
    const outcome = await outcomeOf(target({ ca: read(other.ca) }))
    expect(outcome.code).toBe('certificate-rejected')
    expect(outcome.text).toContain('CA')
  })

  test('no client certificate', async () => {
    const outcome = await outcomeOf(target({ certificate: null, key: null }))
    expect(outcome.code).toBe('certificate-rejected')
    expect(outcome.text).toContain('asks for a client certificate')
  })

  test('a client certificate of another CA', async () => {
    const other = makeCertificates(path.join(scratch, 'other-client'))
    const outcome = await outcomeOf(target({ certificate: read(other.clientCertificate), key: read(other.clientKey) }))
    expect(outcome.code).toBe('certificate-rejected')
    expect(outcome.text).toContain('rejects the client certificate')
  })

  test('a certificate and a key that do not belong together', async () => {
    const outcome = await outcomeOf(target({ key: read(files.serverKey) }))
    expect(outcome.code).toBe('bad-certificate')
  })

  test('without TLS', async () => {
    const outcome = await outcomeOf({ ...target(), tls: null })
    expect(outcome.code).toBe('tls-failed')
    expect(outcome.text).toContain('expects TLS')
  })

  test('a certificate file that is gone is told, and read again once it is back', async () => {
    const own = path.join(scratch, 'renewed.pem')
    fs.copyFileSync(files.clientCertificate, own)
    const first = testDomain()
    const attached = await first.engines.handlers['engines.attach']({ name: 'secure',
      target: target({ ca: files.ca, certificate: own, key: files.clientKey }) })
    if (!attached.ok) throw new Error(attached.error.message)
    first.engines.close()
    fs.rmSync(own)
    let aheadMs = 0
    const { engines } = testDomain(TEST_SECRET_STORE, first.records, () => Date.now() + aheadMs)
    await engines.resume()
    const without = await engines.observeAll(attached.value.id)
    expect(without.map((each) => each.reachability)).toEqual(['auth-failed', 'auth-failed', 'auth-failed'])
    expect(without[0]?.reason).toContain('client certificate file cannot be read')
    fs.copyFileSync(files.clientCertificate, own)
    aheadMs = 61_000
    expect((await engines.observeAll(attached.value.id)).map((each) => each.reachability)).toEqual(['ok', 'ok', 'ok'])
    engines.close()
  })

  test('two attachments of one cluster at the same time make one', async () => {
    const { engines } = testDomain()
    const both = await Promise.all(['one', 'two'].map((name) => engines.handlers['engines.attach']({ name, target: target() })))
    expect(both.map((each) => each.ok)).toEqual([true, false])
    expect(engines.list()).toHaveLength(1)
    engines.close()
  })
})

describe('a certificate that is no good', () => {
  const probeServer = async (options: TlsOptions, ca: string | null) => {
    const server = createTlsServer(options)
    server.on('tlsClientError', () => undefined)
    const outcome = await outcomeOf({ endpoints: [await listening(server)], auth: null,
      tls: { ca, certificate: null, key: null, serverName: null } })
    server.close()
    return outcome
  }

  test('expired', async () => {
    const files = makeCertificates(path.join(scratch, 'expired'), { serverDays: -1 })
    const outcome = await probeServer({ cert: read(files.serverCertificate), key: read(files.serverKey) }, read(files.ca))
    expect(outcome.code).toBe('certificate-rejected')
    expect(outcome.text).toContain('has expired')
  })

  test('of an authority that was not given', async () => {
    const files = makeCertificates(path.join(scratch, 'unknown'))
    const outcome = await probeServer({ cert: read(files.serverCertificate), key: read(files.serverKey) }, null)
    expect(outcome.code).toBe('certificate-rejected')
    expect(outcome.text).toContain('CA')
  })

  test('a plain server where TLS is expected', async () => {
    const server = createServer((_question, answer) => { answer.end('hello') })
    const outcome = await outcomeOf({ endpoints: [await listening(server)], auth: null,
      tls: { ca: null, certificate: null, key: null, serverName: null } })
    expect(outcome.code).toBe('tls-failed')
    expect(outcome.text).toContain('does not speak TLS')
    server.close()
  })

  test('a client certificate that has expired is not even sent', async () => {
    const files = makeCertificates(path.join(scratch, 'expired-client'), { serverDays: -1 })
    const tls = { ca: read(files.ca), certificate: read(files.serverCertificate), key: read(files.serverKey), serverName: null }
    const outcome = await outcomeOf({ endpoints: ['127.0.0.1:1'], auth: null, tls })
    expect(outcome.code).toBe('bad-certificate')
    expect(outcome.text).toContain('expired on')
  })

  test('no PEM at all', async () => {
    const outcome = await outcomeOf({ endpoints: ['127.0.0.1:1'], auth: null,
      tls: { ca: path.join(scratch, 'absent.pem'), certificate: null, key: null, serverName: null } })
    expect(outcome.code).toBe('bad-certificate')
  })
})

describe.skipIf(!etcdInstalled())('etcd with users', () => {
  let etcd: EtcdTestCluster
  beforeAll(async () => {
    etcd = await EtcdTestCluster.start()
    for (const argv of [['user', 'add', 'root:s3cret-root'], ['role', 'add', 'root'], ['user', 'grant-role', 'root', 'root'], ['auth', 'enable']]) {
      const done = etcd.ctl(argv)
      if (done.status !== 0) throw new Error(done.stderr)
    }
  })
  afterAll(async () => { await etcd.close() })
  const target = (password: string): EtcdTarget => ({ endpoints: etcd.endpoints, tls: null, auth: { user: 'root', password } })

  test('the right password', async () => {
    const outcome = await outcomeOf(target('s3cret-root'))
    expect(outcome.code).toBe('ok')
    expect(outcome.steps.filter((each) => each.step === 'auth').map((each) => each.ok)).toEqual([true, true, true])
  })

  test('the wrong password', async () => {
    const outcome = await outcomeOf(target('wrong-one'))
    expect(outcome.code).toBe('auth-failed')
    expect(outcome.text).toContain('password')
    expect(outcome.text).not.toContain('wrong-one')
  })

  test('kept in the secret store, the password survives a restart and is nowhere in clear', async () => {
    const first = testDomain(TEST_SECRET_STORE)
    const attached = await first.engines.handlers['engines.attach']({ name: 'guarded', target: target('s3cret-root') })
    if (!attached.ok) throw new Error(attached.error.message)
    first.engines.close()
    expect(JSON.stringify([...first.records.values()])).not.toContain('s3cret-root')
    const second = testDomain(TEST_SECRET_STORE, first.records)
    await second.engines.resume()
    expect((await second.engines.observeAll(attached.value.id)).map((each) => each.reachability)).toEqual(['ok', 'ok', 'ok'])
    second.engines.close()
    expect([...first.logged, ...second.logged].join()).not.toContain('s3cret-root')
  })

  test('without a secret store it has to be given again after a restart, and the members are known all the while', async () => {
    const first = testDomain(NO_SECRET_STORE)
    const attached = await first.engines.handlers['engines.attach']({ name: 'guarded', target: target('s3cret-root') })
    if (!attached.ok) throw new Error(attached.error.message)
    const clusterId = attached.value.id
    expect(await first.engines.handlers['engines.target']({ clusterId })).toMatchObject({ value: { secretsHeld: 'memory',
      target: { auth: { password: '' } } } })
    first.engines.close()
    const second = testDomain(NO_SECRET_STORE, first.records)
    await second.engines.resume()
    const silent = await second.engines.observeAll(clusterId)
    expect(silent.map((each) => each.reachability)).toEqual(['auth-failed', 'auth-failed', 'auth-failed'])
    expect(silent[0]?.reason).toContain('Enter it again')
    expect(await second.engines.handlers['engines.authenticate']({ clusterId, target: target('no') })).toMatchObject({ ok: false,
      error: { code: 'auth-failed' } })
    expect(await second.engines.handlers['engines.authenticate']({ clusterId, target: target('s3cret-root') })).toEqual({ ok: true, value: null })
    expect((await second.engines.observeAll(clusterId)).map((each) => each.reachability)).toEqual(['ok', 'ok', 'ok'])
    second.engines.close()
  })

  test('endpoints of two clusters are not one', async () => {
    const other = await EtcdTestCluster.start({ members: 1 })
    const outcome = await outcomeOf({ ...target('s3cret-root'), auth: null, endpoints: [...etcd.endpoints, ...other.endpoints] })
    expect(outcome.code).toBe('different-clusters')
    await other.close()
  })
})
