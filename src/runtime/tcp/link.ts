/** The outgoing half of a link: dials one peer, sends it frames, and measures the round trip with probes. */
import net from 'node:net'
import { assert, ByteReader, ByteWriter } from '../../core/base'
import type { LinkStatistics } from '../ports'
import { decodeWelcome, encodeHello, FRAME_PREFIX_BYTES, FrameReader, PROTOCOL_VERSION, refusalText, writeFramePrefix } from '../../core/wire'
import { TCP_LIMITS } from './limits'
import { Outbox } from './outbox'
import { RateMeter } from './rate'
import { Shaper } from './shaper'
import type { OutgoingRule, TcpMember, TcpOptions } from './types'

/** The byte before each frame between nodes. */
export const HEAD_DATA = 0
export const HEAD_PING = 1
export const HEAD_PONG = 2
/** Weight of a new measurement in the smoothed round trip; RFC 6298 uses 1/8 at a far lower rate of samples. */
const RTT_GAIN = 0.25

type State = 'down' | 'dialling' | 'up' | 'closed'

export interface LinkHost extends Pick<TcpOptions, 'clusterId' | 'nodeId' | 'protocol' | 'nowMs' | 'random' | 'log'> {
  readonly markDirty: (outbox: Outbox) => void
  readonly heard: (peerId: string) => void
}

export function framed(payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_PREFIX_BYTES + payload.length)
  bytes.set(payload, writeFramePrefix(bytes, 0, payload.length))
  return bytes
}

export class Link {
  readonly shaper: Shaper
  readonly peer: TcpMember
  private readonly host: LinkHost
  private readonly sent: RateMeter
  private state: State = 'down'
  private socket: net.Socket | null = null
  private outbox: Outbox | null = null
  private redialMs: number = TCP_LIMITS.redialMsMin
  private redialTimer: NodeJS.Timeout | null = null
  private rttMs: number | null = null
  private answeredMs = 0
  private lastHeardMs: number | null = null
  private lastRefusal = ''

  constructor(host: LinkHost, peer: TcpMember) {
    this.host = host
    this.peer = peer
    this.sent = new RateMeter(host.nowMs)
    this.shaper = new Shaper({ nowMs: host.nowMs, random: host.random, heldBytesMax: TCP_LIMITS.peerQueueBytesMax })
  }

  setRule(rule: OutgoingRule | null): void {
    this.shaper.setRule(rule)
  }

  /** Drops the frame where the link is down, full, or loses it by rule. */
  send(head: number, frame: Uint8Array): void {
    const { outbox } = this
    if (outbox === null) return
    this.shaper.pass(frame.length, () => {
      if (this.outbox === outbox && outbox.add(head, frame)) this.sent.add(frame.length + FRAME_PREFIX_BYTES + 1)
    })
  }

  /** Answers on the peer's own connection are traffic of this link too: same rules, same count. */
  sendOver(outbox: Outbox, head: number, frame: Uint8Array): void {
    this.shaper.pass(frame.length, () => {
      if (outbox.add(head, frame)) this.sent.add(frame.length + FRAME_PREFIX_BYTES + 1)
    })
  }

  /** Something came from the peer, on whichever connection. */
  heardFrom(): void {
    this.lastHeardMs = this.host.nowMs()
  }

  /** The peer has just dialled this node, so it is there: no need to wait out the pause. */
  peerAppeared(): void {
    this.redialMs = TCP_LIMITS.redialMsMin
    if (this.redialTimer !== null) this.dial()
  }

