import { describe, expect, it } from 'vitest'
import { askedOptions, hasOptions, USUAL } from './options'

describe('the options of a new cluster', () => {
  it('are not asked for while they are the usual ones', () => expect(askedOptions('raft', USUAL)).toBeNull())
  it('are asked for where they differ', () => {
    expect(askedOptions('raft', { ...USUAL, reads: 'lease' })).toEqual({ reads: 'lease' })
    expect(askedOptions('paxos', { reads: 'lease', forwarding: true, snapshotAfterEntries: 500 })).toEqual({ reads: 'lease', forwarding: true, snapshotAfterEntries: 500 })
  })
  it('are none of PBFT, whatever was chosen before', () => {
    expect(hasOptions('pbft')).toBe(false)
    expect(askedOptions('pbft', { ...USUAL, forwarding: true })).toBeNull()
  })
})
