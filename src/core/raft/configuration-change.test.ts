import { describe, expect, it } from 'vitest'
import { seededRandom, type Random } from '../base'
import type { MemberChange } from '../machine'
import { keepsData, quorumOf, sorted, votersOf, type Configuration, type Member } from './configuration'
import { leaveJoint, planChange } from './configuration-change'
import { decodeConfiguration, encodeConfiguration } from './configuration-codec'

const CHANGES = 50_000
/** The last two are witnesses wherever they are members, since a member does not change to or from one. */
const IDS = ['a', 'b', 'c', 'd', 'e', 'v', 'w']
const ALL = 1 << IDS.length

function drawMembers(random: Random): readonly Member[] {
  for (;;) {
    const members = IDS.flatMap((id, i): Member[] => {
      if (random.next() < 0.4) return []
      const kind = i >= 5 ? 'witness' : random.next() < 0.75 ? 'voter' : 'learner'
      return [{ id, name: id, address: `test:${id}`, kind, promote: false }]
    })
    if (keepsData(members)) return sorted(members)
  }
}

const setTo = ({ id, address, kind }: Member): MemberChange => ({ kind: 'set', id, address, member: kind, promote: false })

/** In an order in which each step alone is allowed: witnesses go first and come last. */
function changesBetween(before: readonly Member[], after: readonly Member[]): MemberChange[] {
  const find = (members: readonly Member[], id: string): Member | undefined => members.find((member) => member.id === id)
  const coming = after.filter((member) => find(before, member.id)?.kind !== member.kind)
  const going = before.filter((member) => find(after, member.id) === undefined)
  return [
    ...coming.filter(({ kind }) => kind === 'voter').map(setTo),
    ...going.filter(({ kind }) => kind === 'witness').map(({ id }): MemberChange => ({ kind: 'remove', id })),
    ...going.filter(({ kind }) => kind !== 'witness').map(({ id }): MemberChange => ({ kind: 'remove', id })),
    ...coming.filter(({ kind }) => kind === 'learner').map(setTo),
    ...coming.filter(({ kind }) => kind === 'witness').map(setTo),
  ]
}

function planned(configuration: Configuration, changes: readonly MemberChange[], mode: 'auto' | 'joint' | 'single'): Configuration {
  const next = planChange(configuration, changes, mode)
  if ('kind' in next) throw new Error(`${mode}: ${next.message} ${JSON.stringify(changes)} on ${JSON.stringify(configuration.members)}`)
  return next
}

/** Which sets of IDS are quorums, asked of the code for every set; the same configuration is asked once. */
const tables = new Map<string, Uint8Array>()
function quorums(configuration: Configuration): Uint8Array {
  const key = `${votersOf(configuration.members).join()}|${configuration.outgoing === null ? '' : votersOf(configuration.outgoing).join()}`
  let table = tables.get(key)
  if (table === undefined) {
    const quorum = quorumOf(configuration)
    table = Uint8Array.from({ length: ALL }, (_, mask) => (quorum.vote((id) => (mask & (1 << IDS.indexOf(id))) !== 0) === 'won' ? 1 : 0))
    tables.set(key, table)
  }
  return table
}

/** By trying all: no quorum of one is disjoint from a quorum of the other. */
function alwaysMeet(one: Configuration, other: Configuration): boolean {
  const [first, second] = [quorums(one), quorums(other)]
  for (let mask = 0; mask < ALL; mask++) if (first[mask] === 1 && second[ALL - 1 - mask] === 1) return false
  return true
}

/** Every quorum has a member with data. */
function alwaysHoldsData(configuration: Configuration): boolean {
  const keepers = IDS.slice(0, 5).reduce((mask, id) => mask | (1 << IDS.indexOf(id)), 0)
  return quorums(configuration)[ALL - 1 & ~keepers] === 0
}

describe(`${CHANGES} random changes of members`, () => {
  it('end alike in single steps and in a joint one, and quorums of neighbours always meet', () => {
    const random = seededRandom(7)
    let steps = 0
    for (let i = 0; i < CHANGES; i++) {
      const [before, after] = [drawMembers(random), drawMembers(random)]
      const changes = changesBetween(before, after)
      if (changes.length === 0) continue
      const start: Configuration = { members: before, outgoing: null, isForced: false }
      const joint = planned(start, changes, 'joint')
      const path = [start, joint, leaveJoint(joint)]
      let single = start
      for (const change of changes) {
        const next = planned(single, [change], 'single')
        if (!alwaysMeet(single, next)) throw new Error(`disjoint quorums from ${JSON.stringify(single)} to ${JSON.stringify(next)}`)
        if (!alwaysHoldsData(next)) throw new Error(`a quorum without data in ${JSON.stringify(next)}`)
        single = next
        steps++
      }
      for (const [at, configuration] of path.entries()) {
        const next = path[at + 1]
        if (next && !alwaysMeet(configuration, next)) throw new Error(`disjoint quorums from ${JSON.stringify(configuration)} to ${JSON.stringify(next)}`)
        if (!alwaysHoldsData(configuration)) throw new Error(`a quorum without data in ${JSON.stringify(configuration)}`)
      }
      const kinds = ({ members }: Configuration): string => members.map(({ id, kind }) => `${id} ${kind}`).join()
      if (kinds(single) !== kinds(leaveJoint(joint))) expect(kinds(single)).toBe(kinds(leaveJoint(joint)))
    }
    expect(steps).toBeGreaterThan(CHANGES)
  }, 120_000)

  it('by single steps that change two voters at once would let quorums miss each other, which is why they are refused', () => {
    const of = (ids: string): Configuration => ({
      members: [...ids].map((id) => ({ id, name: id, address: '', kind: 'voter', promote: false })), outgoing: null, isForced: false,
    })
    expect(alwaysMeet(of('abc'), of('abcde'))).toBe(false)
    expect(planChange(of('abc'), [...'de'].map((id) => ({ kind: 'set', id, address: '', member: 'voter', promote: false })), 'single')).toMatchObject({ code: 'not-supported' })
    expect(planned(of('abc'), [...'de'].map((id) => ({ kind: 'set', id, address: '', member: 'voter', promote: false })), 'auto').outgoing).not.toBeNull()
  })

  it('are read back from bytes as they were written, and from no other bytes', () => {
    const random = seededRandom(3)
    for (let i = 0; i < 2000; i++) {
      const members = drawMembers(random)
      const given: Configuration = { members, outgoing: random.next() < 0.5 ? drawMembers(random) : null, isForced: random.next() < 0.2 }
      const bytes = encodeConfiguration(given)
      expect(decodeConfiguration(bytes)).toEqual(given)
      expect(decodeConfiguration(bytes.subarray(0, random.integer(0, bytes.length)))).toBeNull()
      const broken = bytes.slice()
      broken[random.integer(0, broken.length)] = random.integer(0, 256)
      decodeConfiguration(broken)
    }
  })
})
