import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, pageWithNonce } from '../../contract/csp'
import { readArguments } from './arguments'
import { childEnvironment } from './environment'
import { externalLink } from './links'
import { isAppUrl, isSamePage } from './origin'
import { RestartLimit } from './restart-limit'
import { senderProblem } from './sender'

describe('links that leave the app', () => {
  it('are https links, written plainly', () => {
    expect(externalLink('https://etcd.io/docs/')).toBe('https://etcd.io/docs/')
    expect(externalLink('https://example.com:8443/a?b=c#d')).toBe('https://example.com:8443/a?b=c#d')
  })

  it.each([
    'http://example.com/', 'file:///etc/passwd', 'smb://host/share', 'javascript:alert(1)', 'ms-msdt:/id', 'data:text/html,x', 'vbscript:x', 'mailto:a@example.com',
    '\\\\host\\share', '//example.com/', 'https:example.com', 'https:/example.com', 'https:///etc/passwd', 'https://', 'https://user@example.com/', 'https://user:secret@example.com/',
    'https://example.com@evil.example/', 'https://@evil.example/', 'https://example.com\\@evil.example/', 'https://example.com/\0', 'https://example.com/\n.exe', ' https://example.com/',
    'https://example.com/ ', 'HTTPS\u200b://example.com', `https://example.com/${'a'.repeat(3000)}`, '', 'https://exa mple.com/', '--gpu-launcher=x',
  ])('refuses %j', (text) => expect(externalLink(text)).toBeNull())
})

describe('the origin of pages', () => {
  it('is compared part by part', () => {
    expect(isAppUrl('app://quorate/index.html')).toBe(true)
    for (const url of ['', 'about:blank', 'app://quorate.evil/', 'app://quorate@evil/', 'app://x@quorate/', 'app://quorate:1/', 'app:quorate', 'https://quorate/', 'apps://quorate/', 'data:,app://quorate/', 'null']) {
      expect(isAppUrl(url), url).toBe(false)
    }
  })

  it('allows a reload and another fragment, nothing else', () => {
    const page = 'app://quorate/index.html#/clusters/a'
    expect(isSamePage('app://quorate/index.html', page)).toBe(true)
    expect(isSamePage('app://quorate/index.html#/other', page)).toBe(true)
    for (const url of ['app://quorate/other.html', 'app://quorate/index.html?x', 'https://quorate/index.html', 'about:blank', '']) expect(isSamePage(url, page), url).toBe(false)
    expect(isSamePage('https://a.example/', 'https://a.example/')).toBe(false)
  })
})

describe('the sender of a message', () => {
  const own = { url: 'app://quorate/index.html', parent: null }
  it('is a main frame of the app', () => expect(senderProblem(own)).toBeNull())
  it.each([
    ['gone', null], ['missing', undefined], ['a frame within', { ...own, parent: own }], ['empty URL', { ...own, url: '' }], ['about:blank', { ...own, url: 'about:blank' }],
    ['foreign', { ...own, url: 'https://example.com/' }], ['look-alike', { ...own, url: 'app://quorate.evil/' }], ['detached', { ...own, detached: true }],
  ])('is refused when %s', (_name, frame) => expect(senderProblem(frame)).not.toBeNull())
})

describe('the command line', () => {
  it('finds its own options among those of Chromium', () => {
    expect(readArguments(['--no-sandbox', '/app', '--data', 'here', '--no-sandbox-cluster', '--lang=de'], '/home/a')).toEqual({ dataDirectory: '/home/a/here', firstCluster: false })
    expect(readArguments(['--data=/abs'], '/x')).toEqual({ dataDirectory: '/abs', firstCluster: true })
    expect(readArguments(['--no-sandbox', '.'], '/x')).toEqual({ dataDirectory: null, firstCluster: true })
  })
  it('never throws', () => fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('--data', '--', '--data=', '-d', '--no-sandbox-cluster=1')), { maxLength: 6 }), (argv) => void readArguments(argv, '/x'))))
})

describe('the environment of child processes', () => {
  it('lacks what would make another program of them', () => {
    expect(childEnvironment({ PATH: '/bin', NODE_OPTIONS: '--require x', ELECTRON_RUN_AS_NODE: '1', NODE_EXTRA_CA_CERTS: '/x', EMPTY: undefined })).toEqual({ PATH: '/bin' })
  })
})

describe('starting again', () => {
  it('is allowed so many times within so long', () => {
    const limit = new RestartLimit(2, 1000)
    expect([0, 100, 200, 1050, 1150, 1160, 3000].map((at) => limit.allows(at))).toEqual([true, true, false, false, false, false, true])
  })
})

describe('the content security policy', () => {
  it('allows nothing unsafe', () => {
    const policy = contentSecurityPolicy('abc', ['ws://127.0.0.1:1'])
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(policy).toContain("style-src 'self' 'nonce-abc'")
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:1")
  })
  it('puts its nonce where the page says, or into its head', () => {
    expect(pageWithNonce('<head><meta name="csp-nonce" content="%CSP_NONCE%"></head>', 'n1')).toBe('<head><meta name="csp-nonce" content="n1"></head>')
    expect(pageWithNonce('<html><head><title>x</title></head>', 'n1')).toBe('<html><head><meta name="csp-nonce" content="n1"><title>x</title></head>')
  })
})
