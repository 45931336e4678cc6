/**
 * Runs a transcript: lines that start in the first column are commands, the indented lines under each are what must happen.
 * See cases/README.md for the commands.
 */
import { utf8Decode, utf8Encode, ByteReader } from '../../src/core/base'
import type { Control, MachineEvent, MemberChange } from '../../src/core/machine'
import { decodeEntries, decodeHardState, decodeLogBase, RECORD_TYPES, type Entry, type Message } from '../../src/core/raft'
import { decodeReply, encodeCommand, encodeQuery, type Operation } from '../../src/core/statemachine'
import { decodeChunk, decodeEnd, SNAPSHOT_RECORD_TYPES } from '../../src/runtime/driver'
import type { LogRecord } from '../../src/runtime/ports'
import { Cluster, messageOf, type ClusterNode, type Packet } from './cluster'

const SETTLE_ROUNDS_MAX = 50
const CAMPAIGN_TICKS_MAX = 100

export function runTranscript(text: string): string {
  const script = new Script()
  const out: string[] = []
  for (const line of text.split('\n')) {
    if (/^\s+\S/.test(line)) continue
    out.push(line.trimEnd())
    if (line.trim() !== '' && !line.startsWith('#')) out.push(...script.run(line.trim()).map((each) => `  ${each}`))
  }
  return out.join('\n').replace(/\n+$/, '') + '\n'
}

class Script {
  #cluster: Cluster | undefined
  #trace: string[] = []
  readonly #cut = new Set<string>()
  readonly #held = new Set<string>()
  readonly #reads = new Map<string, number>()

  run(line: string): string[] {
    this.#trace = []
    const [command = '', ...words] = line.replace(/^quietly /, '').split(/\s+/)
    const act = this.#commands[command]
    if (!act) throw new Error(`no such command: ${line}`)
    act(words)
    return line.startsWith('quietly ') ? [] : this.#trace
  }

  get #it(): Cluster {
    if (!this.#cluster) throw new Error('a transcript begins with: cluster')
    return this.#cluster
  }

  #nodes(word: string | undefined): ClusterNode[] {
    return word === undefined || word === 'all' ? [...this.#it.nodes.values()] : [this.#it.node(word)]
  }

