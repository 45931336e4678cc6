import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { Bundle } from './bundle'
import { until } from './until'

export interface ServeProcess {
  readonly process: ChildProcess
  readonly pid: number
  /** The address that was printed. */
  readonly url: string
  readonly port: number
  readonly output: () => string
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

/** Starts the built serve entry. It is killed when the test ends, if it still runs then. */
export function spawnServe(built: Bundle, args: readonly string[]): { readonly child: ChildProcess; readonly output: () => string; readonly exit: ServeProcess['exit'] } {
  const child = spawn(process.execPath, [built.serveEntry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => void (text += `${line}\n`))
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exit
  })
  return { child, output: () => text, exit }
}

export async function startServe(built: Bundle, args: readonly string[]): Promise<ServeProcess> {
  const { child, output, exit } = spawnServe(built, args)
  const url = await until('the address to be printed', 10_000, () => /Quorate is at (http:\S+)/.exec(output())?.[1])
  return { process: child, pid: child.pid ?? 0, url, port: Number(new URL(url).port), output, exit }
}
