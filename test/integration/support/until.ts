const POLL_MS = 5

/** Waits for a condition; fails with what was waited for. */
export async function until<Value>(what: string, timeoutMs: number, condition: () => Promise<Value | undefined | false> | Value | undefined | false): Promise<Value> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
