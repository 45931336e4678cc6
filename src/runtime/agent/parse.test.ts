import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ToAgent } from '../../contract/agent'
import { parseToAgent } from './parse'

const START = {
  kind: 'start-node', clusterId: 'c', nodeId: 'n1', directory: '/d', listen: { host: '127.0.0.1', port: 0 },
  members: [{ nodeId: 'n1', host: '127.0.0.1', port: 7001 }, { nodeId: 'n2', host: '127.0.0.1', port: 7002 }],
  protocol: 'raft', options: { reads: 'lease', forwarding: true, snapshot: { afterEntries: 10, afterBytes: 1_000, trailingEntries: 0 } }, forced: null, keys: null,
  timing: { tickMs: 15, electionTicks: 10, heartbeatTicks: 3 },
} as const satisfies ToAgent
const KEYS = { privateKeyFile: '/d/key', publicKeys: [{ nodeId: 'n1', key: 'A=' }, { nodeId: 'n2', key: 'B=' }] }

const LINK_RULE = { to: 'n2', cut: false, latencyMs: 1.5, jitterMs: 0, loss: 1, bytesPerSecondMax: null }

const MESSAGES: readonly ToAgent[] = [
  START,
  { ...START, protocol: 'pbft', keys: KEYS },
  { ...START, protocol: 'pbft', keys: { ...KEYS, clientKey: 'C=' } },
  { ...START, options: { ...START.options, prefer: ['n2', 'n1'] } },
  { ...START, protocol: 'pbft', keys: KEYS, options: { ...START.options, tentative: true } },
  { ...START, protocol: 'paxos', members: [START.members[0], { ...START.members[1], member: 'learner' }] },
  { ...START, forced: { members: [START.members[0]], lastIndex: 12 } },
  { kind: 'start-load', protocol: 'pbft', members: START.members, settings: { ratePerSecond: null, valueBytes: 1, readShare: 0, clients: 1 } },
  { kind: 'start-load', protocol: 'pbft', members: START.members, clientKeyFile: '/d/client-key', settings: { ratePerSecond: 1, valueBytes: 1, readShare: 1, clients: 1 } },
  { kind: 'observe', id: 7 },
  { kind: 'link-rules', rules: [LINK_RULE] },
  { kind: 'load-settings', settings: { ratePerSecond: 100, valueBytes: 65_536, readShare: 1, clients: 512 } },
  { kind: 'behave', behaviour: 'equivocate' },
  { kind: 'members', members: START.members },
  { kind: 'control', id: 3, control: { kind: 'transfer-leadership', to: null } },
  {
    kind: 'control', id: 4, control: {
      kind: 'change-members', mode: 'auto',
      changes: [{ kind: 'set', id: 'n4', address: 'h:1', member: 'learner', promote: true }, { kind: 'remove', id: 'n2' }],
    },
  },
  { kind: 'stop' },
]

test('every message of the contract is read as it is', () => {
  for (const message of MESSAGES) expect(parseToAgent(message)).toEqual(message)
})

test('nothing makes it throw', () => {
  fc.assert(fc.property(fc.anything(), (value) => { expect(typeof parseToAgent(value)).toBe('string') }))
  fc.assert(fc.property(fc.constantFrom(...MESSAGES), fc.anything(), fc.nat(), (message, value, which) => {
    const keys = Object.keys(message)
    parseToAgent({ ...message, [keys[which % keys.length] as string]: value })
  }))
})

describe('what makes no sense is refused in words', () => {
  test.each([
    ['no member', { ...START, members: [] }],
    ['itself no member', { ...START, nodeId: 'n9' }],
    ['a member twice', { ...START, members: [START.members[0], START.members[0]] }],
    ['heartbeats slower than elections', { ...START, timing: { tickMs: 15, electionTicks: 3, heartbeatTicks: 3 } }],
    ['a port out of range', { ...START, listen: { host: 'h', port: 70_000 } }],
    ['a preference that names nobody', { ...START, options: { ...START.options, prefer: ['n2', ''] } }],
    ['an option that is neither on nor off', { ...START, options: { ...START.options, tentative: 'yes' } }],
    ['a protocol that is none', { ...START, protocol: 'zab' }],
    ['pbft without keys', { ...START, protocol: 'pbft' }],
    ['keys for a protocol that signs nothing', { ...START, keys: KEYS }],
    ['a member without a key', { ...START, protocol: 'pbft', keys: { ...KEYS, publicKeys: KEYS.publicKeys.slice(1) } }],
    ['a key of a stranger', { ...START, protocol: 'pbft', keys: { ...KEYS, publicKeys: [...KEYS.publicKeys.slice(1), { nodeId: 'n9', key: 'C=' }] } }],
    ['a key of clients that is no text', { ...START, protocol: 'pbft', keys: { ...KEYS, clientKey: 7 } }],
    ['a change that is none', { kind: 'control', id: 1, control: { kind: 'change-members', mode: 'auto', changes: [{ kind: 'forget', id: 'n1' }] } }],
    ['a lie that is not known', { kind: 'behave', behaviour: 'exaggerate' }],
    ['a loss over one', { kind: 'link-rules', rules: [{ ...LINK_RULE, loss: 1.1 }] }],
    ['no number', { kind: 'observe', id: Number.NaN }],
  ])('%s', (_name, message) => { expect(typeof parseToAgent(message)).toBe('string') })
})
