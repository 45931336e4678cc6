/** One thread of a campaign: takes jobs and carries them out. */
import { parentPort, workerData } from 'node:worker_threads'
import { plant } from '../../../core/base'
import { drawPlan, explain, runSeed, shrink, Simulation } from '../../../sim'
import type { Answer, Job } from './jobs'

/** Set by the command: end after the present seed. */
const stop = new Int32Array(workerData as SharedArrayBuffer)
const isStopped = (): boolean => Atomics.load(stop, 0) !== 0
const say = (answer: Answer): void => { parentPort?.postMessage(answer) }

/** Time of this thread on its core where Node can tell, so that other work on the machine does not count. */
function coreMs(): number {
  const usage = (process as { threadCpuUsage?: () => { user: number; system: number } }).threadCpuUsage?.()
  return usage === undefined ? performance.now() : (usage.user + usage.system) / 1000
}

function seeds(job: Extract<Job, { kind: 'seeds' }>): void {
  const overrides = job.profile === null ? {} : { profile: job.profile }
  for (let seed = job.from; seed < job.from + job.count && !isStopped(); seed++) {
    const before = coreMs()
    const isVerifying = job.verifyEvery > 0 && seed % job.verifyEvery === 0
    const outcome = runSeed(job.protocol, seed, overrides, isVerifying)
    // What was run twice counts once.
    say({ kind: 'seed', outcome, coreMs: (coreMs() - before) / (isVerifying ? 2 : 1) })
  }
}

function shrinkOne(job: Extract<Job, { kind: 'shrink' }>): void {
  const plan = drawPlan(job.protocol, job.seed, job.profile === null ? {} : { profile: job.profile })
  const { violation } = new Simulation(plan).run()
  if (violation === null) {
    say({ kind: 'shrunk', shrunk: null })
    return
  }
  const shrunk = shrink(plan, violation, { runsMax: job.runsMax })
  say({ kind: 'shrunk', shrunk: { ...shrunk, explanation: explain(shrunk.plan) } })
}

function planted({ bug, seedsMax }: Extract<Job, { kind: 'planted' }>): void {
  const { id, protocol } = bug
  const overrides = bug.profile === undefined ? {} : { profile: bug.profile }
  plant(id)
  try {
    for (let seed = 1; seed <= seedsMax; seed++) {
      if (isStopped()) return
      const { violation } = runSeed(protocol, seed, overrides, false)
      if (violation === null) continue
      say({ kind: 'planted', outcome: { id, protocol, caught: true, invariant: violation.invariant, seeds: seed } })
      return
    }
    say({ kind: 'planted', outcome: { id, protocol, caught: false, invariant: null, seeds: seedsMax } })
  } finally {
    plant(null)
  }
}

function carryOut(job: Job): void {
  switch (job.kind) {
    case 'seeds': return seeds(job)
    case 'shrink': return shrinkOne(job)
    case 'planted': return planted(job)
  }
}

parentPort?.on('message', (job: Job) => {
  try {
    carryOut(job)
  } catch (error) {
    say({ kind: 'broke', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
  say({ kind: 'done' })
})
