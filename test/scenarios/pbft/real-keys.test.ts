import { describe, expect, it } from 'vitest'
import type { Signer } from '../../../src/core/machine'
import { generateGroupKeys, signerOf } from '../../../src/runtime/signer/keys.fixture'
import { PbftGroup } from './group'

const IDS = ['n0', 'n1', 'n2', 'n3']

function signers(): Map<string, Signer> {
  return new Map([...generateGroupKeys(IDS)].map(([id, keys]) => {
    const signer = signerOf(keys)
    if (!signer.ok) throw new Error(signer.error.message)
    return [id, signer.value]
  }))
}

describe('with Ed25519 keys and SHA-256', () => {
  it('orders, makes checkpoints, changes views and brings back a replica that was away', () => {
    const group = new PbftGroup({ replicas: 4, seed: 3, signers: signers(), liars: ['n0'] })
    for (let i = 0; i < 20; i++) {
      group.propose(`a${i}`, ['n1', 'n2'])
      group.settle((packet) => packet.to === 'n3')
    }
    group.behave('n0', 'silent')
    group.propose('b', ['n1', 'n2', 'n3'])
    group.run(60)
    group.propose('c', ['n1'])
    group.run(20)
    expect(group.violation).toBeNull()
    expect(new Set(group.correct.map((node) => node.list.commands.join())).size).toBe(1)
    expect(group.node('n3').list.commands).toHaveLength(22)
    expect(group.node('n3').machine.view).toBeGreaterThan(0)
  })

  it('refuses a replica that signs with a key of its own making', () => {
    const right = signers()
    const wrong = signers()
    const group = new PbftGroup({ replicas: 4, seed: 3, signers: new Map([...right, ['n3', wrong.get('n3') ?? right.get('n3') as Signer]]), liars: ['n3'] })
    for (let i = 0; i < 6; i++) group.propose(`a${i}`, IDS)
    group.run(10)
    expect(group.violation).toBeNull()
    expect(group.correct.map((node) => node.list.commands.length)).toEqual([6, 6, 6])
    // The others do not understand a word of it, nor it of them.
    expect(group.node('n3').list.commands).toEqual([])
  })
})
