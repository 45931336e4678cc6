import { fromJson, toJson } from '../../../../core/base'
import { WIRE_LIMITS, type Channel } from '../../../../contract/wire'

/** A connection over an open WebSocket. Frames are core/base JSON, so that 64-bit integers arrive whole. */
export function webSocketChannel(socket: WebSocket): Channel {
  const closeListeners: (() => void)[] = []
  let closed = false
  const ended = (): void => {
    if (closed) return
    closed = true
    for (const listener of closeListeners) listener()
  }
  socket.addEventListener('close', ended)
  return {
    post: (message) => {
      if (closed || socket.readyState !== WebSocket.OPEN) return
      const text = toJson(message)
      if (text.length <= WIRE_LIMITS.messageBytesMax) socket.send(text)
    },
    onMessage: (listener) => {
      socket.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (typeof event.data !== 'string') return
        try {
          listener(fromJson(event.data))
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          socket.close(1007)
        }
      })
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      socket.close()
      ended()
    },
  }
}
