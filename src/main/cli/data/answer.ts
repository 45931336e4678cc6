/** What came of one command, for people and for programs. */
import { toPublicJson, utf8Decode, type Failure } from '../../../core/base'
import { EXIT, type ExitCode } from '../exit-codes'
import { printed, type Outcome } from '../outcome'
import { JSON_VERSION } from '../public-json'

export interface Answer {
  /** All but `done` and `unknown`: nothing was changed, or nothing is there. */
  readonly outcome: 'done' | 'mismatch' | 'not-found' | 'held' | 'limit-reached' | 'unknown'
  readonly text: string
  readonly hint?: string
  /** For programs. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** For people, beside the text. */
  readonly remark?: string
}

export interface Asked {
  readonly command: string
  readonly cluster: { readonly id: string; readonly name: string }
}

function exitCodeOf({ outcome }: Answer): ExitCode {
  if (outcome === 'done') return EXIT.ok
  return outcome === 'unknown' ? EXIT.unknownOutcome : EXIT.refused
}

export function answered({ command, cluster }: Asked, answer: Answer, isJson: boolean): Outcome {
  const { outcome, text, hint, fields = {}, remark } = answer
  const exitCode = exitCodeOf(answer)
  const complaint = { stderr: `✗ ${text}${hint === undefined ? '' : `\n  What to do: ${hint}`}\n` }
  if (isJson) {
    const told = { version: JSON_VERSION, cluster: { id: cluster.id, name: cluster.name }, command, outcome, ...fields, ...(outcome === 'done' ? {} : { message: text }) }
    return { ...printed(toPublicJson(told, 2), exitCode), ...(outcome === 'unknown' ? complaint : {}) }
  }
  if (outcome !== 'done') return { exitCode, ...complaint }
  return { ...printed(text), ...(remark === undefined ? {} : { stderr: `${remark}\n` }) }
}

/** What could not be carried out, and certainly had no effect. */
export const NO_EFFECT: Readonly<Record<string, Omit<Failure, 'message'>>> = {
  'no-leader': { code: 'unreachable', hint: 'See how the cluster is with `quorate observe NAME`; give it longer with --timeout SECONDS.' },
  'too-large': { code: 'too-large', hint: 'Give a smaller value.' },
  'busy': { code: 'busy', hint: 'Try again.' },
}

/** A value is text here; other bytes come as base64 in JSON. */
export function valueFields(value: Uint8Array): { readonly value: string | null; readonly base64?: string } {
  const text = utf8Decode(value)
  return text === null ? { value: null, base64: Buffer.from(value).toString('base64') } : { value: text }
}

export const valueText = (value: Uint8Array): string => utf8Decode(value) ?? `<${String(value.length)} bytes that are no text; --json prints them as base64>`

/** On one line: what would break or move it is written as JSON writes it. */
export function onOneLine(text: string): string {
  return Array.from(text, (each) => (/\p{Cc}|\u2028|\u2029/u.test(each) ? escaped(each) : each)).join('')
}

function escaped(character: string): string {
  const json = JSON.stringify(character).slice(1, -1)
  return json === character ? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}` : json
}
