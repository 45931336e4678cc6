/** A total reader of EDN (github.com/edn-format/edn) with what Clojure prints beyond it: records, namespaced maps, metadata, ##Inf. */
import { fail, ok, type Result } from '../../base'
import { VALUE_DEPTH_MAX } from '../values'
import { characterNamed, numberOf } from './edn-atoms'

export class EdnWord {
  readonly kind: 'keyword' | 'symbol'
  readonly name: string
  constructor(kind: 'keyword' | 'symbol', name: string) {
    this.kind = kind
    this.name = name
  }
}

export class EdnMap {
  readonly entries: readonly (readonly [Edn, Edn])[]
  /** The line on which it begins, from 1. */
  readonly line: number
  constructor(entries: readonly (readonly [Edn, Edn])[], line: number) {
    this.entries = entries
    this.line = line
  }

  /** The value of a keyword; undefined where there is none. */
  get(keyword: string): Edn | undefined {
    return this.entries.find(([key]) => key instanceof EdnWord && key.kind === 'keyword' && key.name === keyword)?.[1]
  }
}

export class EdnSet {
  readonly items: readonly Edn[]
  constructor(items: readonly Edn[]) {
    this.items = items
  }
}

export class EdnTagged {
  readonly tag: string
  readonly value: Edn
  constructor(tag: string, value: Edn) {
    this.tag = tag
    this.value = value
  }
}

export type Edn = null | boolean | number | bigint | string | EdnWord | EdnMap | EdnSet | EdnTagged | readonly Edn[]

class Unreadable extends Error {}

const SPACE = /[\s,]/
const ENDS_ATOM = /[\s,;"()[\]{}]/
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '#{': '}' }
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', b: '\b', f: '\f', '\\': '\\', '"': '"' }
/** What a discard (#_) or metadata leaves behind. */
const NOTHING = Symbol('nothing')

class EdnReader {
  readonly #text: string
  #at = 0
  #line = 1
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  get line(): number {
    return this.#line
  }

  /** Every form up to the end of the text. */
  forms(): Edn[] {
    const forms: Edn[] = []
    for (this.#skipSpace(); this.#at < this.#text.length; this.#skipSpace()) {
      const form = this.#form()
      if (form !== NOTHING) forms.push(form)
    }
    return forms
  }

