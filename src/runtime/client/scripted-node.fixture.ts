/** Nodes made up for the tests of this folder: real sockets, scripted answers. */
import net from 'node:net'
import {
  decodeRequest, encodeReply, encodeWelcome, FrameReader, FRAME_PREFIX_BYTES, PROTOCOL_VERSION, writeFramePrefix,
  type ClientReply, type ClientRequest,
} from '../../core/wire'
import type { MemberAddress } from './types'

export type Behaviour = (request: ClientRequest, reply: (reply: ClientReply) => void, socket: net.Socket) => void

/** A node that does as told with every request. */
export async function scripted(nodeId: string, behaviour: Behaviour, onEnd: (end: () => void) => void): Promise<MemberAddress & { readonly proposals: string[]; behave(next: Behaviour): void }> {
  let current = behaviour
  const proposals: string[] = []
  const server = net.createServer((socket) => {
    const reader = new FrameReader(1024 * 1024)
    let greeted = false
    const send = (payload: Uint8Array): void => {
      const bytes = Buffer.alloc(FRAME_PREFIX_BYTES + payload.length)
      bytes.set(payload, writeFramePrefix(bytes, 0, payload.length))
      socket.write(bytes)
    }
    socket.on('error', () => { /* the client went */ })
    socket.on('data', (chunk) => {
      reader.push(chunk, (frame) => {
        if (!greeted) {
          greeted = true
          send(encodeWelcome({ version: PROTOCOL_VERSION, refusal: null, clusterId: 'c', nodeId, protocol: 'raft' }))
          return
        }
        const request = decodeRequest(frame)
        if (request === undefined) throw new Error('a client sends requests')
        if (request.kind === 'propose') proposals.push(Buffer.from(request.payload).toString())
        current(request, (reply) => { send(encodeReply(reply)) }, socket)
      })
    })
    onEnd(() => { socket.destroy() })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onEnd(() => { server.close() })
  const address = server.address()
  return { nodeId, host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0, proposals, behave: (next) => { current = next } }
}
