/** Threads that take jobs from a list until it is empty, time is over, or somebody stops them. */
import { Worker } from 'node:worker_threads'
import type { Answer, Job } from './jobs'

export interface PoolOptions {
  readonly workerFile: string
  readonly jobs: number
  /** The next job, or null: nothing is left. */
  readonly next: () => Job | null
  readonly onAnswer: (answer: Exclude<Answer, { kind: 'done' }>) => void
  /** Aborted: threads end after the seed that they are at. */
  readonly stop: AbortSignal
}

export async function runPool({ workerFile, jobs, next, onAnswer, stop }: PoolOptions): Promise<void> {
  const shared = new SharedArrayBuffer(4)
  const flag = new Int32Array(shared)
  const onStop = (): void => { Atomics.store(flag, 0, 1) }
  stop.addEventListener('abort', onStop)
  const work = async (): Promise<void> => {
    const first = stop.aborted ? null : next()
    if (first === null) return
    const worker = new Worker(workerFile, { workerData: shared })
    try {
      await new Promise<void>((resolve, reject) => {
        worker.on('error', reject)
        worker.on('exit', (code) => { reject(new Error(`A thread ended with ${code}.`)) })
        worker.on('message', (answer: Answer) => {
          if (answer.kind !== 'done') {
            onAnswer(answer)
            return
          }
          const job = stop.aborted ? null : next()
          if (job === null) resolve()
          else worker.postMessage(job)
        })
        worker.postMessage(first)
      })
    } finally {
      await worker.terminate()
    }
  }
  try {
    await Promise.all(Array.from({ length: jobs }, work))
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}
