import { describe, expect, it } from 'vitest'
import { DEFAULT_PROTOCOL_OPTIONS } from '../../../../contract/agent'
import { askedOptions, changedOptions, chosenOf, USUAL } from './options'

describe('the options of a new cluster', () => {
  it('are not asked for while they are the usual ones', () => expect(askedOptions('raft', USUAL)).toBeNull())
  it('are asked for where they differ', () => {
    expect(askedOptions('raft', { ...USUAL, reads: 'lease' })).toEqual({ reads: 'lease' })
    expect(askedOptions('raft', { ...USUAL, prefer: ['n2', 'n1'] })).toEqual({ prefer: ['n2', 'n1'] })
    expect(askedOptions('paxos', { reads: 'lease', forwarding: true, snapshotAfterEntries: 500, prefer: ['n2'], tentative: true })).toEqual({ reads: 'lease', forwarding: true, snapshotAfterEntries: 500 })
  })
  it('of PBFT are its own, whatever was chosen before', () => {
    expect(askedOptions('pbft', { ...USUAL, forwarding: true })).toBeNull()
    expect(askedOptions('pbft', { ...USUAL, forwarding: true, tentative: true })).toEqual({ tentative: true })
  })
})

describe('the options of a cluster that exists', () => {
  it('are in the form as they are remembered', () => expect(chosenOf(DEFAULT_PROTOCOL_OPTIONS)).toEqual(USUAL))
  it('keep a longer order than was chosen here', () => expect(chosenOf({ ...DEFAULT_PROTOCOL_OPTIONS, prefer: ['n8', 'n1', 'n2'] }).prefer).toEqual(['n8', 'n1', 'n2']))
  it('are asked for where they differ from that, also where they go back to the usual', () => {
    const lease = { ...USUAL, reads: 'lease' } as const
    expect(changedOptions('raft', lease, lease)).toEqual({})
    expect(changedOptions('raft', lease, { ...USUAL, snapshotAfterEntries: 500 })).toEqual({ reads: 'index', snapshotAfterEntries: 500 })
    expect(changedOptions('raft', { ...USUAL, prefer: ['n1', 'n2'] }, { ...USUAL, prefer: ['n1', 'n2'] })).toEqual({})
    expect(changedOptions('raft', { ...USUAL, prefer: ['n1'] }, USUAL)).toEqual({ prefer: [] })
    expect(changedOptions('raft', lease, { ...lease, forwarding: true })).toEqual({ forwarding: true })
  })
})
