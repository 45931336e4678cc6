import { describe, expect, it } from 'vitest'
import { epochVariable } from '../../ui'
import { fenceNumber, fenceText, numberOfText } from './fence'

const ballot = (round: number, node: number) => ({ value: BigInt(round * 1024 + node), label: `${round}.n${node}` })

describe('an epoch', () => {
  it('is written as its protocol writes it', () => expect([fenceText({ value: 7n }), fenceText(ballot(7, 2))]).toEqual(['7', '7.n2']))
  it('changes its hue with the round of a ballot, whoever owns it', () => {
    expect(epochVariable(fenceNumber(ballot(7, 2)))).toBe(epochVariable(7n))
    expect(epochVariable(fenceNumber(ballot(7, 2)))).not.toBe(epochVariable(fenceNumber(ballot(8, 2))))
  })
  it('is known from its text', () => expect([numberOfText('7'), numberOfText('7.n2'), numberOfText('none'), numberOfText('7 entries')]).toEqual([7n, 7n, null, null]))
})
