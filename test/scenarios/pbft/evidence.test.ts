import { expect, it } from 'vitest'
import { utf8Encode } from '../../../src/core/base'
import { encodeBatch, makeItem } from '../../../src/core/pbft/batch'
import { encodeBody, encodeStatement, encodeStatementFrame } from '../../../src/core/pbft/codec'
import { Group } from '../../../src/core/pbft/group'
import type { Proposal } from '../../../src/core/pbft/types'
import { PbftGroup } from './group'

const OTHERS = ['n1', 'n2', 'n3']

it('a liar that proves its lie in a view that no one reaches does not get away with one in this view', () => {
  const group = new PbftGroup({ replicas: 4, seed: 1, liars: ['n0'] })
  const liar = new Group('group', 'n0', group.nodes.map(({ id }) => id), group.keys.signerOf('n0'))
  const batchOf = (command: string): Uint8Array => encodeBatch([makeItem(liar, 'command', utf8Encode(command))])
  const proposal = (view: number, command: string): Proposal => {
    const about = { view, sequence: 1, digest: liar.batchDigest(1, batchOf(command)) }
    return { ...about, signature: liar.sign(encodeStatement(0, { kind: 'pre-prepare', ...about })) }
  }
  const say = (kind: string, bytes: Uint8Array): void => { for (const to of OTHERS) group.deliver({ from: 'n0', to, kind, bytes }) }
  const prePrepare = (command: string): void => {
    const { view, sequence, digest, signature } = proposal(0, command)
    say('pre-prepare', encodeStatementFrame(encodeStatement(0, { kind: 'pre-prepare', view, sequence, digest }), signature, batchOf(command)))
  }
  group.proposed.add('a')
  group.proposed.add('b')

  let told = 0
  for (const view of [4_000, 8_000]) {
    const evidence = encodeBody(0, { kind: 'evidence', one: proposal(view, 'a'), other: proposal(view, 'b') })
    say('evidence', encodeStatementFrame(evidence, liar.sign(evidence), null))
  }
  group.settle(({ kind }) => {
    if (kind === 'evidence') told++
    return false
  })
  // Everyone knows now, and nobody has to be told on.
  for (const id of OTHERS) expect(group.node(id).events.filter(({ kind }) => kind === 'misbehaviour')).toHaveLength(2)
  expect(told).toBe(0)
  expect(OTHERS.map((id) => group.node(id).machine.view)).toEqual([0, 0, 0])

  prePrepare('a')
  prePrepare('b')
  group.settle()
  expect(OTHERS.map((id) => group.node(id).machine.view)).toEqual([1, 1, 1])
  expect(group.violation).toBeNull()
})
