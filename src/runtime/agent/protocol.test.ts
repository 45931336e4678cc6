import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_PROTOCOL_OPTIONS, type NodeStart } from '../../contract/agent'
import { seededRandom } from '../../core/base'
import { LIMITS } from '../../core/pbft/tentative.fixture'
import { encodeCommand } from '../../core/statemachine'
import { commandSigner, ownCommand } from '../signer'
import { claimOf, prioritiesOf, protocolOf } from './protocol'

const member = (nodeId: string, port: number) => ({ nodeId, host: '127.0.0.1', port })
const START: NodeStart = {
  kind: 'start-node', clusterId: 'c', nodeId: 'n1', directory: '/nowhere', listen: { host: '127.0.0.1', port: 1 }, members: [member('n1', 1), member('n2', 2)],
  protocol: 'raft', options: DEFAULT_PROTOCOL_OPTIONS, forced: null, keys: null, timing: { tickMs: 15, electionTicks: 10, heartbeatTicks: 3 },
}
const pair = (type: 'ed25519' | 'x25519' = 'ed25519'): { readonly file: string; readonly key: string } => {
  const { privateKey, publicKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519')
  return { file: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') }
}
function keyFile(text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorate-key-'))
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }) })
  const file = path.join(folder, 'signing-key.pem')
  writeFileSync(file, text)
  return file
}
const told = (start: Partial<NodeStart>): string => {
  const chosen = protocolOf({ ...START, ...start })
  return chosen.ok ? chosen.value.protocol.name : chosen.error.message
}

test('each name is a machine', () => {
  const [own, other] = [pair(), pair()]
  const keys = { privateKeyFile: keyFile(own.file), publicKeys: [{ nodeId: 'n1', key: own.key }, { nodeId: 'n2', key: other.key }] }
  expect([told({}), told({ protocol: 'paxos' }), told({ protocol: 'pbft', keys })]).toEqual(['raft', 'paxos', 'pbft'])
})

test('who is preferred first has the highest priority, who is not named has none', () => {
  expect(prioritiesOf(['n8', 'n1'])).toEqual(new Map([['n8', 2], ['n1', 1]]))
  expect(prioritiesOf([])).toEqual(new Map())
})

test('a PBFT node takes snapshots where its replicas have agreed on a checkpoint, and nowhere else', () => {
  const own = pair()
  const chosen = protocolOf({ ...START, protocol: 'pbft', keys: { privateKeyFile: keyFile(own.file), publicKeys: [{ nodeId: 'n1', key: own.key }] } })
  expect(chosen.ok && chosen.value.protocol.takesCheckpoints).toBe(true)
})

test('a key that is missing, not the one the group has, or of another kind is refused, and nothing of it is told', () => {
  const [own, other, wrong] = [pair(), pair(), pair('x25519')]
  const publicKeys = [{ nodeId: 'n1', key: own.key }, { nodeId: 'n2', key: other.key }]
  const refusal = (privateKeyFile: string): string => told({ protocol: 'pbft', keys: { privateKeyFile, publicKeys } })
  expect(refusal('/nowhere/key')).toBe('The node cannot sign: its key file is missing.')
  expect(refusal(keyFile('no key at all'))).toBe('The node cannot sign: its key file cannot be read.')
  expect(refusal(keyFile(wrong.file))).toBe('The node cannot sign: its key is not of Ed25519.')
  expect(refusal(keyFile(other.file))).toContain('The node cannot sign: ')
  expect(refusal(keyFile(other.file))).not.toContain(other.file.split('\n')[1])
})

test('where clients sign, only what one of them signed is taken, or what a replica may propose by itself; a key that is none is refused', () => {
  const [own, clients] = [pair(), pair()]
  const start = (clientKey: string): NodeStart => ({ ...START, protocol: 'pbft', keys: { privateKeyFile: keyFile(own.file), publicKeys: [{ nodeId: 'n1', key: own.key }], clientKey } })
  const chosen = protocolOf(start(clients.key))
  if (!chosen.ok) throw new Error(chosen.error.message)
  const { commands } = chosen.value
  const sign = commandSigner(createPrivateKey(clients.file))
  const [open, expire] = [encodeCommand({ kind: 'open-session', clientId: '0123456789abcdef' }), encodeCommand({ kind: 'expire-session', clientId: '0123456789abcdef', lastUse: 1 })]
  expect([sign(open), sign(expire), open, ownCommand(open), ownCommand(expire)].map((command) => commands?.isValid(command))).toEqual([true, true, false, false, true])
  const machine = chosen.value.protocol.recover({
    groupId: 'c', nodeId: 'n1', members: [claimOf(member('n1', 1))], timing: START.timing, random: seededRandom(1), limits: LIMITS,
    storage: { read: () => { throw new Error('nothing is read back') } }, snapshots: { latest: () => null, read: () => null },
  }).finish()
  if (!machine.ok) throw new Error(machine.error.message)
  machine.value.propose([sign(open), open, ownCommand(open)], [1, 2, 3])
  expect(machine.value.drain().refused.map(({ token }) => token)).toEqual([2, 3])
  expect(told(start('bm8ga2V5'))).toBe('The node cannot tell what its clients signed: a public key cannot be read.')
})

test('only a Raft node can be made the only voter', () => {
  const forced = { members: [member('n1', 1)], lastIndex: 3 }
  expect(told({ forced })).toBe('raft')
  expect(told({ forced, protocol: 'paxos' })).toContain('Only a Raft node')
})

test('a member is known by its kind and where it is', () => {
  expect(claimOf(member('n1', 7))).toEqual({ id: 'n1', name: 'n1', address: '127.0.0.1:7', voter: true })
  expect(claimOf({ nodeId: 'n2', host: '::1', port: 7, member: 'learner' })).toMatchObject({ address: '[::1]:7', voter: false })
  expect(claimOf({ ...member('n3', 7), member: 'witness' })).toMatchObject({ voter: true, witness: true })
})