  dial(): void {
    if (this.state === 'closed') return
    if (this.redialTimer) clearTimeout(this.redialTimer)
    this.redialTimer = null
    this.state = 'dialling'
    const socket = net.connect({ host: this.peer.host, port: this.peer.port, noDelay: true })
    this.socket = socket
    const reader = new FrameReader(TCP_LIMITS.helloBytesMax)
    const patience = setTimeout(() => { socket.destroy() }, TCP_LIMITS.dialTimeoutMs)
    socket.on('connect', () => {
      const { clusterId, nodeId, protocol } = this.host
      socket.write(framed(encodeHello({ kind: 'peer', version: PROTOCOL_VERSION, clusterId, from: nodeId, to: this.peer.nodeId, protocol })))
    })
    socket.on('data', (chunk) => {
      const sound = reader.push(chunk, (frame) => {
        if (this.outbox !== null) { this.answer(frame); return }
        if (this.welcomed(frame, socket)) {
          clearTimeout(patience)
          reader.frameBytesMax = TCP_LIMITS.frameBytesMax
        } else socket.destroy()
      })
      if (!sound) socket.destroy()
    })
    socket.on('error', () => { /* a close event follows, and it is dialled again */ })
    socket.on('close', () => {
      clearTimeout(patience)
      if (this.socket === socket) this.down()
    })
  }

  /** One probe; also gives up a connection on which nothing is answered any more. */
  probe(): void {
    if (this.socket === null || this.outbox === null) return
    const now = this.host.nowMs()
    if (now - this.answeredMs > TCP_LIMITS.deadAfterMs) {
      this.socket.destroy()
      return
    }
    const writer = new ByteWriter(8)
    writer.varint(Math.round(now * 1000))
    this.send(HEAD_PING, writer.bytes.subarray(0, writer.at))
  }

  statistics(): LinkStatistics {
    const now = this.host.nowMs()
    const connected = this.state === 'up' && now - this.answeredMs <= TCP_LIMITS.probeTimeoutMs
    return {
      peerId: this.peer.nodeId,
      connected,
      rttMs: connected ? this.rttMs : null,
      bytesPerSecond: this.sent.perSecond(),
      silentForMs: this.lastHeardMs === null ? null : now - this.lastHeardMs,
    }
  }

  close(): void {
    this.state = 'closed'
    if (this.redialTimer) clearTimeout(this.redialTimer)
    this.shaper.clear()
    this.socket?.destroy()
    this.outbox = null
  }

  private welcomed(frame: Uint8Array, socket: net.Socket): boolean {
    const welcome = decodeWelcome(frame)
    if (welcome === undefined || welcome.refusal !== null || welcome.nodeId !== this.peer.nodeId) {
      const why = welcome === undefined ? 'what answers there is no node of Quorate' : refusalText(welcome)
      if (why !== this.lastRefusal) this.host.log.warn(`${this.peer.host}:${this.peer.port} is not node ${this.peer.nodeId} of this cluster: ${why}.`)
      this.lastRefusal = why
      return false
    }
    this.lastRefusal = ''
    this.state = 'up'
    this.redialMs = TCP_LIMITS.redialMsMin
    this.rttMs = null
    this.answeredMs = this.host.nowMs()
    this.outbox = new Outbox(socket, TCP_LIMITS.peerQueueBytesMax, this.host.markDirty)
    this.probe()
    return true
  }

  private answer(frame: Uint8Array): void {
    if (frame[0] !== HEAD_PONG) return
    const reader = new ByteReader(frame, 1)
    const sentUs = reader.varint()
    const now = this.host.nowMs()
    const measuredMs = now - sentUs / 1000
    if (!reader.finished || measuredMs < -1 || measuredMs > TCP_LIMITS.deadAfterMs * 2) return
    const rttMs = Math.max(0, measuredMs)
    this.rttMs = this.rttMs === null ? rttMs : this.rttMs + RTT_GAIN * (rttMs - this.rttMs)
    this.answeredMs = now
    this.host.heard(this.peer.nodeId)
  }

  private down(): void {
    this.socket = null
    this.outbox = null
    this.rttMs = null
    if (this.state === 'closed') return
    this.state = 'down'
    assert(this.redialTimer === null, 'one pause at a time')
    const pauseMs = this.redialMs * (0.5 + this.host.random())
    this.redialMs = Math.min(this.redialMs * 2, TCP_LIMITS.redialMsMax)
    this.redialTimer = setTimeout(() => { this.dial() }, pauseMs)
  }
}
