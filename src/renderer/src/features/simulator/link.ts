/** The line to the worker that simulates. Of several places asked for while it is busy only the latest counts. */
import workerUrl from './worker?worker&url'
import type { FromSimulator, ToSimulator } from './messages'

interface UrlPolicy {
  createScriptURL(url: string): unknown
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): UrlPolicy
}
let policy: UrlPolicy | undefined

/** The one script that may run as a worker; everything else stays forbidden by the page's policy. */
function trustedWorkerUrl(): string {
  const factory = (window as { trustedTypes?: PolicyFactory }).trustedTypes
  if (!factory) return workerUrl
  policy ??= factory.createPolicy('quorate-simulator', {
    createScriptURL: (url) => { if (url !== workerUrl) throw new TypeError('Only the simulator runs as a worker.'); return url },
  })
  return policy.createScriptURL(workerUrl) as string
}

export class SimulatorLink {
  readonly #receive: (message: FromSimulator) => void
  #worker: Worker | null = null
  /** Requests that are not answered yet. */
  #asked = 0
  #nextMs: number | null = null

  constructor(receive: (message: FromSimulator) => void) {
    this.#receive = receive
  }

  get isIdle(): boolean {
    return this.#asked === 0
  }

  /** A fresh worker; whatever the one before was doing is given up. */
  begin(): void {
    this.end()
    const worker = new Worker(trustedWorkerUrl(), { type: 'module', name: 'simulator' })
    worker.onmessage = (event: MessageEvent<FromSimulator>) => { this.#heard(event.data) }
    worker.onerror = (event) => { this.#heard({ kind: 'failed', message: event.message }) }
    this.#worker = worker
  }

  end(): void {
    this.#worker?.terminate()
    this.#worker = null
    this.#asked = 0
    this.#nextMs = null
  }

  ask(message: ToSimulator): void {
    if (message.kind !== 'explain') this.#asked++
    // The plan may come from reactive state; only plain data crosses.
    this.#worker?.postMessage(JSON.parse(JSON.stringify(message)))
  }

  goTo(atMs: number): void {
    if (this.isIdle) this.ask({ kind: 'go-to', atMs })
    else this.#nextMs = atMs
  }

  stay(): void {
    this.#nextMs = null
    if (this.#worker) this.ask({ kind: 'stay' })
  }

  #heard(message: FromSimulator): void {
    if (message.kind === 'failed' || (message.kind === 'frame' && message.isAnswer)) this.#asked = Math.max(0, this.#asked - 1)
    if (this.#nextMs !== null && this.isIdle && message.kind === 'frame') {
      this.ask({ kind: 'go-to', atMs: this.#nextMs })
      this.#nextMs = null
    }
    this.#receive(message)
  }
}
