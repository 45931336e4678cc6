/** One connection to one node. Requests written in one turn of the event loop leave together. */
import net from 'node:net'
import {
  decodeReply, decodeWelcome, encodeHello, encodeRequest, FRAME_PREFIX_BYTES, FrameReader, PROTOCOL_VERSION, refusalText, writeFramePrefix,
  type ClientReply, type ClientRequest,
} from '../../core/wire'
import { CLIENT_LIMITS } from './limits'
import type { MemberAddress } from './types'

/** The reply, or null: the connection ended first, and what became of the request is not known. Tentative replies may come before. */
export type OnReply = (reply: ClientReply | null) => void

export interface ConnectionOptions {
  readonly member: MemberAddress
  /** Empty: any. */
  readonly clusterId: string
  /** Empty: any whose leader answers for all. */
  readonly protocol: string
  readonly nowMs: () => number
  readonly onEnd: (reason: string) => void
}

export class Connection {
  readonly member: MemberAddress
  private readonly options: ConnectionOptions
  private readonly socket: net.Socket
  private readonly pending = new Map<number, OnReply>()
  private nextId = 1
  private up = false
  private ended = false
  private queue: Uint8Array[] = []
  private scheduled = false
  private heardMs: number
  private reason = 'the connection was closed'

  constructor(options: ConnectionOptions) {
    this.options = options
    this.member = options.member
    this.heardMs = options.nowMs()
    const socket = net.connect({ host: options.member.host, port: options.member.port, noDelay: true })
    this.socket = socket
    const reader = new FrameReader(CLIENT_LIMITS.frameBytesMax)
    const patience = setTimeout(() => { this.end('no answer to the greeting') }, CLIENT_LIMITS.dialTimeoutMs)
    socket.on('connect', () => {
      socket.write(framed([encodeHello({ kind: 'client', version: PROTOCOL_VERSION, clusterId: options.clusterId, from: '', to: options.member.nodeId, protocol: options.protocol })]))
    })
    socket.on('data', (chunk) => {
      this.heardMs = options.nowMs()
      const sound = reader.push(chunk, (frame) => {
        if (this.up) this.answered(frame)
        else if (this.welcomed(frame)) clearTimeout(patience)
      })
      if (!sound) this.end('a frame over the limit')
    })
    socket.on('error', (error) => { this.reason = error.message })
    socket.on('close', () => {
      clearTimeout(patience)
      this.end(this.reason)
    })
  }

  get waiting(): number {
    return this.pending.size
  }

  /** How long the node has said nothing, in ms. */
  silentForMs(): number {
    return this.options.nowMs() - this.heardMs
  }

  /** Queues a request. `onReply` is called exactly once but for tentative replies, never before `request` returns. */
  request(kind: ClientRequest['kind'], payload: Uint8Array, onReply: OnReply): void {
    if (this.ended) {
      setImmediate(() => { onReply(null) })
      return
    }
    const id = this.nextId++
    if (this.pending.size === 0) this.heardMs = this.options.nowMs()
    this.pending.set(id, onReply)
    this.queue.push(encodeRequest({ kind, id, payload }))
    this.schedule()
  }

  /** Ends it; everything pending is answered with null. */
  end(reason: string): void {
    if (this.ended) return
    this.ended = true
    this.up = false
    this.socket.destroy()
    const pending = [...this.pending.values()]
    this.pending.clear()
    this.options.onEnd(reason)
    for (const each of pending) each(null)
  }

  private welcomed(frame: Uint8Array): boolean {
    const welcome = decodeWelcome(frame)
    if (welcome === undefined || welcome.refusal !== null) {
      this.end(welcome === undefined ? 'what answers there is no node of Quorate' : `the node refused: ${refusalText(welcome)}`)
      return false
    }
    this.up = true
    this.schedule()
    return true
  }

  private answered(frame: Uint8Array): void {
    const reply = decodeReply(frame)
    if (reply === undefined) {
      this.end('an answer that cannot be read')
      return
    }
    const onReply = this.pending.get(reply.id)
    if (reply.code !== 'tentative') this.pending.delete(reply.id)
    onReply?.(reply)
  }

  private schedule(): void {
    if (this.scheduled || !this.up || this.queue.length === 0) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      if (this.ended) return
      const { queue } = this
      this.queue = []
      this.socket.write(framed(queue))
    })
  }
}

function framed(frames: readonly Uint8Array[]): Buffer {
  let size = 0
  for (const frame of frames) size += FRAME_PREFIX_BYTES + frame.length
  const data = Buffer.allocUnsafe(size)
  let at = 0
  for (const frame of frames) {
    at = writeFramePrefix(data, at, frame.length)
    data.set(frame, at)
    at += frame.length
  }
  return data
}
