import { fork, type ChildProcess } from 'node:child_process'
import path from 'node:path'

const FOLLOWERS = 2
const WRITES = 6_000
const WARM_UP_WRITES = 1_000

export interface ChainMeasured {
  readonly opsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/**
 * One write at a time through a leader and two followers that only pass it on and flush it: four messages and three flushes between
 * processes of this runtime on this machine. What a replicated write takes beyond it is the protocol's.
 */
export async function measureChain(folder: string): Promise<ChainMeasured> {
  const links: ChildProcess[] = []
  const start = <Told>(...args: readonly string[]): Promise<Told> => new Promise((resolve, reject) => {
    const link = fork(path.resolve('bench/commit/chain-process.mjs'), args)
    links.push(link)
    link.once('message', (told) => { resolve(told as Told) })
    link.once('exit', (code) => { reject(new Error(`a link of the chain ended with ${code ?? 'a signal'}`)) })
  })
  const serve = async (role: string, ...ports: readonly string[]): Promise<string> => {
    const { port } = await start<{ readonly port: number }>(role, path.join(folder, `chain-${links.length}`), ...ports)
    return String(port)
  }
  try {
    const followers: string[] = []
    for (let i = 0; i < FOLLOWERS; i += 1) followers.push(await serve('follower'))
    const leader = await serve('leader', ...followers)
    const { tookMs } = await start<{ readonly tookMs: readonly number[] }>('client', leader, String(WRITES + WARM_UP_WRITES))
    const sorted = tookMs.slice(WARM_UP_WRITES).sort((a, b) => a - b)
    const sumMs = sorted.reduce((total, each) => total + each, 0)
    const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN
    return { opsPerSecond: (WRITES * 1000) / sumMs, p50Ms: at(0.5), p99Ms: at(0.99) }
  } finally {
    for (const link of links) link.kill()
  }
}
