import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { plant, toHex } from '../base'
import type { Frame } from '../machine'
import { RequestWindow } from './request-window'
import { Replicas } from './tentative.fixture'

const ON = { tentative: true }
const isCommit = (_from: string, { kind }: Frame): boolean => kind === 'commit'
const toNobody = (_from: string, { kind }: Frame): boolean => kind === 'commit' || kind === 'status' || kind === 'view-change'

afterEach(() => { plant(null) })

describe('tentative execution', () => {
  it('is off unless it is turned on', () => {
    const group = new Replicas({})
    group.propose('a')
    group.settle(isCommit)
    expect(group.stories()).toEqual(['', '', '', ''])
    group.propose('b')
    group.settle()
    expect(group.stories().join()).not.toContain('tentative')
  })

  it('comes with what is prepared, and is what is applied once that is committed', () => {
    const group = new Replicas(ON)
    group.propose('a')
    group.settle(isCommit)
    expect(group.stories()).toEqual(Array(4).fill('tentative 1 in 0: a'))
    expect(group.all.map(({ machine }) => machine.status()).map(({ committedIndex, appliedIndex }) => [committedIndex, appliedIndex])).toEqual(Array(4).fill([0, 0]))
    group.run(8)
    expect(group.stories()).toEqual(Array(4).fill('tentative 1 in 0: a; apply 1: a'))
  })

  it('waits for the certificate to be on the disk: what is told must survive a crash', () => {
    const group = new Replicas(ON)
    group.propose('a')
    group.settle(isCommit, ['n2'])
    expect(group.at('n2').story).toEqual([])
    // Its prepare leaves with the first write; the certificate is the second one.
    group.at('n2').write()
    expect(group.at('n2').machine.entries(1, 2)).toHaveLength(1)
    expect(group.at('n2').story).toEqual([])
    group.at('n2').write()
    expect(group.at('n2').story).toEqual(['tentative 1 in 0: a'])
  })

  it('is one sequence number ahead, and goes on when that is committed', () => {
    const group = new Replicas(ON)
    group.propose('a')
    group.settle(isCommit)
    group.propose('b')
    group.settle(isCommit)
    expect(group.stories()).toEqual(Array(4).fill('tentative 1 in 0: a'))
    group.run(8)
    for (const story of group.stories()) expect(story).toMatch(/^tentative 1 in 0: a; apply 1: a; (tentative 2 in 0: b; )?apply 2: b$/)
  })

  it('does not pass over a number that is not prepared', () => {
    const group = new Replicas(ON)
    const isFirst = (_from: string, { kind, to }: Frame): boolean => kind === 'commit' || (to === 'n3' && kind === 'prepare')
    group.propose('a')
    group.settle(isFirst)
    group.propose('b')
    group.settle(isCommit)
    expect(group.at('n3').story).toEqual([])
    plant('pbft/tentative-above-uncommitted')
    group.at('n3').turn()
    expect(group.at('n3').story).toEqual(['tentative 2 in 0: b'])
  })

  it('is undone when the view is left, and done again in the next one', () => {
    const group = new Replicas(ON)
    group.propose('a')
    group.settle(isCommit)
    group.run(40, toNobody)
    expect(group.stories()).toEqual(Array(4).fill('tentative 1 in 0: a; undo'))
    // The view changes are brought again by statuses; what was prepared is taken over.
    group.run(20, isCommit)
    for (const story of group.stories()) expect(story).toMatch(/^tentative 1 in 0: a; undo; tentative 1 in [1-9]\d*: a/)
    group.run(200)
    for (const story of group.stories()) expect(story).toMatch(/; apply 1: a(; apply \d+: -)*$/)
  })

  it('gives way to another batch that was committed at its place meanwhile', () => {
    const group = new Replicas(ON)
    // n1 alone prepares the batch of the primary; the others hear nothing of it and agree on another one without them.
    const isAlone = (from: string, { to, kind }: Frame): boolean => kind === 'commit' || (kind === 'prepare' && to !== 'n1') || (from === 'n1' && kind === 'commit')
    group.propose('a')
    group.settle(isAlone)
    expect(group.stories()).toEqual(['', 'tentative 1 in 0: a', '', ''])
    const isCut = (from: string, { to }: Frame): boolean => from === 'n1' || to === 'n1'
    group.propose('b', 'n2')
    group.run(60, isCut)
    const decided = group.at('n2').story.filter((line) => line.startsWith('apply'))
    expect(decided.length).toBeGreaterThan(0)
    group.run(60)
    expect(group.at('n1').story[1]).toBe('undo')
    expect(group.at('n1').story.filter((line) => line.startsWith('apply'))).toEqual(group.at('n2').story.filter((line) => line.startsWith('apply')))
  })

  it('is no part of what a crash leaves: a replica comes back with what is committed', () => {
    const group = new Replicas(ON)
    group.propose('a')
    group.settle(isCommit)
    const again = group.at('n3').restarted(ON)
    expect(again.machine.status()).toMatchObject({ committedIndex: 0, appliedIndex: 0 })
    group.replace(again)
    // What it said it stands by: the certificate was on its disk.
    again.turn()
    expect(again.story).toEqual(['tentative 1 in 0: a'])
    group.run(8)
    expect(again.story).toEqual(['tentative 1 in 0: a', 'apply 1: a'])
  })

  it('leaves reads out: a mark is answered when it is committed', () => {
    const group = new Replicas(ON)
    expect(group.at('n0').machine.read(7)).toEqual({ kind: 'waiting' })
    group.settle(isCommit)
    expect(group.at('n0').story).toEqual(['tentative 1 in 0: '])
    group.run(8)
    expect(group.at('n0').story).toEqual(['tentative 1 in 0: ', 'apply 1: -'])
  })
})

describe('the window of executed requests', () => {
  it('says beforehand what adding would do', () => {
    const id = (value: number): string => toHex(Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? value : 0)))
    fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(9)), fc.array(fc.nat(9)), (capacity, before, asked) => {
      const window = new RequestWindow(capacity)
      for (const each of before) if (!window.has(id(each))) window.add(id(each))
      const ids = asked.slice(0, capacity).map(id)
      const said = window.wouldAdd(ids)
      const encoded = toHex(window.encode())
      expect(toHex(window.encode())).toBe(encoded)
      expect(said).toEqual(ids.map((each) => {
        if (window.has(each)) return false
        window.add(each)
        return true
      }))
    }))
  })
})