  #refuse(expected: string): never {
    const found = this.#at >= this.#text.length ? 'the end of the file' : JSON.stringify(this.#text.slice(this.#at, this.#at + 12).split('\n')[0])
    throw new Unreadable(`Line ${String(this.#line)}: expected ${expected}, found ${found}.`)
  }

  #skipSpace(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string
      if (char === '\n') this.#line++
      else if (char === ';') {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = (end < 0 ? this.#text.length : end) - 1
      } else if (!SPACE.test(char)) return
    }
  }

  #form(): Edn | typeof NOTHING {
    if (++this.#depth > VALUE_DEPTH_MAX) this.#refuse(`values nested at most ${String(VALUE_DEPTH_MAX)} deep`)
    try {
      return this.#formOf(this.#text[this.#at] as string)
    } finally {
      this.#depth--
    }
  }

  #formOf(char: string): Edn | typeof NOTHING {
    switch (char) {
      case '(': case '[': return this.#sequence(char)
      case '{': return this.#map(this.#line)
      case '"': return this.#string()
      case '\\': return this.#character()
      case '#': return this.#dispatch()
      case '^': return this.#ignored(1)
      case ')': case ']': case '}': return this.#refuse('a value')
      default: return this.#atom()
    }
  }

  /** The next form that is one. */
  #value(expected: string): Edn {
    for (;;) {
      this.#skipSpace()
      if (this.#at >= this.#text.length) this.#refuse(expected)
      const form = this.#form()
      if (form !== NOTHING) return form
    }
  }

  #ignored(characters: number): typeof NOTHING {
    this.#at += characters
    this.#value('a value to skip')
    return NOTHING
  }

  #sequence(open: string): Edn[] {
    const close = CLOSERS[open] as string
    const items: Edn[] = []
    this.#at += open.length
    for (;;) {
      this.#skipSpace()
      if (this.#at >= this.#text.length) this.#refuse(`${close} at the end of what begins with ${open}`)
      if (this.#text[this.#at] === close) break
      const form = this.#form()
      if (form !== NOTHING) items.push(form)
    }
    this.#at++
    return items
  }

  #map(line: number): EdnMap {
    const items = this.#sequence('{')
    if (items.length % 2 === 1) this.#refuse(`a value for each key of the map that begins on line ${String(line)}`)
    return new EdnMap(Array.from({ length: items.length / 2 }, (_, i) => [items[i * 2] as Edn, items[i * 2 + 1] as Edn] as const), line)
  }

  #string(): string {
    let text = ''
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string
      if (char === '"') {
        this.#at++
        return text
      }
      if (char === '\n') this.#line++
      if (char !== '\\') {
        text += char
        continue
      }
      const escape = this.#text[++this.#at] ?? ''
      if (escape === 'u') {
        const digits = this.#text.slice(this.#at + 1, this.#at + 5)
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#refuse('four hexadecimal digits after \\u')
        text += String.fromCharCode(Number.parseInt(digits, 16))
        this.#at += 4
      } else text += ESCAPES[escape] ?? this.#refuse('one of \\t \\r \\n \\b \\f \\\\ \\" \\uXXXX')
    }
    return this.#refuse('" at the end of a string')
  }

  #token(from: number): string {
    let end = from
    while (end < this.#text.length && !ENDS_ATOM.test(this.#text[end] as string)) end++
    return this.#text.slice(from, end)
  }

  #character(): string {
    const name = this.#token(this.#at + 2)
    const text = characterNamed(`${this.#text[this.#at + 1] ?? ''}${name}`)
    if (text === null) this.#refuse('a character')
    this.#at += 2 + name.length
    return text
  }

  #dispatch(): Edn | typeof NOTHING {
    const next = this.#text[this.#at + 1]
    if (next === '{') return new EdnSet(this.#sequence('#{'))
    if (next === '_') return this.#ignored(2)
    if (next === '#') {
      const name = this.#token(this.#at + 2)
      const number = { Inf: Infinity, '-Inf': -Infinity, NaN }[name]
      if (number === undefined) this.#refuse('##Inf, ##-Inf or ##NaN')
      this.#at += 2 + name.length
      return number
    }
    const tag = this.#token(this.#at + 1)
    if (tag === '') this.#refuse('a tag, a set or #_')
    this.#at += 1 + tag.length
    const value = this.#value(`a value after #${tag}`)
    // #:ns{:a 1} is a map whose keys have a namespace; what matters here is its keys.
    return tag.startsWith(':') ? value : new EdnTagged(tag, value)
  }

  #atom(): Edn {
    const token = this.#token(this.#at)
    if (token === '') this.#refuse('a value')
    const value = this.#atomOf(token)
    this.#at += token.length
    return value
  }

  #atomOf(token: string): Edn {
    if (token === 'nil') return null
    if (token === 'true' || token === 'false') return token === 'true'
    if (token.startsWith(':')) return token.length > 1 ? new EdnWord('keyword', token.slice(1)) : this.#refuse('a keyword')
    if (/^[+-]?\d/.test(token)) return numberOf(token) ?? this.#refuse('a number')
    return new EdnWord('symbol', token)
  }
}

/** Every form of a text, or the line and what was expected there. */
export function readEdn(text: string): Result<readonly Edn[], 'bad-history'> {
  try {
    return ok(new EdnReader(text).forms())
  } catch (error) {
    if (error instanceof Unreadable) return fail('bad-history', error.message)
    throw error
  }
}
