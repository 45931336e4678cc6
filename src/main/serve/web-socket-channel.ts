import type { WebSocket } from 'ws'
import { fromJson, toJson } from '../../core/base'
import { WIRE_LIMITS, type Channel } from '../../contract/wire'

/** Unsent bytes at which a receiver counts as gone: streams are paced, so only a dead connection gets this far behind. */
const BUFFERED_BYTES_MAX = 32 * 1024 * 1024
const PING_EVERY_MS = 15_000
const INVALID_DATA = 1007
const TOO_BIG = 1009

/** Frames are core/base JSON. A peer that does not answer pings is cut off after two of them. */
export function webSocketChannel(socket: WebSocket): Channel {
  const closeListeners: (() => void)[] = []
  let closed = false
  let unanswered = 0
  const ended = (): void => {
    if (closed) return
    closed = true
    clearInterval(timer)
    for (const listener of closeListeners) listener()
  }
  const timer = setInterval(() => {
    if (unanswered >= 2) return socket.terminate()
    unanswered += 1
    socket.ping()
  }, PING_EVERY_MS)
  socket.on('pong', () => void (unanswered = 0))
  socket.on('close', ended)
  // What was wrong is told by the close that follows.
  socket.on('error', () => {})
  return {
    post: (message) => {
      if (closed || socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > BUFFERED_BYTES_MAX) return socket.terminate()
      const text = toJson(message)
      if (text.length > WIRE_LIMITS.messageBytesMax * 4) return socket.close(TOO_BIG)
      socket.send(text)
    },
    onMessage: (listener) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        unanswered = 0
        if (closed) return
        let message: unknown
        try {
          if (isBinary) return socket.close(INVALID_DATA)
          message = fromJson(data.toString('utf8'))
        } catch {
          return socket.close(INVALID_DATA)
        }
        listener(message)
      })
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      socket.close()
      ended()
    },
  }
}
