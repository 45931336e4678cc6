/** Whoever is interested hears each value, in order. A listener may leave while it is being told. */
export interface Topic<Value> {
  publish(value: Value): void
  /** Returns the function that ends it. */
  subscribe(listener: (value: Value) => void): () => void
}

export function createTopic<Value>(): Topic<Value> {
  const listeners = new Set<(value: Value) => void>()
  return {
    publish: (value) => {
      for (const listener of [...listeners]) listener(value)
    },
    subscribe: (listener) => {
      const own = (value: Value): void => listener(value)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
