import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { LOAD_DEFAULTS } from '../../src/contract/load'
import { bundle, type Bundle } from './support/bundle'
import { clientOf, createCluster, isAlive, stateOf, untilState, value } from './support/console'
import { temporaryFolder } from './support/folders'
import { startServe } from './support/serve-process'
import { until } from './support/until'

let built: Bundle
beforeAll(async () => {
  built = await bundle()
  return () => built.remove()
})

/** Every process that has this one as its parent, as the system sees it. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}
const stateInSystem = (pid: number): string => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '?'

describe.skipIf(process.platform !== 'linux')('no process outlives the console', () => {
  const running = async () => {
    const serve = await startServe(built, ['--data', temporaryFolder(), '--no-sandbox-cluster'])
    const client = clientOf(serve.url)
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    value(await client.call('load.start', { clusterId, settings: LOAD_DEFAULTS }))
    value(await client.call('sandbox.node', { clusterId, nodeId: 'n2', action: 'pause' }))
    const paused = (await stateOf(client, clusterId)).nodes[1]?.pid ?? 0
    await until('the node to be stopped by the system', 2_000, () => stateInSystem(paused) === 'T')
    const pids = childrenOf(serve.pid)
    // Three nodes, the load generator, and the reaper.
    expect(pids).toHaveLength(5)
    return { serve, pids, paused }
  }

  it('not a kill -9 of it, not even a paused one', async () => {
    const { serve, pids } = await running()
    process.kill(serve.pid, 'SIGKILL')
    await until('all of them to be gone', 5_000, () => pids.every((pid) => !isAlive(pid)))
  })

  it('nor SIGTERM, which stops everything gracefully within five seconds', async () => {
    const { serve, pids } = await running()
    const startedAtMs = performance.now()
    process.kill(serve.pid, 'SIGTERM')
    expect(await serve.exit).toEqual({ code: 0, signal: null })
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    await until('all of them to be gone', 1_000, () => pids.every((pid) => !isAlive(pid)))
  })

  it('nor the death of the reaper, which is replaced', async () => {
    const { serve, pids } = await running()
    const reaper = pids.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sh') ?? 0
    process.kill(reaper, 'SIGKILL')
    const next = await until('another reaper', 5_000, () => childrenOf(serve.pid).find((pid) => !pids.includes(pid)))
    // It has read the list once it sleeps in its next read.
    await until('the reaper to wait', 5_000, () => stateInSystem(next) === 'S')
    process.kill(serve.pid, 'SIGKILL')
    await until('all of them to be gone', 5_000, () => [...pids, next].every((pid) => !isAlive(pid)))
  })
})
