/**
 * From kill -9 of the leader to the next committed write: three real processes, fsync on, the defaults of a local cluster.
 * Options: --times 50
 */
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { utf8Encode } from '../src/core/base'
import { createClient, write } from '../src/runtime/client'
import { isUnknown } from '../src/core/observation'
import type { ProcessCluster } from '../test/integration/support/agent-process'
import { startQuorate } from './commit/servers'

const TIMEOUT_MS = 10_000
const POLL_MS = 5

const { values } = parseArgs({ options: { times: { type: 'string', default: '50' } } })

async function leaderOf(cluster: ProcessCluster): Promise<string> {
  for (;;) {
    const leader = (await cluster.observeAll()).find(({ groups: [group] }) => group !== undefined && !isUnknown(group.role) && group.role === 'leader')
    if (leader) return leader.nodeId
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function main(): Promise<void> {
  fs.mkdirSync(path.resolve('out/bench'), { recursive: true })
  const folder = fs.mkdtempSync(path.resolve('out/bench/data-'))
  const cluster = await startQuorate(folder, false)
  const client = createClient({ members: cluster.plan.members })
  try {
    const opened = await client.openSession(TIMEOUT_MS)
    if (!opened.ok) throw new Error(opened.error.message)
    const put = async (key: string): Promise<void> => {
      const outcome = await write(opened.value, { kind: 'put', key, value: utf8Encode(key) }, performance.now() + TIMEOUT_MS)
      if (outcome.kind !== 'done') throw new Error(`a write ended with ${JSON.stringify(outcome)}`)
    }
    const tookMs: number[] = []
    for (let time = 0; time < Number(values.times); time += 1) {
      await put(`before/${time}`)
      const leader = await leaderOf(cluster)
      const begunMs = performance.now()
      const killed = cluster.agent(leader).kill()
      await put(`after/${time}`)
      tookMs.push(performance.now() - begunMs)
      process.stderr.write(`${time + 1}: ${Math.round(tookMs.at(-1) ?? 0)} ms\n`)
      await killed
      await cluster.start(leader)
    }
    const sorted = tookMs.sort((a, b) => a - b).map((each) => Math.round(each * 10) / 10)
    console.log(JSON.stringify({ times: sorted.length, medianMs: sorted[Math.floor(sorted.length / 2)], minMs: sorted[0], maxMs: sorted.at(-1) }))
  } finally {
    client.close()
    await cluster.killAll()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

await main()
