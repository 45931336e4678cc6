/**
 * A real etcd cluster on loopback, for tests. Every member is a child process with its own folder; `close` ends them all and
 * removes the folders. A test that was itself killed leaves no etcd behind for long: members are ended when this process exits.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { freePorts } from './ports'
import { until } from './until'

export interface EtcdFiles {
  readonly ca: string
  readonly serverCertificate: string
  readonly serverKey: string
  readonly clientCertificate: string
  readonly clientKey: string
}

export interface EtcdOptions {
  readonly members?: number
  readonly tls?: EtcdFiles
  /** Clients must show a certificate of the CA. */
  readonly clientCertificates?: boolean
  readonly quotaBytes?: number
}

export interface EtcdMemberProcess {
  readonly name: string
  readonly clientPort: number
  readonly peerPort: number
  /** host:port */
  readonly endpoint: string
  readonly directory: string
  process: ChildProcess | null
}

const ETCD = process.env['ETCD_BINARY'] ?? 'etcd'
const READY_TIMEOUT_MS = 30_000

/** Says how to install it where it is missing; tests skip on the answer. */
export function etcdInstalled(): boolean {
  const missing = [[ETCD, '--version'], ['etcdctl', 'version'], ['openssl', 'version']].filter(([command = '', argument = '']) => spawnSync(command, [argument]).status !== 0)
  if (missing.length === 0) return true
  console.warn(`SKIPPED: this machine lacks ${missing.map(([command]) => command).join(', ')}. Install with: apt-get install etcd-server etcd-client openssl`)
  return false
}

export class EtcdTestCluster {
  readonly members: EtcdMemberProcess[] = []
  readonly directory: string
  readonly options: EtcdOptions
  readonly #token = `quorate-test-${String(process.pid)}-${Math.random().toString(36).slice(2)}`
  readonly #onExit = (): void => { this.#killAll() }

