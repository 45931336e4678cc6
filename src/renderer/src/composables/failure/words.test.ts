import { expect, it } from 'vitest'
import { factsOf, lineOf } from './words'

it.each([
  ['Port 2379 on 127.0.0.1 is in use.', true], ['/var/lib/x could not be written.', true], ['The process could not be started: spawn ENOMEM.', true],
  ['The cluster is not running.', false], ['The credentials were rejected.', false],
])('%s carries facts: %s', (message, carries) => expect(factsOf({ code: 'x', message, hint: 'Start it first.' })).toBe(carries ? message : null))
it('keeps a hint that carries facts', () => expect(factsOf({ code: 'internal', message: 'It failed.', hint: 'See the log under a1.' })).toBe('See the log under a1.'))
it('is one line where it must be', () => expect(lineOf({ text: 'A.', hint: 'B.', detail: 'C 1.' })).toBe('A. B. (C 1.)'))
it('puts no space behind a Chinese full stop', () => expect(lineOf({ text: '甲。', hint: '乙。', detail: null })).toBe('甲。乙。'))