  readonly #commands: Record<string, (words: string[]) => void> = {
    cluster: (words) => this.#create(words),
    tick: ([who, times = '1']) => {
      for (let i = 0; i < Number(times); i++) {
        for (const node of this.#nodes(who)) if (node.isUp) node.driver.tick()
        this.#it.flush()
      }
    },
    campaign: ([who]) => this.#campaign(who ?? ''),
    elect: ([who]) => {
      this.#campaign(who ?? '')
      this.#settle()
    },
    settle: () => this.#settle(),
    flush: () => this.#it.flush(),
    deliver: ([link]) => {
      const under = this.#it.packets
      const now = under.filter((packet) => matches(packet, link))
      this.#it.packets = under.filter((packet) => !matches(packet, link))
      for (const packet of now) this.#deliver(packet)
      this.#it.flush()
    },
    drop: ([link]) => {
      for (const packet of this.#it.packets) if (matches(packet, link)) this.#note(`lost ${packetText(packet)}`)
      this.#it.packets = this.#it.packets.filter((packet) => !matches(packet, link))
    },
    sync: ([who, writes]) => {
      for (const node of this.#nodes(who)) node.disk.sync(writes === undefined ? undefined : Number(writes))
      this.#it.flush()
    },
    hold: ([who = '']) => void this.#held.add(who),
    release: ([who = '']) => void this.#held.delete(who),
    break: ([who = '']) => { this.#it.node(who).disk.isBroken = true },
    cut: ([link = '']) => void this.#cut.add(link),
    isolate: ([who = '']) => {
      for (const id of this.#it.nodes.keys()) if (id !== who) this.#cut.add(`${id}->${who}`).add(`${who}->${id}`)
    },
    heal: () => this.#cut.clear(),
    crash: ([who = '', kept = '0']) => this.#it.crash(who, Number(kept)),
    restart: ([who = '']) => {
      this.#it.restart(who)
      this.#it.flush()
      this.#status([who])
    },
    garbage: ([who = '', from = '']) => {
      this.#it.node(who).driver.receive(from, Uint8Array.of(0xff, 1, 2))
      const statistics = this.#it.node(who).driver.statistics()
      this.#note(`malformed ${statistics.peers[from]?.malformed ?? 0}, from strangers ${statistics.strangers}`)
    },
    open: ([who = '', client = '']) => this.#propose(who, `open ${client}`, encodeCommand({ kind: 'open-session', clientId: clientId(client) })),
    put: ([who = '', request = '', pair = '']) => {
      const [key = '', value = ''] = pair.split('=')
      this.#operate(who, request, { kind: 'put', key, value: utf8Encode(value) })
    },
    delete: ([who = '', request = '', key = '']) => this.#operate(who, request, { kind: 'delete', key }),
    swap: ([who = '', request = '', key = '', expected = '', value = '']) => {
      const bytes = (word: string): Uint8Array | null => (word === 'nothing' ? null : utf8Encode(word))
      this.#operate(who, request, { kind: 'compare-and-swap', key, expected: bytes(expected), value: bytes(value) })
    },
    get: ([who = '', key = '']) => this.#get(who, key),
    join: ([who = '']) => { this.#it.start(who) },
    transfer: ([who = '', to]) => this.#control(who, 'transfer', { kind: 'transfer-leadership', to: to ?? null }),
    change: ([who = '', mode = '', ...words]) =>
      this.#control(who, `change ${words.join(' ')}`, { kind: 'change-members', mode: mode as 'auto' | 'joint' | 'single', changes: words.map(changeOf) }),
    status: (words) => this.#status(words),
    peers: ([who = '']) => {
      for (const peer of this.#it.node(who).driver.describe().peers) this.#note(JSON.stringify(peer, publicJson))
    },
    disk: ([who = '']) => {
      const { disk } = this.#it.node(who)
      for (const record of disk.records()) this.#note(recordText(record) + (disk.isDurable(record.location) ? '' : ' (not durable)'))
    },
  }

  #create(words: string[]): void {
    const settings = Object.fromEntries(words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]))
    this.#cluster = new Cluster({
      ids: words.filter((word) => !word.includes('=')),
      seed: Number(settings['seed'] ?? 1), electionTicks: Number(settings['election'] ?? 10), heartbeatTicks: Number(settings['heartbeat'] ?? 3),
      limits: {
        ...(settings['append'] ? { appendBytesMax: Number(settings['append']) } : {}),
        ...(settings['inflight'] ? { inflightMessagesMax: Number(settings['inflight']) } : {}),
        ...(settings['uncommitted'] ? { uncommittedBytesMax: Number(settings['uncommitted']) } : {}),
        ...(settings['window'] ? { logWindowBytesMax: Number(settings['window']) } : {}),
        ...(settings['snapshot'] ? { snapshotAfterEntries: Number(settings['snapshot']), snapshotExpansion: 0 } : {}),
        ...(settings['chunk'] ? { snapshotChunkBytes: Number(settings['chunk']) } : {}),
        ...(settings['trailing'] ? { trailingEntriesMax: Number(settings['trailing']) } : {}),
      },
      raft: {
        reads: settings['reads'] === 'lease' ? 'lease' : 'index',
        followerReads: settings['reads'] === 'follower', forwardProposals: settings['proposals'] === 'forward',
      },
      sessionLimits: { sessionsMax: Number(settings['sessions'] ?? 8), outstandingMax: 4 },
      onEvent: (id, event) => this.#note(eventText(id, event)),
      onRestored: (id, index) => this.#note(`${id} has the state of a snapshot as of ${index}`),
      onStopped: (id, code) => this.#note(`${id} stopped: ${code}`),
    })
  }

  #note(line: string): void {
    this.#trace.push(line)
  }

