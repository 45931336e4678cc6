import { describe, expect, it } from 'vitest'
import { keysOf, takesKeys } from './keys'

const press = (key: string, held: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent('keydown', { key, ...held })

describe('the name of keys', () => {
  it.each([
    ['p', { ctrlKey: true, shiftKey: true }, 'Mod+Shift+P'], ['1', { ctrlKey: true }, 'Mod+1'], [' ', {}, 'Space'], ['?', { shiftKey: true }, '?'], ['ArrowLeft', { shiftKey: true }, 'Shift+ArrowLeft'], ['l', {}, 'L'],
  ])('%j with %j is %s', (key, held, name) => expect(keysOf(press(key, held), false)).toBe(name))
  it('takes Command for Mod on a Mac', () => {
    expect(keysOf(press('k', { metaKey: true }), true)).toBe('Mod+K')
    expect(keysOf(press('k', { ctrlKey: true }), true)).toBe('K')
  })
})

describe('what has the focus', () => {
  const made = (html: string): Element => {
    document.body.innerHTML = html
    return document.body.firstElementChild as Element
  }
  it('keeps letters while typing', () => expect(takesKeys(made('<input type="text">'), press('l'))).toBe(true))
  it('keeps Space on a button, and leaves it letters', () => {
    const button = made('<button>x</button>')
    expect(takesKeys(button, press(' '))).toBe(true)
    expect(takesKeys(button, press('l'))).toBe(false)
  })
  it('keeps Enter on a link, which does nothing with Space', () => {
    const link = made('<a href="#/simulator">x</a>')
    expect(takesKeys(link, press('Enter'))).toBe(true)
    expect(takesKeys(link, press(' '))).toBe(false)
  })
  it('keeps the arrows on a slider', () => expect(takesKeys(made('<div role="slider"></div>'), press('ArrowLeft'))).toBe(true))
  it('keeps nothing on the page itself', () => expect(takesKeys(document.body, press(' '))).toBe(false))
})
