/** A channel over a MessagePort: Electron's MessagePortMain, a worker's or a DOM port. Structural; imports none of them. */
import type { Channel } from '../../../contract/wire'

interface MessageEventLike {
  readonly data: unknown
}

/** What the three kinds of port have in common, and one of two ways to listen. */
export interface PortLike {
  postMessage(message: unknown): void
  start?(): void
  close(): void
  addEventListener?(type: string, listener: (event: MessageEventLike) => void): void
  on?(type: string, listener: (event: MessageEventLike) => void): unknown
}

export function messagePortChannel(port: PortLike): Channel {
  let closed = false
  const closeListeners: (() => void)[] = []
  const listen = (type: string, listener: (event: MessageEventLike) => void): void => {
    if (port.addEventListener) port.addEventListener(type, listener)
    else port.on?.(type, listener)
  }
  const ended = (): void => {
    if (closed) return
    closed = true
    for (const listener of closeListeners) listener()
  }
  listen('close', ended)
  return {
    post: (message) => {
      if (closed) return
      try {
        port.postMessage(message)
      } catch {
        // The other end went away between two events, or the value cannot be cloned: either way this connection is over.
        ended()
        port.close()
      }
    },
    onMessage: (listener) => {
      listen('message', (event) => {
        if (!closed) listener(event.data)
      })
      port.start?.()
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      if (closed) return
      port.close()
      ended()
    },
  }
}
