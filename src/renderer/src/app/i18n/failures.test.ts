import { describe, expect, it } from 'vitest'
import type { AgentFailureCode } from '../../../../contract/agent'
import { consoleContract } from '../../../../contract/console'
import type { CallDefinition, CommonErrorCode, Contract } from '../../../../contract/define'
import { desktopContract } from '../../../../contract/desktop'
import chinese from './zh-CN/failures'
import english from './en/failures'

/** Types leave nothing behind to iterate: a code that is added to them does not compile here until it is named. */
const COMMON: Readonly<Record<CommonErrorCode, true>> = { 'invalid-input': true, cancelled: true, internal: true, 'not-found': true, disconnected: true, 'too-large': true }
const AGENT: Readonly<Record<AgentFailureCode, true>> = {
  'port-in-use': true, 'no-space': true, 'disk-failed': true, 'wrong-folder': true, 'log-corrupt': true, 'invariant-broken': true, 'bad-start': true,
}
const isCall = (definition: Contract[string]): definition is CallDefinition => definition.kind === 'call'
const called = [consoleContract, desktopContract].flatMap((contract: Contract) => Object.values(contract).filter(isCall).flatMap((call) => [...call.errors]))
const codes = [...new Set([...called, ...Object.keys(COMMON), ...Object.keys(AGENT)])].sort()

describe('the catalogue of failures', () => {
  it('is asked for real codes', () => expect(codes).toEqual(expect.arrayContaining(['name-taken', 'unreachable', 'write-failed', 'internal', 'log-corrupt'])))

  it.each([['en', english], ['zh-CN', chinese]] as const)('tells every closed code in %s, with what to do', (_language, catalogue) => {
    const told: Readonly<Record<string, { readonly text: string; readonly hint: string }>> = catalogue
    expect(codes.filter((code) => !told[code]?.text || !told[code].hint)).toEqual([])
    expect(Object.keys(told).filter((code) => code !== 'other' && !codes.includes(code))).toEqual([])
  })
})
