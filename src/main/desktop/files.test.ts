import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileFor } from './files'

let folder = ''
let root = ''

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'quorate-files-')))
  root = path.join(folder, 'app')
  for (const each of ['app/assets/inner', 'app-evil']) mkdirSync(path.join(folder, each), { recursive: true })
  for (const file of ['app/index.html', 'app/assets/a-1.js', 'app/assets/font.woff2', 'app/assets/.hidden.js', 'app/assets/secret.key', 'app/noextension', 'app-evil/index.html', 'outside.js']) {
    writeFileSync(path.join(folder, file), 'x')
  }
  symlinkSync(path.join(folder, 'outside.js'), path.join(root, 'assets/link.js'))
  symlinkSync(path.join(folder, 'app-evil'), path.join(root, 'evil'))
  symlinkSync(path.join(root, 'assets/a-1.js'), path.join(root, 'assets/inside.js'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const HOSTILE = [
  'app://quorate/../outside.js', 'app://quorate/../app-evil/index.html', 'app://quorate/assets/../../outside.js', 'app://quorate/./index.html',
  'app://quorate/%2e%2e/outside.js', 'app://quorate/%2e%2e%2foutside.js', 'app://quorate/..%2foutside.js', 'app://quorate/%2E%2E/outside.js',
  'app://quorate/%252e%252e/outside.js', 'app://quorate/%252e%252e%252foutside.js', 'app://quorate/assets%2fa-1.js', 'app://quorate/assets/%61-1.js',
  'app://quorate/..\\outside.js', 'app://quorate/assets\\a-1.js', 'app://quorate/\\\\host\\share\\x.js', 'app://quorate/..%5coutside.js',
  'app://quorate/index.html\0.js', 'app://quorate/index.html%00.js', 'app://quorate/%00', 'app://quorate/assets/a-1.js%00.html',
  'app://quorate/assets/link.js', 'app://quorate/evil/index.html', 'app://quorate/assets/.hidden.js', 'app://quorate/.git/config.json',
  'app://quorate//index.html', 'app://quorate///etc/passwd', 'app://quorate//etc/hosts.js', 'app://quorate/assets//a-1.js', 'app://quorate/assets/', 'app://quorate/assets',
  'app://quorate/C:/Windows/win.json', 'app://quorate/C:%5CWindows', 'app://quorate/c|/x.js', 'app://quorate/assets/a-1.js::$DATA', 'app://quorate/AUX.', 'app://quorate/assets/a-1.js.',
  'app://quorate/assets/secret.key', 'app://quorate/noextension', 'app://quorate/missing.js', 'app://quorate/assets/inner', 'app://quorate/assets/a-1.js/',
  'app://quorate/~root/x.js', 'app://quorate/assets/a 1.js', 'app://quorate/assets/\u2025/a-1.js', 'app://quorate/\uff0e\uff0e/outside.js',
  'app://evil/index.html', 'app://quorate.evil/index.html', 'app://quorate@evil/index.html', 'app://user@quorate/index.html', 'app://quorate:80/index.html',
  'file:///etc/passwd', 'https://quorate/index.html', 'http://quorate/index.html', 'app:index.html', 'app:///index.html', 'index.html', '/index.html', '', 'data:text/html,x',
  `app://quorate/${'a'.repeat(5000)}.js`,
]

describe('the files behind app://quorate/', () => {
  it('names what the build wrote, with its type', () => {
    expect(fileFor(root, 'app://quorate/')).toEqual({ file: path.join(root, 'index.html'), contentType: 'text/html; charset=utf-8' })
    expect(fileFor(root, 'app://quorate/index.html?a=1#/clusters/x')?.file).toBe(path.join(root, 'index.html'))
    expect(fileFor(root, 'app://quorate/assets/a-1.js')?.contentType).toBe('text/javascript; charset=utf-8')
    expect(fileFor(root, 'app://quorate/assets/font.woff2')?.contentType).toBe('font/woff2')
    expect(fileFor(root, 'app://quorate/assets/inside.js')?.file).toBe(path.join(root, 'assets/a-1.js'))
  })

  it('has enough hostile addresses to mean something', () => expect(HOSTILE.length).toBeGreaterThanOrEqual(40))

  it.each(HOSTILE)('refuses %j', (url) => expect(fileFor(root, url)).toBeUndefined())

  it('never names anything outside, whatever the address', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '%2e', '%2f', '\\', '/', '//', 'assets', 'a-1.js', 'evil', 'link.js', 'index.html', '\0', '%00'), fc.string())
    fc.assert(fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const found = fileFor(root, `app://quorate/${parts.join('/')}`)
      expect(found === undefined || found.file.startsWith(root + path.sep)).toBe(true)
    }))
  })
})
