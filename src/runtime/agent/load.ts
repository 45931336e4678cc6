/** Load on a cluster: logical clients with sessions of their own, each with one operation under way at a time. */
import { randomFillSync } from 'node:crypto'
import { encodeQuery } from '../../core/statemachine'
import type { LoadStart, PeerAddress } from '../../contract/agent'
import type { LoadSample, LoadSettings } from '../../contract/load'
import { connectCluster, openSession, type OperationClient, type Session } from '../client'
import type { SignCommand } from '../signer'
import { Histogram } from './histogram'
import { LOAD_LIMITS } from './limits'

interface LogicalClient {
  readonly number: number
  session: Session | null
  /** No operation is under way, and none is waited for. */
  idle: boolean
  operations: number
}

export class LoadGenerator {
  private readonly cluster: OperationClient
  private settings: LoadSettings
  private readonly onSample: (sample: LoadSample) => void
  private readonly clients: LogicalClient[] = []
  private value: Uint8Array
  private tokens = 0
  private tokensAtMs = performance.now()
  private nextIdle = 0
  private readonly latencies = new Histogram()
  private counts = { reads: 0, writes: 0, errors: 0, unknownOutcomes: 0 }
  private outvotedBefore = 0
  private sampledAtMs = performance.now()
  private readonly timers: NodeJS.Timeout[]
  private stopped = false

  constructor({ members, protocol, settings }: LoadStart, signCommand: SignCommand | null, onSample: (sample: LoadSample) => void) {
    this.cluster = connectCluster({ members, protocol, ...(signCommand === null ? {} : { signCommand }) })
    this.settings = settings
    this.onSample = onSample
    this.value = randomFillSync(new Uint8Array(settings.valueBytes))
    this.timers = [
      setInterval(() => { this.dispatch() }, LOAD_LIMITS.dispatchIntervalMs),
      setInterval(() => { this.sample() }, LOAD_LIMITS.sampleIntervalMs),
    ]
    this.adjust(settings)
  }

  adjust(settings: LoadSettings): void {
    if (settings.valueBytes !== this.value.length) this.value = randomFillSync(new Uint8Array(settings.valueBytes))
    this.settings = settings
    while (this.clients.length < settings.clients) {
      this.clients.push({ number: this.clients.length, session: null, idle: true, operations: 0 })
    }
    // One that is dropped finishes what it has under way; it is only not given more.
    for (const { session } of this.clients.splice(settings.clients)) session?.leave()
    this.dispatch()
  }

  /** Where the cluster's members are from now on. */
  setMembers(members: readonly PeerAddress[]): void {
    this.cluster.setMembers(members)
  }

  stop(stopped: () => void): void {
    this.stopped = true
    for (const timer of this.timers) clearInterval(timer)
    for (const { session } of this.clients) session?.leave()
    this.cluster.close()
    stopped()
  }

  /** Gives work to idle clients, as many as there are tokens. */
  private dispatch(): void {
    if (this.stopped) return
    const rate = this.settings.ratePerSecond
    const now = performance.now()
    if (rate !== null) {
      const burst = Math.max(1, (rate * LOAD_LIMITS.burstMs) / 1000)
      this.tokens = Math.min(burst, this.tokens + ((now - this.tokensAtMs) * rate) / 1000)
    }
    this.tokensAtMs = now
    // Round robin, so that a low rate is not always carried by the first few.
    for (let tried = 0; tried < this.clients.length && (rate === null || this.tokens >= 1); tried += 1) {
      const client = this.clients[this.nextIdle % this.clients.length]
      this.nextIdle = (this.nextIdle + 1) % this.clients.length
      if (!client?.idle) continue
      if (rate !== null) this.tokens -= 1
      this.give(client)
    }
  }

  private give(client: LogicalClient): void {
    client.idle = false
    const { session } = client
    if (session?.state !== 'open') this.open(client)
    else if (Math.random() < this.settings.readShare) this.read(client)
    else this.write(client, session)
  }

  private open(client: LogicalClient): void {
    openSession(this.cluster, performance.now() + LOAD_LIMITS.sessionTimeoutMs, (opened) => {
      const isWanted = !this.stopped && this.clients[client.number] === client
      if (opened.ok && !isWanted) opened.value.leave()
      if (!isWanted) return
      if (opened.ok) {
        client.session = opened.value
        this.free(client)
      } else this.ended(client, 'errors', performance.now())
    })
  }

  private read(client: LogicalClient): void {
    const begunMs = performance.now()
    this.cluster.run({
      kind: 'read', payload: encodeQuery({ kind: 'get', key: this.key(client) }), repeatable: true,
      deadlineMs: begunMs + LOAD_LIMITS.operationTimeoutMs,
      done: (outcome) => { this.ended(client, outcome.kind === 'ok' ? 'reads' : 'errors', begunMs) },
    })
  }

  private write(client: LogicalClient, session: Session): void {
    const begunMs = performance.now()
    session.write({ kind: 'put', key: this.key(client), value: this.value }, begunMs + LOAD_LIMITS.operationTimeoutMs, (outcome) => {
      if (outcome.kind === 'failed' && outcome.code === 'session-expired') client.session = null
      this.ended(client, outcome.kind === 'unknown' ? 'unknownOutcomes' : outcome.kind === 'failed' ? 'errors' : 'writes', begunMs)
    })
  }

  private key(client: LogicalClient): string {
    client.operations += 1
    return `load/${client.number}/${client.operations % LOAD_LIMITS.keysPerClient}`
  }

  private ended(client: LogicalClient, how: keyof LoadGenerator['counts'], begunMs: number): void {
    if (this.stopped) return
    this.counts[how] += 1
    if (how === 'reads' || how === 'writes') {
      this.latencies.addMs(performance.now() - begunMs)
      this.free(client)
    } else setTimeout(() => { this.free(client) }, LOAD_LIMITS.pauseAfterFailureMs)
  }

  private free(client: LogicalClient): void {
    client.idle = true
    if (this.stopped || this.clients[client.number] !== client) return
    if (this.settings.ratePerSecond === null) this.give(client)
  }

  /** Answers that enough others contradicted, since the last sample. */
  private outvoted(): number {
    let total = 0
    for (const count of this.cluster.outvoted().values()) total += count
    const fresh = total - this.outvotedBefore
    this.outvotedBefore = total
    return fresh
  }

  private sample(): void {
    const now = performance.now()
    const { latencies, counts } = this
    this.onSample({
      atMs: Date.now(),
      intervalMs: now - this.sampledAtMs,
      completed: counts.reads + counts.writes,
      ...counts,
      outvoted: this.outvoted(),
      p50Ms: latencies.percentileMs(0.5),
      p90Ms: latencies.percentileMs(0.9),
      p99Ms: latencies.percentileMs(0.99),
      maxMs: latencies.maxMs(),
    })
    this.sampledAtMs = now
    this.counts = { reads: 0, writes: 0, errors: 0, unknownOutcomes: 0 }
    latencies.clear()
  }
}
