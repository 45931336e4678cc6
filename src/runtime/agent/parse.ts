/** Parses what the console says. Written by hand: the bundle that goes to remote hosts carries no schema library. */
import {
  BEHAVIOURS, type ForcedStart, type LinkRule, type MemberAddress, type NodeStart, type PeerAddress, type ProtocolOptions, type SigningKeys, type ToAgent,
} from '../../contract/agent'
import type { Control, MemberChange, MemberKind, ProtocolName } from '../../core/machine'
import type { LoadSettings } from '../../contract/load'

const TEXT_MAX = 4096
const MEMBERS_MAX = 64
const PROTOCOLS = ['raft', 'paxos', 'pbft'] as const satisfies readonly ProtocolName[]
const MEMBER_KINDS = ['voter', 'learner', 'witness'] as const satisfies readonly MemberKind[]

class Unreadable extends Error {}

type Fields = Readonly<Record<string, unknown>>

/** The message, or in words why it is none. */
export function parseToAgent(message: unknown): ToAgent | string {
  try {
    return read(fields(message, 'message'))
  } catch (error) {
    if (error instanceof Unreadable) return error.message
    throw error
  }
}

function read(message: Fields): ToAgent {
  const kind = message['kind']
  switch (kind) {
    case 'start-node': return nodeStart(message)
    case 'start-load': return {
      kind, protocol: oneOf(PROTOCOLS, message['protocol'], 'protocol'), members: members(message['members']), settings: loadSettings(message['settings']),
      ...(message['clientKeyFile'] === undefined ? {} : { clientKeyFile: text(message['clientKeyFile'], 'clientKeyFile') }),
    }
    case 'observe': return { kind, id: integer(message['id'], 'id', 0, Number.MAX_SAFE_INTEGER) }
    case 'link-rules': return { kind, rules: list(message['rules'], 'rules').map(linkRule) }
    case 'load-settings': return { kind, settings: loadSettings(message['settings']) }
    case 'behave': return { kind, behaviour: oneOf(BEHAVIOURS, message['behaviour'], 'behaviour') }
    case 'members': return { kind, members: members(message['members']) }
    case 'control': return { kind, id: integer(message['id'], 'id', 0, Number.MAX_SAFE_INTEGER), control: control(fields(message['control'], 'control')) }
    case 'stop': return { kind }
    default: throw new Unreadable('the kind of a control message is not known')
  }
}

function nodeStart(message: Fields): NodeStart {
  const listen = fields(message['listen'], 'listen')
  const timing = fields(message['timing'], 'timing')
  const options = fields(message['options'], 'options')
  const protocol = oneOf(PROTOCOLS, message['protocol'], 'protocol')
  const start: NodeStart = {
    kind: 'start-node',
    clusterId: text(message['clusterId'], 'clusterId'),
    nodeId: text(message['nodeId'], 'nodeId'),
    directory: text(message['directory'], 'directory'),
    listen: { host: text(listen['host'], 'listen.host'), port: integer(listen['port'], 'listen.port', 0, 65_535) },
    members: list(message['members'], 'members').map(member),
    protocol,
    options: {
      reads: oneOf(['index', 'lease'], options['reads'], 'options.reads'),
      forwarding: flag(options['forwarding'], 'options.forwarding'),
      ...(options['prefer'] === undefined ? {} : { prefer: list(options['prefer'], 'options.prefer').map((each) => text(each, 'options.prefer')) }),
      ...(options['tentative'] === undefined ? {} : { tentative: flag(options['tentative'], 'options.tentative') }),
      snapshot: snapshotPolicy(fields(options['snapshot'], 'options.snapshot')),
    },
    forced: message['forced'] === null ? null : forced(fields(message['forced'], 'forced')),
    keys: message['keys'] === null ? null : keys(fields(message['keys'], 'keys')),
    timing: {
      tickMs: integer(timing['tickMs'], 'timing.tickMs', 1, 10_000),
      electionTicks: integer(timing['electionTicks'], 'timing.electionTicks', 2, 10_000),
      heartbeatTicks: integer(timing['heartbeatTicks'], 'timing.heartbeatTicks', 1, 10_000),
    },
  }
  const ids = start.members.map(({ nodeId }) => nodeId)
  if (!ids.includes(start.nodeId)) throw new Unreadable('members: the node itself is missing')
  if (new Set(ids).size !== ids.length) throw new Unreadable('members: a node is named twice')
  if ((protocol === 'pbft') !== (start.keys !== null)) throw new Unreadable('keys: they belong to pbft, and to pbft only')
  const strangers = start.keys?.publicKeys.length !== ids.length || !start.keys.publicKeys.every(({ nodeId }) => ids.includes(nodeId))
  if (start.keys !== null && strangers) throw new Unreadable('keys: every member has one')
  if (start.timing.heartbeatTicks >= start.timing.electionTicks) throw new Unreadable('timing: heartbeats must come faster than elections')
  return start
}

