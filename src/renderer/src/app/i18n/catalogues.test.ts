import { describe, expect, it } from 'vitest'
import { CONSOLE_SENTENCES } from '../../../../contract/console-sentences'
import { SENTENCES } from '../../../../core/observe'
import chinese from './zh-CN'
import english from './en'
import { createAppI18n, setLanguage, systemLanguage } from './index'

const leaves = (node: unknown, path: string): [string, string][] =>
  typeof node === 'string' ? [[path, node]] : Object.entries(node as object).flatMap(([key, each]) => leaves(each, path === '' ? key : `${path}/${key}`))
const en = new Map(leaves(english, ''))
const zh = new Map(leaves(chinese, ''))
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((hit) => String(hit[1])))].sort()

describe('the catalogues', () => {
  it('hold the same keys in both languages', () => expect([...zh.keys()].sort()).toEqual([...en.keys()].sort()))

  it('leave nothing in English by oversight', () => {
    const same = [...en].filter(([key, text]) => zh.get(key) === text && /[a-z]{4}/i.test(text.replace(/\{\w+\}/g, '')))
    expect(same.map(([key]) => key).filter((key) => !/product|languages|namePlaceholder|endpoints|engine|tls|pem|protocols/i.test(key))).toEqual([])
  })

  it('ask for no value in Chinese that English does not have', () => {
    const odd = [...zh].filter(([key, text]) => !placeholders(text).every((name) => placeholders(en.get(key) ?? '').includes(name)))
    expect(odd.filter(([key]) => !key.startsWith('sentences/')).map(([key]) => key)).toEqual([])
  })

  it.each([['en', english], ['zh-CN', chinese]] as const)('tell every sentence of the derivations in %s', (_language, catalogue) => {
    expect(Object.keys(catalogue.sentences).sort()).toEqual([...Object.keys(SENTENCES), ...Object.keys(CONSOLE_SENTENCES)].sort())
    for (const [key, parameters] of Object.entries(SENTENCES) as [keyof typeof SENTENCES, readonly string[]][]) {
      expect(placeholders(catalogue.sentences[key]).filter((name) => !parameters.includes(name)), key).toEqual([])
    }
  })

  it('can all be told', async () => {
    const i18n = createAppI18n()
    for (const language of ['en', 'zh-CN'] as const) {
      await setLanguage(i18n, language)
      for (const key of en.keys()) {
        if (!key.startsWith('sentences/')) expect(i18n.global.t(key.replaceAll('/', '.'), 2), key).not.toBe(key.replaceAll('/', '.'))
      }
    }
  })
})

describe('the language of the system', () => {
  it('is Chinese for any kind of Chinese', () => expect(systemLanguage(['zh-TW', 'en'])).toBe('zh-CN'))
  it('is English where nothing else is known', () => expect(systemLanguage(['fr-FR', 'de'])).toBe('en'))
  it('is the first one that is known', () => expect(systemLanguage(['fr', 'zh', 'en'])).toBe('zh-CN'))
})
