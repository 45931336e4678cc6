import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/renderer/src/ui/tokens.css', 'utf8')
const blockOf = (selector: string): Map<string, string> => {
  const from = css.indexOf(`${selector} {`)
  const body = css.slice(from, css.indexOf('\n}', from))
  return new Map([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((hit) => [String(hit[1]), String(hit[2])]))
}
const light = blockOf(':root')
const dark = new Map([...light, ...blockOf(":root[data-theme='dark']")])

const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (one: string, other: string): number => {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const SURFACES = ['--surface-0', '--surface-1', '--surface-2', '--surface-3', '--surface-hover', '--surface-selected']
const TEXTS = [
  '--text-1', '--text-2', '--text-3', '--accent', '--state-ok', '--state-risk', '--state-lost', '--state-unknown', '--danger', '--past',
  ...Array.from({ length: 8 }, (_, at) => `--epoch-${at + 1}`),
]
const PAIRS: readonly (readonly [string, string])[] = [
  ...SURFACES.flatMap((surface) => TEXTS.map((text) => [text, surface] as const)),
  ...['ok', 'risk', 'lost', 'unknown'].map((state) => [`--state-${state}`, `--state-${state}-soft`] as const),
  ['--on-accent', '--accent'], ['--on-accent', '--accent-strong'], ['--on-danger', '--danger'], ['--past', '--past-soft'],
  ['--text-1', '--state-risk-soft'], ['--text-1', '--state-lost-soft'], ['--text-1', '--past-soft'], ['--text-1', '--surface-pressed'],
  ['--text-2', '--surface-pressed'],
]

describe.each([['light', light], ['dark', dark]] as const)('the %s theme', (_name, tokens) => {
  it.each(PAIRS)('%s on %s reads at WCAG AA', (text, surface) => {
    expect(contrast(String(tokens.get(text)), String(tokens.get(surface)))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(SURFACES.slice(1, 4))('a control stands out from %s', (surface) => {
    expect(contrast(String(tokens.get('--line-control')), String(tokens.get(surface)))).toBeGreaterThanOrEqual(3)
  })
})
