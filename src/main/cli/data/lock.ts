/**
 * A command that runs while a lock is held. Its fencing token is greater than all before it, and goes to the command: whoever guards a
 * resource can turn away a holder of the past, which no client can know of itself with certainty.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import os from 'node:os'
import { ok, type Result } from '../../../core/base'
import { operate, type Session, type SessionLoss } from '../../../runtime/client'
import { EXIT } from '../exit-codes'
import { failed, type Outcome } from '../outcome'
import { answered, type Answer } from './answer'
import { closedSession, failureOf, lockState, nonsense, openedSession } from './carry-out'
import type { Reached } from './reach'

export interface LockRequest {
  readonly lock: string
  /** Null: only if it is free. */
  readonly waitMs: number | null
  readonly command: readonly string[]
  readonly say: (text: string) => void
  readonly environment: NodeJS.ProcessEnv
}

const LOOK_MS = 250
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** As shells have it. */
const EXIT_NOT_EXECUTABLE = 126
const EXIT_NO_COMMAND = 127
const exitCodeOfSignal = (signal: NodeJS.Signals): number => 128 + os.constants.signals[signal]

/** What this process is told while the lock is waited for ends the waiting; while the command runs it is the command's. */
class Signals {
  /** The first one that came while there was no command. */
  received: NodeJS.Signals | null = null
  private child: ChildProcess | null = null
  private wake: (() => void) | null = null
  private readonly handle = (signal: NodeJS.Signals): void => {
    if (this.child === null) {
      this.received ??= signal
      this.wake?.()
    // A terminal gives Ctrl-C to all of its processes by itself: twice would be a second one.
    } else if (signal !== 'SIGINT' || !process.stdin.isTTY) this.child.kill(signal)
  }

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.handle)
  }

  passTo(child: ChildProcess): void {
    this.child = child
  }

  /** Ends early once a signal comes. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.handle)
  }
}

export async function lockAndRun(reached: Reached, request: LockRequest): Promise<Outcome> {
  const signals = new Signals()
  try {
    const opened = await openedSession(reached)
    if (!opened.ok) return notRun(reached, request, failureOf(opened.error.code, opened.error.message), signals)
    const { value: session } = opened
    const acquired = await acquire(reached, session, request, signals)
    const isGranted = acquired.ok && typeof acquired.value === 'number' && session.state === 'open' && signals.received === null
    const outcome = isGranted ? await run(session, acquired.value, request, signals) : notRun(reached, request, acquired, signals)
    // Whatever the session has of the lock goes with it, a grant as well as a place among those who wait.
    const isEnded = session.state === 'lost' || await closedSession(reached, session, reached.timeoutMs)
    if (!isEnded) request.say(`✗ Nobody said that ${request.lock} was given back; it is free by itself within a minute.\n`)
    return outcome
  } finally {
    signals.close()
  }
}

function notRun({ cluster }: Reached, { lock }: LockRequest, acquired: Result<number | Answer>, signals: Signals): Outcome {
  if (signals.received !== null) return { exitCode: exitCodeOfSignal(signals.received) }
  const why = acquired.ok ? acquired.value : acquired.error
  if (typeof why === 'number') return failed({ code: 'session-expired', message: 'The session ended before the command was run.' })
  return 'outcome' in why ? answered({ command: `lock ${lock}`, cluster }, why, false) : failed({ ...why, message: `The command was not run: ${why.message}` })
}

/** The fencing token, or why the command is not run. */
async function acquire(reached: Reached, session: Session, { lock, waitMs, say }: LockRequest, signals: Signals): Promise<Result<number | Answer>> {
  const { client, timeoutMs } = reached
  const outcome = await operate(session, { kind: 'acquire', key: lock, wait: waitMs !== null }, client.nowMs() + timeoutMs)
  if (outcome.kind === 'failed') return failureOf(outcome.code, outcome.message)
  // It may have the lock; its session, which is ended now, takes that along.
  if (outcome.kind === 'unknown') return failureOf('no-leader', outcome.message)
  const { reply } = outcome
  switch (reply.kind) {
    case 'granted': return ok(reply.token)
    case 'held': return ok({ outcome: 'held', text: `${lock} is held by another client; the command was not run.`, hint: 'Wait for it with --wait SECONDS; see who has it with `quorate data holder NAME`.' })
    case 'waiting': {
      say(`… ${lock} is held by another client; waiting as number ${String(reply.position)}\n`)
      return awaitGrant(reached, session, lock, waitMs ?? 0, signals)
    }
    default: return nonsense()
  }
}

async function awaitGrant(reached: Reached, session: Session, lock: string, waitMs: number, signals: Signals): Promise<Result<number | Answer>> {
  const { client } = reached
  const endMs = client.nowMs() + waitMs
  while (signals.received === null && session.state === 'open' && client.nowMs() < endMs) {
    await signals.pause(Math.min(LOOK_MS, endMs - client.nowMs()))
    // What keeps the members from answering may pass.
    const state = await lockState(reached, lock)
    if (state.ok && state.value.holder === session.clientId) return ok(state.value.token)
  }
  if (session.state === 'lost') return failureOf('session-expired', 'The session ended while the lock was waited for.')
  return ok({ outcome: 'held', text: `${lock} is still held by another client; the command was not run.`, hint: 'Wait longer with --wait SECONDS; see who has it with `quorate data holder NAME`.' })
}

function lossText(lock: string, token: number, why: SessionLoss): string {
  const reason = why === 'expired' ? 'the cluster ended its session' : 'no member answered for as long as a session lives'
  return `✗ ${lock} is lost: ${reason}, so another may hold it now. The command is told to end (SIGTERM).\n  What to do: whatever it did under fencing token ${String(token)} may have met the work of the next holder.\n`
}

function run(session: Session, token: number, { lock, command, say, environment }: LockRequest, signals: Signals): Promise<Outcome> {
  const [file = '', ...args] = command
  return new Promise((resolve) => {
    let isLost = false
    const child = spawn(file, args, { stdio: 'inherit', env: { ...environment, QUORATE_FENCING_TOKEN: String(token) } })
    signals.passTo(child)
    session.onLost = (why) => {
      isLost = true
      say(lossText(lock, token, why))
      child.kill('SIGTERM')
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      // A child that runs may not take a signal; that is not its end.
      if (child.pid !== undefined) return
      resolve({ exitCode: error.code === 'ENOENT' ? EXIT_NO_COMMAND : EXIT_NOT_EXECUTABLE, stderr: `✗ ${file} cannot be run: ${error.message}\n` })
    })
    child.once('exit', (code, signal) => {
      resolve({ exitCode: isLost ? EXIT.lockLost : signal === null ? code ?? EXIT.failed : exitCodeOfSignal(signal) })
    })
  })
}
