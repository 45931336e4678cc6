/**
 * Which members a cluster is expected to have, and at which endpoint each is asked. Pure. Engines forget the dead and each
 * member knows only its own member list; this remembers them, and lets a member go only on a majority's word.
 */
import type { ExpectedMember } from '../../../../core/observation'
import { MEMBERS_MAX, REMOVED_MAX } from './limits'
import type { EtcdMember } from './protocol'

export interface KnownMember {
  /** Hexadecimal. */
  readonly id: string
  readonly name: string
  /** host:port of each advertised client URL. */
  readonly addresses: readonly string[]
  readonly voter: boolean
}

export interface Membership {
  /** Hexadecimal; null until a member answered. */
  readonly etcdClusterId: string | null
  /** As the user gave them. */
  readonly given: readonly string[]
  readonly members: readonly KnownMember[]
  /** Which member last answered at a given endpoint. */
  readonly answeredAt: Readonly<Record<string, string>>
  /** What each member last said the members are: ids, voters marked. */
  readonly lists: Readonly<Record<string, readonly { readonly id: string; readonly voter: boolean }[]>>
  /** Members that a majority said are gone; the newest last. */
  readonly removed: readonly string[]
}

/** Whom to ask, and where. `memberId` null: an endpoint given by the user that has not told yet whose it is. */
export interface Target {
  readonly nodeId: string
  readonly name: string
  readonly endpoint: string
  readonly memberId: string | null
}

const NODE_ID_CHARACTERS_MAX = 64
const endpointId = (endpoint: string): string => endpoint.slice(-NODE_ID_CHARACTERS_MAX)

/** host:port of a client URL; null for a UNIX socket or what is no URL. */
export function addressOf(clientUrl: string): string | null {
  const match = /^https?:\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?\/?$/.exec(clientUrl)
  if (match === null) return null
  return `${match[1] ?? ''}:${match[2] ?? (clientUrl.startsWith('https') ? '443' : '80')}`
}

const canonical = (endpoint: string): string => endpoint.toLowerCase().replace(/^(localhost|\[::1\]):/, '127.0.0.1:')
const sameAddress = (a: string, b: string): boolean => canonical(a) === canonical(b)

export const newMembership = (given: readonly string[]): Membership => ({
  etcdClusterId: null, given: [...new Set(given)], members: [], answeredAt: {}, lists: {}, removed: [],
})

function endpointOf(membership: Membership, member: KnownMember): string {
  const answered = membership.given.find((endpoint) => membership.answeredAt[endpoint] === member.id)
  if (answered !== undefined) return answered
  const unclaimed = membership.given.filter((endpoint) => membership.answeredAt[endpoint] === undefined)
  const given = unclaimed.find((endpoint) => member.addresses.some((each) => sameAddress(each, endpoint)))
  return given ?? member.addresses[0] ?? ''
}

/** Every member once, then the given endpoints of which nobody knows yet whose they are. */
export function targetsOf(membership: Membership): readonly Target[] {
  const members = membership.members.map((member): Target => {
    const endpoint = endpointOf(membership, member)
    return { nodeId: member.id, name: member.name === '' ? member.id : member.name, endpoint, memberId: member.id }
  })
  const taken = new Set(members.map((target) => canonical(target.endpoint)))
  const strangers = membership.given
    .filter((endpoint) => membership.answeredAt[endpoint] === undefined && !taken.has(canonical(endpoint)))
    .map((endpoint): Target => ({ nodeId: endpointId(endpoint), name: endpoint, endpoint, memberId: null }))
  return [...members, ...strangers].slice(0, MEMBERS_MAX)
}

/**
 * The members that must be shown. Before any member list is known, the endpoints given; afterwards the members: an endpoint that is
 * nobody's known address is asked on, but is not counted as one more voter.
 */
export function expectedOf(membership: Membership): readonly ExpectedMember[] {
  const voterOf = new Map(membership.members.map((member) => [member.id, member.voter]))
  return targetsOf(membership)
    .filter((target) => target.memberId !== null || membership.members.length === 0)
    .map((target) => ({
      id: target.nodeId, name: target.name, endpoint: target.endpoint,
      voter: target.memberId === null ? true : (voterOf.get(target.memberId) ?? true),
    }))
}

function known(member: EtcdMember): KnownMember {
  return {
    id: member.ID, name: member.name, voter: !member.isLearner,
    addresses: member.clientURLs.map(addressOf).filter((address) => address !== null),
  }
}

type List = Membership['lists'][string]
const listKey = (list: List): string => list.map((each) => `${each.id}${each.voter ? '' : '*'}`).sort().join(' ')

/** The member list that a majority of the voters on it tell; null where none is. */
function confirmedList(lists: Membership['lists']): List | null {
  for (const list of Object.values(lists)) {
    const voters = list.filter((each) => each.voter)
    const key = listKey(list)
    const tellers = voters.filter((voter) => lists[voter.id] !== undefined && listKey(lists[voter.id] ?? []) === key)
    if (tellers.length > voters.length / 2) return list
  }
  return null
}

export interface Answer {
  readonly endpoint: string
  readonly etcdClusterId: string
  readonly memberId: string
  /** null: it did not tell (a learner refuses to). */
  readonly members: readonly EtcdMember[] | null
}

function withList(membership: Membership, teller: string, told: readonly EtcdMember[]): Membership {
  const lists = { ...membership.lists, [teller]: told.map((member) => ({ id: member.ID, voter: !member.isLearner })) }
  const confirmed = confirmedList(lists)
  const confirmedIds = confirmed === null ? null : new Set(confirmed.map((each) => each.id))
  const current = told.filter((member) => confirmedIds?.has(member.ID) === true || !membership.removed.includes(member.ID))
  const toldById = new Map(current.map((member) => [member.ID, known(member)]))
  const kept = membership.members.map((member) => toldById.get(member.id) ?? member)
  const added = [...toldById.values()].filter((member) => !membership.members.some((each) => each.id === member.id))
  const all = [...kept, ...added]
  const members = confirmedIds === null ? all : all.filter((member) => confirmedIds.has(member.id))
  const gone = all.filter((member) => !members.includes(member)).map((member) => member.id)
  const removed = [...membership.removed.filter((id) => confirmedIds?.has(id) !== true && !gone.includes(id)), ...gone].slice(-REMOVED_MAX)
  const present = new Set(members.map((member) => member.id))
  return {
    ...membership, members, removed,
    lists: Object.fromEntries(Object.entries(lists).filter(([id]) => present.has(id))),
    answeredAt: Object.fromEntries(Object.entries(membership.answeredAt).filter(([, id]) => !removed.includes(id))),
  }
}

/** What is known after one member answered. The very same object where nothing changed. */
export function afterAnswer(membership: Membership, answer: Answer): Membership {
  const isGiven = membership.given.includes(answer.endpoint)
  const located: Membership = {
    ...membership,
    etcdClusterId: membership.etcdClusterId ?? answer.etcdClusterId,
    answeredAt: isGiven ? { ...membership.answeredAt, [answer.endpoint]: answer.memberId } : membership.answeredAt,
  }
  const unheard = answer.members === null || membership.removed.includes(answer.memberId)
  const next = unheard ? located : withList(located, answer.memberId, answer.members ?? [])
  return JSON.stringify(next) === JSON.stringify(membership) ? membership : next
}