  private constructor(options: EtcdOptions) {
    this.options = options
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-etcd-'))
    process.once('exit', this.#onExit)
  }

  static async start(options: EtcdOptions = {}): Promise<EtcdTestCluster> {
    const cluster = new EtcdTestCluster(options)
    const count = options.members ?? 3
    const ports = await freePorts(count * 2)
    for (let i = 0; i < count; i += 1) cluster.#add(`n${String(i + 1)}`, ports[i * 2] ?? 0, ports[i * 2 + 1] ?? 0)
    for (const member of cluster.members) cluster.spawn(member, 'new')
    try {
      await cluster.ready()
    } catch (error) {
      await cluster.close()
      throw error
    }
    return cluster
  }

  get endpoints(): string[] {
    return this.members.map((member) => member.endpoint)
  }

  member(name: string): EtcdMemberProcess {
    const found = this.members.find((member) => member.name === name)
    if (found === undefined) throw new Error(`no member ${name}`)
    return found
  }

  /** Until every running member takes writes. */
  async ready(): Promise<void> {
    await until('etcd takes writes', READY_TIMEOUT_MS, () => this.ctl(['endpoint', 'health', '--command-timeout=2s']).status === 0)
  }

  spawn(member: EtcdMemberProcess, state: 'new' | 'existing', flags: readonly string[] = []): void {
    const scheme = this.options.tls === undefined ? 'http' : 'https'
    const client = `${scheme}://${member.endpoint}`
    const peer = (each: EtcdMemberProcess): string => `http://127.0.0.1:${String(each.peerPort)}`
    const tls = this.options.tls
    const log = fs.openSync(path.join(this.directory, `${member.name}.log`), 'a')
    const child = spawn(ETCD, [
      '--name', member.name, '--data-dir', member.directory,
      '--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer(member), '--initial-advertise-peer-urls',
      peer(member),
      '--initial-cluster', this.members.map((each) => `${each.name}=${peer(each)}`).join(','), '--initial-cluster-state', state,
      '--initial-cluster-token', this.#token, '--heartbeat-interval', '50', '--election-timeout', '500', '--logger', 'zap',
      ...(this.options.quotaBytes === undefined ? [] : ['--quota-backend-bytes', String(this.options.quotaBytes)]),
      ...(tls === undefined ? [] : ['--cert-file', tls.serverCertificate, '--key-file', tls.serverKey, '--trusted-ca-file', tls.ca]),
      ...(this.options.clientCertificates === true ? ['--client-cert-auth'] : []),
      ...flags,
    ], { stdio: ['ignore', log, log] })
    fs.closeSync(log)
    member.process = child
  }

  /** Adds a learner and starts it. */
  async addLearner(name: string): Promise<EtcdMemberProcess> {
    const [clientPort = 0, peerPort = 0] = await freePorts(2)
    // Membership changes are refused for some seconds after a start ("unhealthy cluster").
    await until('the learner is taken in', 20_000,
      () => this.ctl(['member', 'add', name, '--learner', `--peer-urls=http://127.0.0.1:${String(peerPort)}`]).status === 0)
    const member = this.#add(name, clientPort, peerPort)
    this.spawn(member, 'existing')
    return member
  }

  /** SIGKILL; resolves once the process is gone. */
  async kill(name: string): Promise<void> {
    const member = this.member(name)
    const child = member.process
    member.process = null
    if (child === null || child.exitCode !== null) return
    const gone = new Promise((resolve) => { child.once('exit', resolve) })
    child.kill('SIGKILL')
    await gone
  }

  signal(name: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.member(name).process?.kill(signal)
  }

  restart(name: string): void {
    this.spawn(this.member(name), 'existing')
  }

  /** etcdctl against the members that run. */
  ctl(argv: readonly string[], input?: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
    const tls = this.options.tls
    const scheme = tls === undefined ? 'http' : 'https'
    const running = this.members.filter((member) => member.process !== null && member.name.startsWith('n'))
    const done = spawnSync('etcdctl', [
      '--endpoints', running.map((member) => `${scheme}://${member.endpoint}`).join(','),
      ...(tls === undefined ? [] : ['--cacert', tls.ca, '--cert', tls.clientCertificate, '--key', tls.clientKey]),
      ...argv,
    ], { encoding: 'utf8', env: { ...process.env, ETCDCTL_API: '3' }, timeout: 20_000, ...(input === undefined ? {} : { input }) })
    return { status: done.status, stdout: done.stdout, stderr: done.stderr }
  }

  async close(): Promise<void> {
    for (const member of this.members) {
      if (member.process !== null) this.signal(member.name, 'SIGCONT')
      await this.kill(member.name)
    }
    process.off('exit', this.#onExit)
    fs.rmSync(this.directory, { recursive: true, force: true })
  }

  #add(name: string, clientPort: number, peerPort: number): EtcdMemberProcess {
    const member = { name, clientPort, peerPort, endpoint: `127.0.0.1:${String(clientPort)}`, directory: path.join(this.directory, name),
      process: null }
    this.members.push(member)
    return member
  }

  #killAll(): void {
    for (const member of this.members) member.process?.kill('SIGKILL')
    fs.rmSync(this.directory, { recursive: true, force: true })
  }
}

/** A CA, a server certificate for loopback and a client certificate, made with the openssl command. */
export function makeCertificates(directory: string, options: { readonly serverDays?: number } = {}): EtcdFiles {
  fs.mkdirSync(directory, { recursive: true })
  const file = (name: string): string => path.join(directory, name)
  const openssl = (...argv: string[]): void => { execFileSync('openssl', argv, { stdio: 'pipe' }) }
  const key = (name: string): void => { openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file(`${name}.key`)) }
  key('ca')
  openssl('req', '-x509', '-new', '-key', file('ca.key'), '-days', '3650', '-subj', '/CN=Test CA', '-out', file('ca.pem'))
  const issue = (name: string, subject: string, extensions: string, days: number): void => {
    key(name)
    fs.writeFileSync(file(`${name}.ext`), extensions)
    openssl('req', '-new', '-key', file(`${name}.key`), '-subj', subject, '-out', file(`${name}.csr`))
    openssl('x509', '-req', '-in', file(`${name}.csr`), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', String(days),
      '-extfile', file(`${name}.ext`), '-out', file(`${name}.pem`))
  }
  issue('server', '/CN=etcd', 'subjectAltName=IP:127.0.0.1,DNS:etcd.test\nextendedKeyUsage=serverAuth,clientAuth\n', options.serverDays ?? 3650)
  issue('client', '/CN=quorate', 'extendedKeyUsage=clientAuth\n', 3650)
  return {
    ca: file('ca.pem'), serverCertificate: file('server.pem'), serverKey: file('server.key'), clientCertificate: file('client.pem'),
    clientKey: file('client.key'),
  }
}
