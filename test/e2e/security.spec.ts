/** The security policy as the running app keeps it. Each test names the rule it holds the app to. */
import { readFileSync } from 'node:fs'
import type { DesktopApi } from '../../src/contract/desktop-api'
import { expect, processTree, test } from './support'

declare global {
  interface Window {
    readonly quorateDesktop: DesktopApi
  }
}

interface Preferences {
  readonly [name: string]: unknown
}

test('every page is sandboxed, isolated and without Node', async ({ quorate }) => {
  const all = await quorate.app!.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => (contents as unknown as { getLastWebPreferences(): unknown }).getLastWebPreferences() as Preferences))
  expect(all.length).toBeGreaterThan(0)
  for (const preferences of all) {
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true })
    for (const off of ['nodeIntegrationInWorker', 'nodeIntegrationInSubFrames', 'allowRunningInsecureContent', 'experimentalFeatures', 'webviewTag', 'enableBlinkFeatures']) {
      expect(Boolean(preferences[off]), off).toBe(false)
    }
  }
})

test('the operating system holds the page in its sandbox', async ({ quorate }) => {
  test.skip(process.platform !== 'linux', 'Reads /proc.')
  test.skip(process.getuid?.() === 0, 'Chromium has no sandbox as root.')
  const renderers = processTree(quorate.pid).filter(({ command }) => command.includes('--type=renderer'))
  expect(renderers.length).toBeGreaterThan(0)
  for (const { pid } of renderers) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    expect(status).toMatch(/^Seccomp:\s*2$/m)
    expect(status).toMatch(/^NoNewPrivs:\s*1$/m)
  }
})

test('pages come from the own scheme, and files are out of reach', async ({ quorate }) => {
  expect(await quorate.page.evaluate(() => location.origin)).toBe('app://quorate')
  for (const url of ['file:///etc/hostname', 'https://example.com/', 'http://127.0.0.1:1/', 'app://other/index.html']) {
    expect(await quorate.page.evaluate((target) => fetch(target).then(() => 'answered', () => 'rejected'), url), url).toBe('rejected')
  }
  for (const path of ['/../package.json', '/%2e%2e/main/index.js', '/missing.js', '/..%2fmain%2findex.js']) {
    expect(await quorate.page.evaluate((target) => fetch(target).then((answer) => answer.status), `app://quorate${path}`), path).toBe(404)
  }
})

test('the policy is a header, and holds', async ({ quorate }) => {
  const policy = await quorate.page.evaluate(async () => (await fetch('/index.html')).headers.get('content-security-policy'))
  for (const part of ["default-src 'none'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", 'trusted-types vue']) {
    expect(policy).toContain(part)
  }
  expect(policy).not.toContain('unsafe')
  expect(quorate.complaints).toEqual([])
  const attempts = await quorate.page.evaluate(async () => {
    // The debugger lifts the ban on eval for what it evaluates itself, so the attempts are made a moment later.
    await new Promise((resolve) => setTimeout(resolve, 0))
    const tries: Record<string, () => unknown> = {
      // What an attacker would do with markup or text that reached a script sink.
      function: () => Reflect.construct(Function, ['return 1']),
      markup: () => (document.createElement('div').innerHTML = '<b>x</b>'),
      policy: () => (window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }).trustedTypes.createPolicy('other', {}),
    }
    return Object.entries(tries).map(([name, attempt]) => {
      try {
        attempt()
        return `${name}: allowed`
      } catch {
        return `${name}: refused`
      }
    })
  })
  expect(attempts).toEqual(['function: refused', 'markup: refused', 'policy: refused'])
})

test('each load has a nonce of its own', async ({ quorate }) => {
  const nonceOf = () => quorate.page.evaluate(async () => /name="csp-nonce" content="([^"]+)"/.exec(await (await fetch('/index.html')).text())?.[1])
  const [first, second] = [await nonceOf(), await nonceOf()]
  expect(first).toMatch(/^[A-Za-z0-9+/]{22}==$/)
  expect(second).not.toBe(first)
})

test('nothing leads away from the page, and no window opens', async ({ quorate }) => {
  const { page, app } = quorate
  const before = page.url()
  await app!.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = async (url: string) => void opened.push(url)
  })
  await page.evaluate(() => {
    const click = (attributes: Record<string, string>): void => {
      const link = Object.assign(document.createElement('a'), attributes)
      document.body.append(link)
      link.click()
      link.remove()
    }
    click({ href: 'https://example.com/one', target: '_blank' })
    click({ href: 'http://example.com/two', target: '_blank' })
    click({ href: 'https://example.com/three' })
    click({ href: 'file:///etc/hostname' })
    window.open('https://user@example.com/four')
    window.open('about:blank')
    const form = Object.assign(document.createElement('form'), { action: 'https://example.com/', method: 'post' })
    document.body.append(form)
    form.submit()
    location.href = 'https://example.com/five'
  })
  await expect.poll(() => app!.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)).toEqual(['https://example.com/one'])
  expect(page.url()).toBe(before)
  expect(app!.windows().length).toBe(1)
})

test('a session made later is as closed as the first', async ({ quorate }) => {
  const answer = await quorate.app!.evaluate(({ session }) =>
    session.fromPartition('made-later').fetch('http://127.0.0.1:1/').then(() => 'answered', (error: Error) => error.message))
  expect(answer).toContain('ERR_BLOCKED_BY_CLIENT')
})

test('permissions are refused', async ({ quorate }) => {
  const states = await quorate.page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read', 'persistent-storage', 'idle-detection', 'screen-wake-lock']
    return Promise.all(names.map(async (name) => {
      const state = await navigator.permissions.query({ name: name as PermissionName }).then((status) => status.state, () => 'unknown')
      return `${name}: ${state}`
    }))
  })
  expect(states.filter((state) => state.endsWith('granted'))).toEqual([])
  const media = await quorate.page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', () => 'refused'))
  expect(media).toBe('refused')
  const screen = await quorate.page.evaluate(() => navigator.mediaDevices.getDisplayMedia().then(() => 'given', () => 'refused'))
  expect(screen).toBe('refused')
})

test('the page has exactly the agreed functions of the desktop', async ({ quorate }) => {
  const seen = await quorate.page.evaluate(() => ({
    keys: Object.keys(window.quorateDesktop).sort(),
    frozen: Object.isFrozen(window.quorateDesktop),
    node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window),
  }))
  expect(seen).toEqual({ keys: ['connect', 'onShowCluster', 'openExternal', 'openTextFile', 'platform', 'saveFile'], frozen: true, node: [] })
})

test('input that was not agreed is refused and does no harm', async ({ quorate }) => {
  const answers = await quorate.page.evaluate(async () => {
    const desktop = window.quorateDesktop as unknown as Record<'openExternal' | 'saveFile' | 'openTextFile', (...input: unknown[]) => Promise<{ ok: boolean; error?: { code: string } }>>
    const hostile: unknown[] = [undefined, null, 1, {}, [], 'x'.repeat(10_000), { __proto__: { url: 'https://example.com' } }, Number.NaN]
    const all = hostile.flatMap((value) => [desktop.openExternal(value), desktop.saveFile(value, value), desktop.openTextFile(value)])
    const known = ['javascript:alert(1)', 'file:///etc/passwd', 'smb://host/share', 'http://example.com', ''].map((url) => desktop.openExternal(url))
    // A dialog would wait for a person; a valid title would open one.
    const results = await Promise.all([...all, ...known])
    return results.map((result) => (result.ok ? 'accepted' : result.error?.code))
  })
  expect(new Set(answers)).toEqual(new Set(['invalid-input', 'refused']))
})
