import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataDirectory } from './data-directory'
import { openDocument } from './document'
import { startMark } from './process-identity'

let directory: string
beforeEach(() => void (directory = mkdtempSync(path.join(tmpdir(), 'quorate-data-'))))
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = () => openDataDirectory(path.join(directory, 'data'), 'the test', Date.now)
const lockFile = () => path.join(directory, 'data', 'console.lock')

describe('a data directory', () => {
  it('is for its owner only', () => {
    const opened = open()
    expect(opened.ok).toBe(true)
    expect(statSync(path.join(directory, 'data')).mode & 0o777).toBe(0o700)
    expect(statSync(lockFile()).mode & 0o777).toBe(0o600)
  })

  it('lets one console in at a time and says who holds it', () => {
    const first = open()
    const second = open()
    expect(second).toMatchObject({ ok: false, error: { code: 'in-use' } })
    if (!second.ok) expect(second.error.message).toContain(`the test (process ${process.pid})`)
    if (first.ok) first.value.close()
    expect(open().ok).toBe(true)
  })

  it('is not blocked by a lock of a dead process, of another process with the same id, or by rubbish', async () => {
    const opened = open()
    if (opened.ok) opened.value.close()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const pid = child.pid ?? 0
    const gone = new Promise((resolve) => child.once('exit', resolve))
    const holder = { pid, mark: startMark(pid), host: hostname(), what: 'a console', atMs: Date.now() }
    writeFileSync(lockFile(), JSON.stringify(holder))
    expect(open()).toMatchObject({ ok: false, error: { code: 'in-use' } })
    child.kill('SIGKILL')
    await gone
    for (const stale of [JSON.stringify(holder), JSON.stringify({ ...holder, pid: process.pid, mark: '1' }), '{"pid":', '']) {
      writeFileSync(lockFile(), stale)
      const again = open()
      expect(again.ok, stale).toBe(true)
      if (again.ok) again.value.close()
    }
    expect(readdirSync(path.join(directory, 'data'))).toEqual([])
  })

  it('that cannot be made gives a clear failure', () => {
    writeFileSync(path.join(directory, 'data'), 'a file')
    expect(open()).toMatchObject({ ok: false, error: { code: 'not-usable' } })
  })
})

describe('a document', () => {
  const schema = v.object({ count: v.bigint() })
  const read = () => openDocument(path.join(directory, 'count.json'), schema, { count: 0n }, Date.now)

  it('keeps what it was given, readable by its owner only', () => {
    expect(read().get()).toEqual({ count: 0n })
    expect(read().set({ count: 2n ** 60n })).toMatchObject({ ok: true })
    expect(read().get()).toEqual({ count: 2n ** 60n })
    expect(statSync(path.join(directory, 'count.json')).mode & 0o777).toBe(0o600)
  })

  it('that does not parse is set aside, not overwritten', () => {
    writeFileSync(path.join(directory, 'count.json'), '{"count":')
    const document = read()
    expect(document.get()).toEqual({ count: 0n })
    expect(readFileSync(document.setAsideAs ?? '', 'utf8')).toBe('{"count":')
  })
})
