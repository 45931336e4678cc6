import type { Channel } from '../../../../contract/wire'

/** A connection over a MessagePort. Structured clones travel; the port's own close event tells that the other end is gone. */
export function messagePortChannel(port: MessagePort): Channel {
  const closeListeners: (() => void)[] = []
  let closed = false
  const ended = (): void => {
    if (closed) return
    closed = true
    for (const listener of closeListeners) listener()
  }
  port.addEventListener('close', ended)
  return {
    post: (message) => {
      if (closed) return
      try {
        port.postMessage(message)
      } catch {
        // A value that cannot be cloned is a programmer's error on this side; the connection ends rather than hangs.
        port.close()
        ended()
      }
    },
    onMessage: (listener) => {
      port.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data))
      port.start()
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      port.close()
      ended()
    },
  }
}
