import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { root, temporaryFolder } from './places'

export interface ServeOptions {
  readonly dataDirectory?: string
  readonly firstCluster?: boolean
  readonly port?: number
}

export interface ServeRun {
  /** With the token in its fragment. */
  readonly url: string
  readonly dataDirectory: string
  readonly pid: number
  /** Ends it as Ctrl-C does, and waits for it. */
  close(): Promise<void>
}

const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 10_000

/** Starts the console behind HTTP on loopback, as `npm start -- --serve` does. */
export async function launchServe(options: ServeOptions = {}): Promise<ServeRun> {
  const dataDirectory = options.dataDirectory ?? temporaryFolder('data')
  const args = [path.join(root, 'out', 'main', 'serve.js'), '--port', String(options.port ?? 0), '--data', dataDirectory, ...(options.firstCluster === true ? [] : ['--no-sandbox-cluster'])]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error(`The server did not tell its address in time. It said:\n${text}`)), START_TIMEOUT_MS)
    const hear = (chunk: Buffer): void => {
      text += chunk.toString()
      const found = /Quorate is at (\S+)/.exec(text)?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void exited.then(() => reject(new Error(`The server ended. It said:\n${text}`)))
  })
  return {
    url, dataDirectory, pid: child.pid ?? 0,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGINT')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await exited
      clearTimeout(timer)
    },
  }
}
