import { status as Code, Metadata, type ServiceError } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { fromGrpc, fromSocket, fromTls } from './failure'
import { parseDebugVars } from './progress'
import { explain, greetingOf, splitEndpoint } from './transport'

describe('who answers', () => {
  test.each([
    ['HTTP/1.1 200 OK\r\n\r\n{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}', { kind: 'etcd', version: '3.4.23' }],
    ['HTTP/1.1 404 Not Found\r\nServer: nginx/1.22\r\n\r\n', { kind: 'http', what: 'an HTTP server (nginx/1.22, status 404 for /version)' }],
    ['HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n', { kind: 'expects-tls' }],
    ['\x15\x03\x01\x00\x02\x02\x16', { kind: 'expects-tls' }],
    ['SSH-2.0-OpenSSH_9.2\r\n', { kind: 'other', what: 'it says "SSH-2.0-OpenSSH_9.2.."' }],
    ['', { kind: 'silent' }],
  ])('%j', (bytes, greeting) => {
    expect(greetingOf(Buffer.from(bytes, 'latin1'))).toEqual(greeting)
  })

  test('endpoints', () => {
    expect(splitEndpoint('[fe80::1]:2379')).toEqual({ host: 'fe80::1', port: 2379 })
    expect(splitEndpoint('host:1')).toEqual({ host: 'host', port: 1 })
  })
})

const grpc = (code: Code, details: string): ServiceError => Object.assign(new Error(details), { code, details, metadata: new Metadata() })

describe('why it failed', () => {
  test.each([
    [grpc(Code.DEADLINE_EXCEEDED, 'Deadline exceeded'), 'unreachable', 'timeout'],
    [grpc(Code.UNAVAILABLE, 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1'), 'unreachable', 'refused'],
    [grpc(Code.INVALID_ARGUMENT, 'etcdserver: authentication failed, invalid user ID or password'), 'auth-failed', 'auth-failed'],
    [grpc(Code.INVALID_ARGUMENT, 'etcdserver: user name is empty'), 'auth-failed', 'auth-failed'],
    [grpc(Code.PERMISSION_DENIED, 'etcdserver: permission denied'), 'auth-failed', 'auth-failed'],
    [grpc(Code.FAILED_PRECONDITION, 'etcdserver: authentication is not enabled'), 'auth-failed', 'auth-failed'],
    [grpc(Code.UNIMPLEMENTED, 'unknown service'), 'not-etcd', 'unknown'],
  ])('%s', (error, code, reachability) => {
    expect(fromGrpc('a:1', error, 'status', 1_000)).toMatchObject({ code, reachability })
  })

  test.each([
    ['CERT_HAS_EXPIRED', 'has expired'], ['DEPTH_ZERO_SELF_SIGNED_CERT', 'not given'], ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'not issued by the CA'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'], ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'asks for a client certificate'],
  ])('%s', (code, words) => {
    const told = fromTls('a:1', Object.assign(new Error(code), { code }), false)
    expect(told.code).toBe('certificate-rejected')
    expect(told.message).toContain(words)
    expect(told.hint).not.toBe('')
  })

  test('an unknown name is told as one', () => {
    expect(fromSocket('nowhere.invalid:1', Object.assign(new Error('x'), { code: 'ENOTFOUND' }))).toMatchObject({ step: 'dns',
      code: 'unreachable' })
  })

  test('a port that speaks HTTP explains a failed question', () => {
    const failure = fromGrpc('a:1', grpc(Code.UNAVAILABLE, 'Connection dropped'), 'status', 1_000)
    expect(explain('a:1', { steps: [], trouble: null, greeting: { kind: 'http', what: 'an HTTP server' } }, failure).code).toBe('not-etcd')
    expect(explain('a:1', { steps: [], trouble: null, greeting: { kind: 'etcd', version: '3' } }, failure).code).toBe('unreachable')
  })
})

describe('/debug/vars', () => {
  test('numbers beyond 2^53 are read exactly', () => {
    const text = '{"cmdline":["etcd"],"memstats":{"a":{"b":1}},"raft.status":{"id":"8e","term":18446744073709551615,"raftState":"StateLeader",'
      + '"progress":{"8e":{"match":9007199254740993,"next":9007199254740994,"state":"StateReplicate"}},"leadtransferee":"0"},"z":1}'
    expect(parseDebugVars(text)).toEqual({
      raftState: 'StateLeader', term: 18446744073709551615n,
        progress: { '8e': { match: 9007199254740993n, next: 9007199254740994n, state: 'StateReplicate' } },
    })
  })

  test.each(['', '{}', '{"raft.status":', '{"raft.status":{"id":1}}', '{"raft.status": 7}'])('%j is none', (text) => {
    expect(parseDebugVars(text)).toBeNull()
  })
})
