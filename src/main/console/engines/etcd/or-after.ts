/** The promise's value, or `otherwise` where it takes longer than `timeoutMs`. The promise itself goes on. */
export async function orAfter<Value>(promise: Promise<Value>, timeoutMs: number, otherwise: Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Value>((resolve) => { timer = setTimeout(() => { resolve(otherwise) }, Math.max(0, timeoutMs)) })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
