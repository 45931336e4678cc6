/**
 * Replicated writes: Quorate and etcd, three members each with fsync on, side by side on this machine.
 * Options: --clients 1,64,256  --seconds 3  --rounds 3  --only quorate  --folder DIR (where the data lies)
 *   --profile (CPU profiles of the nodes, in out/bench/profiles)
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { measureChain } from './commit/chain'
import { measureFdatasync } from './commit/fdatasync'
import { startEtcd, startQuorate } from './commit/servers'
import type { ClientTask, Measured } from './commit/task'

const VALUE_BYTES = 256
const WARM_UP_MS = 1_000
/** The number at which each was fastest of 1, 4, 8, 16 and 64 (etcd) and of 1 and 4 (Quorate). */
const CONNECTIONS_MAX = { quorate: 1, etcd: 4 } as const

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '1,64,256' }, seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '3' },
    only: { type: 'string' }, folder: { type: 'string', default: 'out/bench' }, profile: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const clientCounts = values.clients.split(',').map(Number)

const say = (text: string): void => { process.stderr.write(`${text}\n`) }
const rounded = (value: number): number => Number(value.toPrecision(4))

function runClients(target: ClientTask['target'], clients: number): Promise<Measured> {
  const connections = Math.min(clients, CONNECTIONS_MAX[target.kind])
  const task: ClientTask = { target, clients, connections, valueBytes: VALUE_BYTES, warmUpMs: WARM_UP_MS, measureMs: Number(values.seconds) * 1000 }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.resolve('out/bench/client-process.mjs'), JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.once('exit', (code) => {
      if (code !== 0) { reject(new Error(`the client process ended with ${code ?? 'a signal'}`)); return }
      const measured = JSON.parse(output) as Measured
      say(`${target.kind.padEnd(8)} ${String(clients).padStart(4)} clients  ${String(rounded(measured.opsPerSecond)).padStart(7)}/s  p50 ${rounded(measured.p50Ms)} ms  p99 ${rounded(measured.p99Ms)} ms${measured.errors > 0 ? `  ${measured.errors} errors` : ''}`)
      resolve(measured)
    })
  })
}

/** The round with the median rate; its latencies belong to it. */
function middle(runs: readonly Measured[]): Omit<Measured, 'errors'> | null {
  const run = [...runs].sort((a, b) => a.opsPerSecond - b.opsPerSecond)[Math.floor(runs.length / 2)]
  return run === undefined ? null : { opsPerSecond: rounded(run.opsPerSecond), p50Ms: rounded(run.p50Ms), p99Ms: rounded(run.p99Ms) }
}

async function main(): Promise<number> {
  const folder = fs.mkdtempSync(path.resolve(values.folder, 'data-'))
  const fdatasync = measureFdatasync(folder)
  say(`fdatasync: ${rounded(fdatasync.perSecond)}/s, p50 ${rounded(fdatasync.p50Ms)} ms`)
  const chain = await measureChain(folder)
  say(`chain: ${rounded(chain.opsPerSecond)}/s, p50 ${rounded(chain.p50Ms)} ms  p99 ${rounded(chain.p99Ms)} ms (one client's messages and flushes with no protocol)`)
  const etcd = values.only === 'quorate' ? undefined : await startEtcd(folder)
  if (etcd === undefined && values.only === undefined) {
    say('etcd is not installed, so there is nothing to compare with. Install it: apt-get install etcd-server (Debian, Ubuntu), or from https://etcd.io. Or run with --only quorate.')
    fs.rmSync(folder, { recursive: true })
    return 1
  }
  const quorate = await startQuorate(folder, values.profile)
  try {
    const results = []
    for (const clients of clientCounts) {
      const runs: { etcd: Measured[]; quorate: Measured[] } = { etcd: [], quorate: [] }
      for (let round = 0; round < rounds; round += 1) {
        if (etcd) runs.etcd.push(await runClients({ kind: 'etcd', endpoint: await etcd.leaderEndpoint() }, clients))
        runs.quorate.push(await runClients({ kind: 'quorate', members: quorate.plan.members }, clients))
      }
      const ours = middle(runs.quorate)
      const theirs = middle(runs.etcd)
      const ratios = ours && theirs ? { ratio: rounded(ours.opsPerSecond / theirs.opsPerSecond), p99Ratio: rounded(ours.p99Ms / theirs.p99Ms) } : {}
      results.push({ clients, quorate: ours, etcd: theirs, ...ratios })
    }
    const floor = {
      fdatasync: { perSecond: rounded(fdatasync.perSecond), p50Ms: rounded(fdatasync.p50Ms) },
      chain: { opsPerSecond: rounded(chain.opsPerSecond), p50Ms: rounded(chain.p50Ms), p99Ms: rounded(chain.p99Ms) },
    }
    console.log(JSON.stringify({ ...floor, results }, null, 2))
    return 0
  } finally {
    for (const agent of quorate.running.values()) agent.send({ kind: 'stop' })
    await Promise.all([...quorate.running.values()].map((agent) => agent.exited))
    await etcd?.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
