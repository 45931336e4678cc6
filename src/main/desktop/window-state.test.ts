import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openErrorLog } from './error-log'
import { FIRST_STATE, WindowStateFile, parseWindowState, visibleBounds } from './window-state'

const temporary = (): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorate-window-'))
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}
const screen = { x: 0, y: 0, width: 1920, height: 1080 }

describe('where the window was', () => {
  it('is found again', () => {
    const folder = temporary()
    const file = new WindowStateFile(folder)
    file.change({ bounds: { x: 10, y: 20, width: 800, height: 600 }, zoomLevel: 1.5, theme: 'dark' })
    file.save()
    expect(new WindowStateFile(folder).state).toEqual({ bounds: { x: 10, y: 20, width: 800, height: 600 }, maximized: false, zoomLevel: 1.5, theme: 'dark' })
    expect(statSync(path.join(folder, 'window.json')).mode & 0o777).toBe(0o600)
  })

  it('is forgotten where the file is missing, damaged or absurd', () => {
    expect(new WindowStateFile(temporary()).state).toEqual(FIRST_STATE)
    for (const text of ['', '{', 'null', '[]', '{"bounds":{"x":0,"y":0,"width":1e9,"height":1},"maximized":false,"zoomLevel":0,"theme":"system"}']) expect(parseWindowState(text)).toEqual(FIRST_STATE)
    fc.assert(fc.property(fc.json(), (text) => Object.keys(parseWindowState(text)).length === 4))
  })

  it('counts only while a screen still shows it', () => {
    const bounds = { x: 1800, y: 100, width: 800, height: 600 }
    expect(visibleBounds(bounds, [screen])).toBe(bounds)
    expect(visibleBounds({ ...bounds, x: 1900 }, [screen])).toBeNull()
    expect(visibleBounds({ ...bounds, x: 2000 }, [screen, { x: 1920, y: 0, width: 1280, height: 1024 }])).not.toBeNull()
    expect(visibleBounds(null, [screen])).toBeNull()
  })

  it('is not worth an error when it cannot be written', () => {
    const file = new WindowStateFile(path.join(temporary(), 'missing'))
    expect(() => file.save()).not.toThrow()
  })
})

describe('the error log', () => {
  it('is its owner\'s, bounded, and never in the way', () => {
    const folder = temporary()
    const log = openErrorLog(folder, () => 'now')
    log.write('what', new Error('why'))
    const file = path.join(folder, 'desktop.log')
    expect(readFileSync(file, 'utf8')).toMatch(/^now what: Error: why/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(file, 'x'.repeat(1024 * 1024 + 1))
    log.write('next', 'y'.repeat(100_000))
    expect(statSync(file).size).toBeLessThan(10_000)
    expect(() => openErrorLog(path.join(folder, 'missing')).write('a', 'b')).not.toThrow()
  })
})
