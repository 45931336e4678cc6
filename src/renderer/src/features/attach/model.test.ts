import { describe, expect, it } from 'vitest'
import { EMPTY_FORM, endpointsOf, errorsOf, formOf, targetOf, type AttachForm } from './model'

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
const form = (part: Partial<AttachForm>): AttachForm => ({ ...EMPTY_FORM, name: 'orders', endpoints: '127.0.0.1:2379', ...part })

describe('endpoints', () => {
  it('are parted by lines, commas and blanks, each once', () => {
    expect(endpointsOf('a:1, b:2\n c:3;a:1')).toEqual(['a:1', 'b:2', 'c:3'])
  })
  it.each([
    ['', { key: 'endpoints' }], ['https://host:2379', { key: 'scheme', text: 'https://host:2379' }], ['host', { key: 'endpoint', text: 'host' }],
    ['host:0', { key: 'endpoint', text: 'host:0' }], ['host:70000', { key: 'endpoint', text: 'host:70000' }], ['user@host:1', { key: 'endpoint', text: 'user@host:1' }],
  ])('%j is refused with its reason', (endpoints, error) => expect(errorsOf(form({ endpoints }), true).endpoints).toEqual(error))
  it.each(['localhost:2379', '[::1]:2379', 'etcd-0.etcd.svc:2379'])('%s is taken', (endpoints) => expect(errorsOf(form({ endpoints }), true)).toEqual({}))
})

describe('TLS', () => {
  it('wants certificate and key together', () => {
    expect(errorsOf(form({ transport: 'tls', certificate: PEM }), true)).toEqual({ key: { key: 'pair' } })
    expect(errorsOf(form({ transport: 'tls', key: PEM }), true)).toEqual({ certificate: { key: 'pair' } })
    expect(errorsOf(form({ transport: 'tls', certificate: PEM, key: PEM }), true)).toEqual({})
  })
  it('wants PEM text', () => expect(errorsOf(form({ transport: 'tls', ca: 'nonsense' }), true)).toEqual({ ca: { key: 'pem' } }))
  it('is not sent where plain was chosen, even if fields were filled before', () => {
    expect(targetOf(form({ transport: 'plain', ca: PEM })).tls).toBeNull()
  })
})

describe('the target', () => {
  it('holds null for what was left empty, never an empty text', () => {
    expect(targetOf(form({ transport: 'tls', withAuth: true, user: ' root ', password: ' p ' }))).toEqual({
      endpoints: ['127.0.0.1:2379'], tls: { ca: null, certificate: null, key: null, serverName: null }, auth: { user: 'root', password: ' p ' },
    })
  })
  it('comes back into the form without its secrets', () => {
    const again = formOf({ endpoints: ['a:1', 'b:2'], tls: { ca: PEM, certificate: null, key: null, serverName: 'etcd' }, auth: { user: 'root', password: '' } })
    expect(again).toMatchObject({ endpoints: 'a:1\nb:2', transport: 'tls', ca: PEM, serverName: 'etcd', withAuth: true, user: 'root', password: '' })
  })
})
