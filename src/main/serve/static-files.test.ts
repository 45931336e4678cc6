import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { staticFile } from './static-files'

let base: string
let root: string
beforeAll(() => {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), 'quorate-static-')))
  root = path.join(base, 'renderer')
  for (const folder of ['renderer/assets', 'renderer-evil', 'secret']) mkdirSync(path.join(base, folder), { recursive: true })
  for (const file of ['renderer/index.html', 'renderer/assets/index-1a.js', 'renderer/assets/notes.txt', 'renderer/.env', 'renderer-evil/x.js', 'secret/x.js', 'x.js']) {
    writeFileSync(path.join(base, file), file)
  }
  symlinkSync(path.join(base, 'secret/x.js'), path.join(root, 'link.js'))
  symlinkSync(path.join(base, 'secret'), path.join(root, 'folder'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

describe('staticFile', () => {
  it('names the files of the build', () => {
    expect(staticFile(root, '/')?.file).toBe(path.join(root, 'index.html'))
    expect(staticFile(root, '/?x=1#y')?.contentType).toBe('text/html; charset=utf-8')
    expect(staticFile(root, '/assets/index-1a.js')?.contentType).toBe('text/javascript; charset=utf-8')
  })

  const HOSTILE = [
    '', '.', '..', '../x.js', '/..', '/../x.js', '/../../x.js', '/assets/../../x.js', '/assets/../index.html', '/./index.html', '//index.html', '//evil.example/x.js',
    '/%2e%2e/x.js', '/%2e%2e%2fx.js', '/%2E%2E%2Fx.js', '/..%2fx.js', '/..%5cx.js', '/%252e%252e%252fx.js', '/%c0%ae%c0%ae/x.js', '/%uff0e%uff0e/x.js',
    '/..\\x.js', '\\..\\x.js', '/assets\\..\\..\\x.js', '/C:/x.js', '/C:\\x.js', '//?/C:/x.js', '/\\\\host\\share\\x.js', '///host/share/x.js',
    '/index.html\0.js', '/index.html%00', '/index.html%00.js', '/x.js\n', '/ index.html', '/index.html ', '/index.html.', '/index.html::$DATA', '/index.js~',
    '/link.js', '/folder/x.js', '/../renderer-evil/x.js', '/renderer-evil/x.js', '/.env', '/.git/config', '/assets/notes.txt', '/assets', '/assets/', '/INDEX.HTML', '/index.HTML',
    'http://127.0.0.1/index.html', 'file:///etc/passwd', '*', `/${'a'.repeat(600)}.js`, '/;/index.html', '/index.html/', '/index.html/x.js', '/assets//index-1a.js', '/～/x.js',
  ]
  it('has a table of at least 40', () => expect(HOSTILE.length).toBeGreaterThanOrEqual(40))
  it.each(HOSTILE)('refuses %j', (target) => expect(staticFile(root, target)).toBeNull())
})
