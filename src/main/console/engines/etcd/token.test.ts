/** Tokens, against a server that speaks etcd's API and insists on them (3.4 itself answers Status without). */
import { Server, ServerCredentials, status as Code, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js'
import { afterEach, describe, expect, test } from 'vitest'
import { Member } from './ask'
import { SERVICES } from './protocol'

interface Fake {
  readonly endpoint: string
  /** Every token given out so far is worth nothing any more. */
  revoke(): void
  /** How often a token was asked for. */
  readonly authenticated: () => number
  stop(): void
}

const fakes: Fake[] = []
const members: Member[] = []
afterEach(() => {
  for (const member of members.splice(0)) member.close()
  for (const fake of fakes.splice(0)) fake.stop()
})

async function fakeEtcd(password: string): Promise<Fake> {
  let issued = 0
  let asked = 0
  let valid = new Set<string>()
  const server = new Server()
  const header = { cluster_id: '1', member_id: '18446744073709551615' }
  const guarded = (answer: object) => (call: ServerUnaryCall<object, object>, done: sendUnaryData<object>): void => {
    const token = call.metadata.get('token')[0]
    if (typeof token === 'string' && valid.has(token)) done(null, answer)
    else done({ code: Code.UNAUTHENTICATED, details: 'etcdserver: invalid auth token' })
  }
  server.addService(SERVICES.auth, {
    Authenticate: (call: ServerUnaryCall<{ password: string }, object>, done: sendUnaryData<object>) => {
      asked += 1
      if (call.request.password !== password) { done({ code: Code.INVALID_ARGUMENT,
        details: 'etcdserver: authentication failed, invalid user ID or password' }); return }
      issued += 1
      valid.add(`token-${String(issued)}`)
      done(null, { header, token: `token-${String(issued)}` })
    },
  })
  server.addService(SERVICES.maintenance,
    { Status: guarded({ header, version: '3.5.9', leader: '7', raftTerm: '3', raftIndex: '9', raftAppliedIndex: '9' }) })
  server.addService(SERVICES.cluster, { MemberList: guarded({ header, members: [] }) })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(),
      (error, bound) => { if (error === null) resolve(bound); else reject(error) })
  })
  const fake: Fake = {
    endpoint: `127.0.0.1:${String(port)}`, revoke: () => { valid = new Set() }, authenticated: () => asked, stop: () => { server.forceShutdown() },
  }
  fakes.push(fake)
  return fake
}

function memberOf(fake: Fake, password: string): Member {
  const member = new Member(fake.endpoint, null, { user: 'root', password })
  members.push(member)
  return member
}

describe('a member that wants a token', () => {
  test('gets one, once', async () => {
    const fake = await fakeEtcd('right')
    const member = memberOf(fake, 'right')
    expect(await member.ask(2_000)).toMatchObject({ ok: true, answer: { status: { header: { member_id: 'ffffffffffffffff' } } } })
    await member.ask(2_000)
    expect(fake.authenticated()).toBe(1)
  })

  test('and a new one when it no longer takes the old', async () => {
    const fake = await fakeEtcd('right')
    const member = memberOf(fake, 'right')
    await member.ask(2_000)
    fake.revoke()
    expect((await member.ask(2_000)).ok).toBe(true)
    expect(fake.authenticated()).toBe(2)
  })

  test('a wrong password is told as such, and not tried again and again', async () => {
    const fake = await fakeEtcd('right')
    const member = memberOf(fake, 'wrong')
    for (let i = 0; i < 3; i += 1) {
      const outcome = await member.ask(2_000)
      expect(outcome).toMatchObject({ ok: false, trouble: { code: 'auth-failed', reachability: 'auth-failed',
        message: expect.stringContaining('user name or the password') as unknown } })
      expect(JSON.stringify(outcome)).not.toContain('wrong')
    }
    expect(fake.authenticated()).toBe(1)
  })
})
