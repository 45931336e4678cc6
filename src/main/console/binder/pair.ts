/** Two channels joined in memory, with the manners of a MessagePort: structured clones, delivered later, in order. */
import type { Channel } from '../../../contract/wire'

interface End extends Channel {
  receive(message: unknown): void
  ended(): void
}

function createEnd(peer: () => End): End {
  const listeners: ((message: unknown) => void)[] = []
  const closeListeners: (() => void)[] = []
  let early: unknown[] | null = []
  let closed = false
  const ended = (): void => {
    if (closed) return
    closed = true
    for (const listener of closeListeners) listener()
  }
  const close = (): void => {
    if (closed) return
    ended()
    queueMicrotask(() => peer().ended())
  }
  return {
    post: (message) => {
      if (closed) return
      try {
        const copy: unknown = structuredClone(message)
        queueMicrotask(() => peer().receive(copy))
      } catch {
        // A value that cannot be cloned ends the connection, as it does over a real port.
        close()
      }
    },
    onMessage: (listener) => {
      listeners.push(listener)
      const waiting = early ?? []
      early = null
      for (const message of waiting) listener(message)
    },
    onClose: (listener) => void closeListeners.push(listener),
    close,
    receive: (message) => {
      if (closed) return
      // Like a MessagePort that was not started: nothing is lost before the first listener.
      if (early) early.push(message)
      else for (const listener of listeners) listener(message)
    },
    ended,
  }
}

export function channelPair(): readonly [Channel, Channel] {
  const left: End = createEnd(() => right)
  const right: End = createEnd(() => left)
  return [left, right]
}
