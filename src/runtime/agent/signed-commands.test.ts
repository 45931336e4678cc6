import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { utf8Encode } from '../../core/base'
import { decodeReply, encodeCommand, encodeQuery, ReplicatedMachine, Revocable, type Operation } from '../../core/statemachine'
import { commandSigner } from '../signer'
import { SignedCommands } from './signed-commands'

const CLIENT = '00000000000000aa'
const sign = commandSigner(generateKeyPairSync('ed25519').privateKey)
const put = (text: string): Operation => ({ kind: 'put', key: 'k', value: utf8Encode(text) })
const commands = [
  encodeCommand({ kind: 'open-session', clientId: CLIENT }),
  ...['a', 'b', 'c'].map((text, i) => encodeCommand({ kind: 'operate', clientId: CLIENT, sequence: i + 1, lowestOutstanding: i + 1, operation: put(text) })),
]

test('signed commands do what they do unsigned, in the state, its hash and its snapshot', () => {
  const [bare, signed] = [new ReplicatedMachine(), new SignedCommands(new ReplicatedMachine())]
  for (const command of commands) expect(signed.apply(sign(command))).toEqual(bare.apply(command))
  expect([signed.hash(), signed.snapshot()]).toEqual([bare.hash(), bare.snapshot()])
  expect(signed.tentative).toBeNull()
  expect(decodeReply(signed.query(encodeQuery({ kind: 'get', key: 'k' })))).toEqual({ kind: 'value', value: utf8Encode('c') })
  const other = new SignedCommands(new ReplicatedMachine())
  expect(other.restore(signed.snapshot()).ok).toBe(true)
  expect(other.hash()).toBe(signed.hash())
})

test('executed tentatively they can be taken back', () => {
  const machine = new SignedCommands(new Revocable(new ReplicatedMachine()))
  for (const command of commands.slice(0, 2)) machine.apply(sign(command))
  const before = machine.hash()
  expect(decodeReply(machine.tentative?.apply(sign(commands[2] as Uint8Array)) ?? new Uint8Array(0))).toEqual({ kind: 'done' })
  machine.tentative?.undo()
  expect(machine.hash()).toBe(before)
})

test('bytes that hold no command get a reply that says so', () => {
  expect(decodeReply(new SignedCommands(new ReplicatedMachine()).apply(Uint8Array.of(9, 9)))).toEqual({ kind: 'malformed' })
})
