import type { Channel } from '../../../../contract/wire'

interface End extends Channel {
  receive(message: unknown): void
  ended(): void
}

function createEnd(peer: () => End): End {
  const listeners: ((message: unknown) => void)[] = []
  const closeListeners: (() => void)[] = []
  const early: unknown[] = []
  let closed = false
  const ended = (): void => {
    if (closed) return
    closed = true
    for (const listener of closeListeners) listener()
  }
  return {
    post: (message) => {
      if (closed) return
      const copy: unknown = structuredClone(message)
      queueMicrotask(() => peer().receive(copy))
    },
    onMessage: (listener) => {
      listeners.push(listener)
      for (const message of early.splice(0)) listener(message)
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      ended()
      queueMicrotask(() => peer().ended())
    },
    receive: (message) => {
      if (closed) return
      if (listeners.length === 0) early.push(message)
      for (const listener of listeners) listener(message)
    },
    ended,
  }
}

/** Two channels joined in memory: structured clones, delivered later, in order, as over a MessagePort. */
export function channelPair(): readonly [Channel, Channel] {
  const left: End = createEnd(() => right)
  const right: End = createEnd(() => left)
  return [left, right]
}