function address(value: unknown): PeerAddress {
  const member = fields(value, 'members')
  return { nodeId: text(member['nodeId'], 'nodeId'), host: text(member['host'], 'host'), port: integer(member['port'], 'port', 1, 65_535) }
}

function member(value: unknown): MemberAddress {
  const { member: kind } = fields(value, 'members')
  return kind === undefined ? address(value) : { ...address(value), member: oneOf(MEMBER_KINDS, kind, 'members.member') }
}

function snapshotPolicy(value: Fields): ProtocolOptions['snapshot'] {
  const count = (name: string, least: number): number => integer(value[name], `options.snapshot.${name}`, least, Number.MAX_SAFE_INTEGER)
  return { afterEntries: count('afterEntries', 1), afterBytes: count('afterBytes', 1), trailingEntries: count('trailingEntries', 0) }
}

function forced(value: Fields): ForcedStart {
  return { members: list(value['members'], 'forced.members').map(member), lastIndex: integer(value['lastIndex'], 'forced.lastIndex', 0, Number.MAX_SAFE_INTEGER) }
}

function keys(value: Fields): SigningKeys {
  return {
    privateKeyFile: text(value['privateKeyFile'], 'keys.privateKeyFile'),
    publicKeys: list(value['publicKeys'], 'keys.publicKeys').map((each) => {
      const { nodeId, key } = fields(each, 'keys.publicKeys')
      return { nodeId: text(nodeId, 'keys.nodeId'), key: text(key, 'keys.key') }
    }),
    ...(value['clientKey'] === undefined ? {} : { clientKey: text(value['clientKey'], 'keys.clientKey') }),
  }
}

function control(value: Fields): Control {
  const { kind } = value
  if (kind === 'transfer-leadership') return { kind, to: value['to'] === null ? null : text(value['to'], 'control.to') }
  if (kind !== 'change-members') throw new Unreadable('control: not a kind that is known')
  return {
    kind, mode: oneOf(['auto', 'joint', 'single'], value['mode'], 'control.mode'),
    changes: list(value['changes'], 'control.changes').map((each): MemberChange => {
      const change = fields(each, 'control.changes')
      const id = text(change['id'], 'control.id')
      if (change['kind'] === 'remove') return { kind: 'remove', id }
      if (change['kind'] !== 'set') throw new Unreadable('control.changes: not a kind that is known')
      return {
        kind: 'set', id, address: text(change['address'], 'control.address'), member: oneOf(MEMBER_KINDS, change['member'], 'control.member'),
        promote: flag(change['promote'], 'control.promote'),
      }
    }),
  }
}

function members(value: unknown): readonly PeerAddress[] {
  const read = list(value, 'members').map(address)
  if (read.length === 0) throw new Unreadable('members: there is none')
  return read
}

function linkRule(value: unknown): LinkRule {
  const rule = fields(value, 'rules')
  const limit = rule['bytesPerSecondMax']
  return {
    to: text(rule['to'], 'to'),
    cut: flag(rule['cut'], 'cut'),
    latencyMs: number(rule['latencyMs'], 'latencyMs', 0, 600_000),
    jitterMs: number(rule['jitterMs'], 'jitterMs', 0, 600_000),
    loss: number(rule['loss'], 'loss', 0, 1),
    bytesPerSecondMax: limit === null ? null : number(limit, 'bytesPerSecondMax', 1, 1e12),
  }
}

function loadSettings(value: unknown): LoadSettings {
  const settings = fields(value, 'settings')
  const rate = settings['ratePerSecond']
  return {
    ratePerSecond: rate === null ? null : number(rate, 'ratePerSecond', 1, 200_000),
    valueBytes: integer(settings['valueBytes'], 'valueBytes', 1, 65_536),
    readShare: number(settings['readShare'], 'readShare', 0, 1),
    clients: integer(settings['clients'], 'clients', 1, 512),
  }
}

function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable(`${name}: not an object`)
  return value as Fields
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > MEMBERS_MAX) throw new Unreadable(`${name}: not a list of at most ${MEMBERS_MAX}`)
  return value
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > TEXT_MAX) throw new Unreadable(`${name}: not a text`)
  return value
}

function oneOf<const Value extends string>(values: readonly Value[], value: unknown, name: string): Value {
  const found = values.find((each) => each === value)
  if (found === undefined) throw new Unreadable(`${name}: not one of ${values.join(', ')}`)
  return found
}

function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new Unreadable(`${name}: neither true nor false`)
  return value
}

function number(value: unknown, name: string, low: number, high: number): number {
  if (typeof value !== 'number' || !(value >= low && value <= high)) throw new Unreadable(`${name}: not a number from ${low} to ${high}`)
  return value
}

function integer(value: unknown, name: string, low: number, high: number): number {
  const read = number(value, name, low, high)
  if (!Number.isInteger(read)) throw new Unreadable(`${name}: not a whole number`)
  return read
}
