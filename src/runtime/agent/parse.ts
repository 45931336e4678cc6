/** Parses what the console says. Written by hand: the bundle that goes to remote hosts carries no schema library. */
import type { LinkRule, NodeStart, PeerAddress, ToAgent } from '../../contract/agent'
import type { LoadSettings } from '../../contract/load'

const TEXT_MAX = 4096
const MEMBERS_MAX = 64

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
    case 'start-load': return { kind, members: members(message['members']), settings: loadSettings(message['settings']) }
    case 'observe': return { kind, id: integer(message['id'], 'id', 0, Number.MAX_SAFE_INTEGER) }
    case 'link-rules': return { kind, rules: list(message['rules'], 'rules').map(linkRule) }
    case 'load-settings': return { kind, settings: loadSettings(message['settings']) }
    case 'stop': return { kind }
    default: throw new Unreadable('the kind of a control message is not known')
  }
}

function nodeStart(message: Fields): NodeStart {
  const listen = fields(message['listen'], 'listen')
  const timing = fields(message['timing'], 'timing')
  if (message['protocol'] !== 'raft') throw new Unreadable('protocol: only raft is known')
  const start: NodeStart = {
    kind: 'start-node',
    clusterId: text(message['clusterId'], 'clusterId'),
    nodeId: text(message['nodeId'], 'nodeId'),
    directory: text(message['directory'], 'directory'),
    listen: { host: text(listen['host'], 'listen.host'), port: integer(listen['port'], 'listen.port', 0, 65_535) },
    members: members(message['members']),
    protocol: 'raft',
    timing: {
      tickMs: integer(timing['tickMs'], 'timing.tickMs', 1, 10_000),
      electionTicks: integer(timing['electionTicks'], 'timing.electionTicks', 2, 10_000),
      heartbeatTicks: integer(timing['heartbeatTicks'], 'timing.heartbeatTicks', 1, 10_000),
    },
  }
  const ids = start.members.map(({ nodeId }) => nodeId)
  if (!ids.includes(start.nodeId)) throw new Unreadable('members: the node itself is missing')
  if (new Set(ids).size !== ids.length) throw new Unreadable('members: a node is named twice')
  if (start.timing.heartbeatTicks >= start.timing.electionTicks) throw new Unreadable('timing: heartbeats must come faster than elections')
  return start
}

function members(value: unknown): readonly PeerAddress[] {
  const read = list(value, 'members').map((each): PeerAddress => {
    const member = fields(each, 'members')
    return { nodeId: text(member['nodeId'], 'nodeId'), host: text(member['host'], 'host'), port: integer(member['port'], 'port', 1, 65_535) }
  })
  if (read.length === 0) throw new Unreadable('members: there is none')
  return read
}

function linkRule(value: unknown): LinkRule {
  const rule = fields(value, 'rules')
  const limit = rule['bytesPerSecondMax']
  if (typeof rule['cut'] !== 'boolean') throw new Unreadable('cut: neither true nor false')
  return {
    to: text(rule['to'], 'to'),
    cut: rule['cut'],
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

function number(value: unknown, name: string, low: number, high: number): number {
  if (typeof value !== 'number' || !(value >= low && value <= high)) throw new Unreadable(`${name}: not a number from ${low} to ${high}`)
  return value
}

function integer(value: unknown, name: string, low: number, high: number): number {
  const read = number(value, name, low, high)
  if (!Number.isInteger(read)) throw new Unreadable(`${name}: not a whole number`)
  return read
}