  #campaign(id: string): void {
    const node = this.#it.node(id)
    for (let i = 0; i < CAMPAIGN_TICKS_MAX && node.driver.status().role === 'follower'; i++) node.driver.tick()
    this.#it.flush()
  }

  #deliver(packet: Packet): void {
    const isLost = this.#cut.has(`${packet.from}->${packet.to}`) || !this.#it.node(packet.to).isUp
    this.#note(`${isLost ? 'lost ' : ''}${packetText(packet)}`)
    if (!isLost) this.#it.deliver(packet)
  }

  #settle(): void {
    const cluster = this.#it
    for (let round = 0; round < SETTLE_ROUNDS_MAX; round++) {
      cluster.flush()
      for (const node of cluster.nodes.values()) if (!this.#held.has(node.id)) node.disk.sync()
      cluster.flush()
      const packets = cluster.packets.splice(0)
      if (packets.length === 0 && !cluster.up.some((node) => node.isFlushDue)) return
      for (const packet of packets) this.#deliver(packet)
    }
    throw new Error('the cluster does not come to rest')
  }

  /** `request` is client#sequence, or client#sequence/lowestOutstanding. */
  #operate(who: string, request: string, operation: Operation): void {
    const [client = '', numbers = ''] = request.split('#')
    const [sequence, lowest = sequence] = numbers.split('/').map(Number)
    const command = encodeCommand({
      kind: 'operate', clientId: clientId(client), sequence: sequence ?? 1, lowestOutstanding: lowest ?? 1, operation,
    })
    this.#propose(who, request, command)
  }

  #propose(who: string, name: string, command: Uint8Array): void {
    this.#it.node(who).driver.propose(command, (outcome) => {
      switch (outcome.kind) {
        case 'applied': return this.#note(`${who} answers ${name}: ${decodeReply(outcome.reply)?.kind ?? '?'}`)
        case 'not-leader': return this.#note(`${who} answers ${name}: not-leader, ask ${outcome.leaderId ?? 'later'}`)
        case 'unknown': return this.#note(`${who} answers ${name}: unknown, ${outcome.why}`)
        default: return this.#note(`${who} answers ${name}: ${outcome.kind}`)
      }
    })
    // One that cannot take it says so at the end of its turn.
    const node = this.#it.node(who)
    if (node.isUp && !node.driver.status().isLeader) this.#it.flush(who)
  }

  #control(who: string, name: string, control: Control): void {
    this.#it.node(who).driver.control(control, (outcome) => {
      const why = outcome.kind === 'refused' ? `, ${outcome.code}` : outcome.kind === 'unknown' ? `, ${outcome.why}` : ''
      this.#note(`${who} answers ${name}: ${outcome.kind}${why}`)
    })
  }

  #get(who: string, key: string): void {
    const count = (this.#reads.get(key) ?? 0) + 1
    this.#reads.set(key, count)
    const name = `get ${key} (${count})`
    this.#it.node(who).driver.read(encodeQuery({ kind: 'get', key }), (outcome) => {
      if (outcome.kind === 'answered') {
        const reply = decodeReply(outcome.reply)
        this.#note(`${who} answers ${name}: ${reply?.kind === 'value' ? utf8Decode(reply.value) : reply?.kind}`)
      } else {
        this.#note(`${who} answers ${name}: ${outcome.kind}${outcome.kind === 'dropped' ? `, ${outcome.why}` : ''}`)
      }
    })
  }

  #status(words: string[]): void {
    for (const node of words.length > 0 ? words.map((id) => this.#it.node(id)) : this.#it.nodes.values()) {
      const s = node.driver.status()
      const positions = `last ${s.lastIndex} persisted ${s.persistedIndex} committed ${s.committedIndex} applied ${s.appliedIndex}`
      this.#note(node.isUp ? `${node.id} ${s.role} term ${s.term} leader ${s.leaderId ?? 'none'} ${positions}` : `${node.id} down`)
    }
  }
}

const publicJson = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
const clientId = (name: string): string => name.replace(/\D/g, '').padStart(16, '0')
const matches = (packet: Packet, link: string | undefined): boolean => link === undefined || link === 'all' || link === `${packet.from}->${packet.to}`

