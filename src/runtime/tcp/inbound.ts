/** A connection that was accepted: hello first, then a peer's frames or a client's. */
import type { Socket } from 'node:net'
import { decodeHello, encodeWelcome, FrameReader, PROTOCOL_VERSION, type Hello, type Refusal } from '../../core/wire'
import { TCP_LIMITS } from './limits'
import { framed, HEAD_DATA, HEAD_PING, HEAD_PONG, type Link } from './link'
import { Outbox } from './outbox'
import type { ClientConnection, ClientHandlers, TcpOptions } from './types'

export interface InboundHost extends Pick<TcpOptions, 'clusterId' | 'nodeId' | 'protocol' | 'clientsMustKnow' | 'onFrame' | 'onClient' | 'log'> {
  readonly linkTo: (peerId: string) => Link | undefined
  readonly markDirty: (outbox: Outbox) => void
  /** The number of clients now connected. */
  readonly clients: Set<Socket>
  /** The newest connection of each peer; an older one is closed. */
  readonly peers: Map<string, Socket>
}

type Receiver = (frame: Uint8Array) => void

export function acceptConnection(socket: Socket, host: InboundHost): void {
  let receive: Receiver | null = null
  let client: ClientHandlers | null = null
  const reader = new FrameReader(TCP_LIMITS.helloBytesMax)
  const patience = setTimeout(() => { socket.destroy() }, TCP_LIMITS.helloTimeoutMs)
  const greet = (frame: Uint8Array): void => {
    const hello = decodeHello(frame)
    if (hello === undefined) { socket.destroy(); return }
    const refusal = refusalOf(hello, host)
    socket.write(framed(encodeWelcome({ version: PROTOCOL_VERSION, refusal, clusterId: host.clusterId, nodeId: host.nodeId, protocol: host.protocol })))
    if (refusal !== null) {
      // Nothing more is heard of it, and it is closed in time even where the other end keeps it open.
      receive = () => undefined
      socket.end()
      return
    }
    clearTimeout(patience)
    if (hello.kind === 'peer') {
      reader.frameBytesMax = TCP_LIMITS.frameBytesMax
      receive = peerReceiver(socket, hello.from, host)
    } else {
      reader.frameBytesMax = TCP_LIMITS.clientFrameBytesMax
      client = admitClient(socket, host)
      receive = (each) => { client?.onFrame(each) }
    }
  }
  socket.setNoDelay(true)
  socket.on('data', (chunk) => {
    const sound = reader.push(chunk, (frame) => { if (receive === null) greet(frame); else if (!socket.destroyed) receive(frame) })
    if (!sound) socket.destroy()
  })
  socket.on('error', () => { /* a close event follows */ })
  socket.on('close', () => {
    clearTimeout(patience)
    host.clients.delete(socket)
    client?.onClose()
  })
}

function refusalOf(hello: Hello, host: InboundHost): Refusal | null {
  if (hello.version !== PROTOCOL_VERSION) return 'version'
  if (hello.clusterId !== host.clusterId && (hello.kind === 'peer' || hello.clusterId !== '')) return 'cluster'
  if (hello.to !== host.nodeId && (hello.kind === 'peer' || hello.to !== '')) return 'node'
  const knows = hello.protocol === host.protocol || (hello.kind === 'client' && hello.protocol === '' && !host.clientsMustKnow)
  if (!knows) return 'protocol'
  if (hello.kind === 'peer') return host.linkTo(hello.from) === undefined ? 'stranger' : null
  return host.clients.size >= TCP_LIMITS.clientsMax ? 'full' : null
}

function peerReceiver(socket: Socket, peerId: string, host: InboundHost): Receiver {
  const outbox = new Outbox(socket, TCP_LIMITS.peerQueueBytesMax, host.markDirty)
  host.peers.get(peerId)?.destroy()
  host.peers.set(peerId, socket)
  host.linkTo(peerId)?.peerAppeared()
  return (frame) => {
    const link = host.linkTo(peerId)
    link?.heardFrom()
    if (frame[0] === HEAD_DATA) host.onFrame(peerId, frame.subarray(1))
    else if (frame[0] === HEAD_PING) link?.sendOver(outbox, HEAD_PONG, frame.subarray(1))
    else socket.destroy()
  }
}

function admitClient(socket: Socket, host: InboundHost): ClientHandlers {
  host.clients.add(socket)
  const outbox = new Outbox(socket, TCP_LIMITS.clientQueueBytesMax, host.markDirty)
  const connection: ClientConnection = {
    send: (frame) => {
      if (socket.destroyed || outbox.add(-1, frame)) return
      host.log.warn('A client does not read its answers and was disconnected.')
      socket.destroy()
    },
    close: () => { socket.end() },
  }
  return host.onClient(connection)
}
