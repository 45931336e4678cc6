import net from 'node:net'
import { fail, ok, type Result } from '../../core/base'
import type { LinkStatistics, Transport } from '../ports'
import { acceptConnection, type InboundHost } from './inbound'
import { TCP_LIMITS } from './limits'
import { HEAD_DATA, Link, type LinkHost } from './link'
import type { Outbox } from './outbox'
import type { OutgoingRule, TcpMember, TcpOptions } from './types'

export class TcpTransport implements Transport {
  private readonly options: TcpOptions
  private readonly links = new Map<string, Link>()
  private readonly dirty = new Set<Outbox>()
  private readonly server: net.Server
  private readonly sockets = new Set<net.Socket>()
  private readonly peers = new Map<string, net.Socket>()
  private readonly clients = new Set<net.Socket>()
  private readonly linkHost: LinkHost
  private rules: readonly OutgoingRule[] = []
  private flushScheduled = false
  private probeTimer: NodeJS.Timeout | null = null

  constructor(options: TcpOptions) {
    this.options = options
    const markDirty = (outbox: Outbox): void => { this.dirtied(outbox) }
    this.linkHost = { ...options, markDirty, heard: (peerId) => { this.links.get(peerId)?.heardFrom() } }
    this.setMembers(options.members)
    const inbound: InboundHost = {
      ...options,
      linkTo: (peerId) => this.links.get(peerId), markDirty, clients: this.clients, peers: this.peers,
    }
    this.server = net.createServer((socket) => {
      this.sockets.add(socket)
      socket.once('close', () => { this.sockets.delete(socket) })
      acceptConnection(socket, inbound)
    })
  }

  /** Listens, and begins to dial the peers. Gives the port. */
  start(): Promise<Result<number, 'port-in-use' | 'bad-start'>> {
    const { host, port } = this.options.listen
    return new Promise((resolve) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') {
          resolve(fail('port-in-use', `Port ${port} on ${host} is in use by another program.`, 'Stop the program that listens there, or give the node another port.'))
        } else {
          resolve(fail('bad-start', `Cannot listen on ${host}:${port} (${error.code ?? error.message}).`, 'Give an address of this machine and a port that is allowed.'))
        }
      })
      this.server.listen({ host, port }, () => {
        this.server.on('error', (error) => { this.options.log.error(`The listener failed: ${error.message}.`) })
        for (const link of this.links.values()) link.dial()
        this.probeTimer = setInterval(() => { for (const link of this.links.values()) link.probe() }, TCP_LIMITS.probeIntervalMs)
        const address = this.server.address()
        resolve(ok(typeof address === 'object' && address !== null ? address.port : port))
      })
    })
  }

  send(to: string, frame: Uint8Array): void {
    this.links.get(to)?.send(HEAD_DATA, frame)
  }

  /** Whom to dial and to let in from now on. A link whose peer is where it was is left alone; one that is not wanted any more is closed. */
  setMembers(members: readonly TcpMember[]): void {
    const wanted = new Map(members.filter(({ nodeId }) => nodeId !== this.options.nodeId).map((member) => [member.nodeId, member]))
    for (const [peerId, link] of this.links) {
      const member = wanted.get(peerId)
      if (member?.host === link.peer.host && member.port === link.peer.port) continue
      link.close()
      this.links.delete(peerId)
      this.peers.get(peerId)?.destroy()
      this.peers.delete(peerId)
    }
    for (const [peerId, member] of wanted) {
      if (this.links.has(peerId)) continue
      const link = new Link(this.linkHost, member)
      this.links.set(peerId, link)
      link.setRule(this.rules.find((rule) => rule.to === peerId) ?? null)
      if (this.probeTimer) link.dial()
    }
  }

  /** Replaces all rules in force. Peers not named are left alone. */
  setRules(rules: readonly OutgoingRule[]): void {
    this.rules = rules
    for (const [peerId, link] of this.links) link.setRule(rules.find((rule) => rule.to === peerId) ?? null)
  }

  /** Writes out what this turn of the event loop queued. Happens by itself when the turn ends. */
  flush(): void {
    if (this.dirty.size === 0) return
    for (const outbox of this.dirty) outbox.flush()
    this.dirty.clear()
  }

  statistics(): readonly LinkStatistics[] {
    return [...this.links.values()].map((link) => link.statistics())
  }

  /** Refuses what is new, sends what is queued, and closes everything. */
  close(closed: () => void): void {
    if (this.probeTimer) clearInterval(this.probeTimer)
    this.flush()
    for (const link of this.links.values()) link.close()
    for (const socket of this.sockets) {
      if (this.clients.has(socket)) socket.destroySoon()
      else socket.destroy()
    }
    this.server.close(() => { closed() })
  }

  private dirtied(outbox: Outbox): void {
    this.dirty.add(outbox)
    if (this.flushScheduled) return
    this.flushScheduled = true
    setImmediate(() => {
      this.flushScheduled = false
      this.flush()
    })
  }
}