/** `+n4` a voter, `~n4` a learner that is promoted, `?n4` a witness, `-n4` no member any more. */
function changeOf(word: string): MemberChange {
  const id = word.slice(1)
  if (word.startsWith('-')) return { kind: 'remove', id }
  const member = word.startsWith('~') ? 'learner' : word.startsWith('?') ? 'witness' : 'voter'
  return { kind: 'set', id, address: `memory:${id}`, member, promote: member === 'learner' }
}

function eventText(id: string, event: MachineEvent): string {
  switch (event.kind) {
    case 'role-changed': return `${id} is ${event.role} in term ${event.term}: ${event.why}`
    case 'term-changed': return `${id} enters term ${event.term}`
    case 'leader-changed': return `${id} follows ${event.leaderId ?? 'no one'} in term ${event.term}`
    case 'members-changed': return `${id} has members ${event.members.map((member) => member.id).join(' ')} from ${event.index} on`
    case 'removed': return `${id} was removed at ${event.index}`
    case 'misbehaviour': return `${id} caught ${event.nodeId}: ${event.what}`
  }
}

function entryText(entry: Entry): string {
  return `${entry.index}(t${entry.term})${entry.kind === 'command' ? commandText(entry.data) : ` ${entry.kind}`}`
}

/** The key and value of a put, for a reader. */
function commandText(data: Uint8Array): string {
  const reader = new ByteReader(data, 9)
  if (data[0] === 1) return ' open'
  reader.varint()
  reader.varint()
  const code = reader.byte()
  const key = reader.text()
  return code === 1 ? ` ${key}=${utf8Decode(reader.sized())}` : code === 2 ? ` delete ${key}` : ` swap ${key}`
}

function messageText(message: Message): string {
  const head = `${message.kind} term ${message.term}`
  switch (message.kind) {
    case 'pre-vote-request':
    case 'vote-request': return `${head} last ${message.lastIndex}(t${message.lastTerm})`
    case 'pre-vote-response':
    case 'vote-response': return `${head} ${message.granted ? 'granted' : 'refused'}`
    case 'append-request':
      return `${head} after ${message.prevIndex}(t${message.prevTerm}) commit ${message.commit} [${message.entries.map(entryText).join(', ')}]`
    case 'append-response':
      return message.rejected ? `${head} rejected ${message.index}, try ${message.hintIndex}(t${message.hintTerm})` : `${head} up to ${message.index}`
    case 'heartbeat-request': return `${head} commit ${message.commit}${message.readRound > 0 ? ` read ${message.readRound}` : ''}`
    case 'heartbeat-response': return `${head}${message.readRound > 0 ? ` read ${message.readRound}` : ''}`
    case 'snapshot-chunk': return `${head} as of ${message.head.index}, part ${message.chunk + 1} of ${message.head.chunks}`
    case 'snapshot-response': return `${head} as of ${message.index}, next ${message.next + 1}`
    case 'timeout-now': return head
    case 'read-request': return `${head} batch ${message.id}`
    case 'read-response': return `${head} batch ${message.id} ${message.index === null ? 'refused' : `from ${message.index} on`}`
    case 'propose-request': return `${head} batch ${message.id} [${message.commands.map(commandText).join(',')}]`
    case 'propose-response': return `${head} batch ${message.id} accepted ${message.accepted} from ${message.firstIndex} on`
  }
}

const packetText = (packet: Packet): string => `${packet.from}->${packet.to} ${messageText(messageOf(packet))}`

function recordText(record: LogRecord): string {
  switch (record.type) {
    case RECORD_TYPES.entries: return `entries ${(decodeEntries(record.payload) ?? []).map(entryText).join(', ')}`
    case RECORD_TYPES.base: return `log begins behind ${decodeLogBase(record.payload)?.index}`
    case SNAPSHOT_RECORD_TYPES.chunk: return `part ${(decodeChunk(record.payload)?.chunk ?? 0) + 1} of a snapshot`
    case SNAPSHOT_RECORD_TYPES.end: return `snapshot as of ${decodeEnd(record.payload)?.head.index} in ${decodeEnd(record.payload)?.head.chunks} parts`
    default: break
  }
  const state = decodeHardState(record.payload)
  return `term ${state?.term} vote ${state?.vote ?? 'none'} commit ${state?.commit}`
}
