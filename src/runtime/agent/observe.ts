/** What this node says of itself: the protocol's own word, and what transport and log measured. */
import { unknown, type Alarm, type LinkObservation, type NodeObservation } from '../../core/observation'
import type { NodeDriver } from '../driver'
import type { TcpTransport } from '../tcp'
import type { Wal } from '../wal'
import { AGENT_PROCESS_LIMITS } from './limits'
import { VERSION } from './version'

export interface Observed {
  readonly clusterId: string
  readonly nodeId: string
  readonly endpoint: string
  readonly driver: NodeDriver
  readonly transport: TcpTransport
  readonly wal: Wal
  readonly alarms: () => readonly Alarm[]
  readonly clients: () => number
  readonly nowMs: () => number
}

type Counts = Readonly<Record<string, number>>

/** Keeps what the last observation counted, for rates. */
export class Observer {
  private readonly observed: Observed
  private countedAtMs: number
  private counted: ReadonlyMap<string, Counts> = new Map()
  private rates: ReadonlyMap<string, Counts> = new Map()

  constructor(observed: Observed) {
    this.observed = observed
    this.countedAtMs = observed.nowMs()
  }

  /** The console knows where and when it asked, and fills in atMs, rttMs and source. */
  observe(): NodeObservation {
    const { clusterId, nodeId, endpoint, driver, wal } = this.observed
    return {
      clusterId, nodeId, name: nodeId, atMs: Date.now(), rttMs: unknown('not-measured'),
      source: { endpoint, path: 'process' },
      reachability: 'ok',
      groups: [driver.describe()],
      links: this.links(),
      alarms: this.observed.alarms(),
      version: VERSION,
      storage: { usedBytes: BigInt(wal.bytesUsed()), inUseBytes: BigInt(wal.bytesInUse()), quotaBytes: unknown('not-supported') },
      extras: this.extras(),
    }
  }

  private links(): readonly LinkObservation[] {
    this.count()
    return this.observed.transport.statistics().map((link) => ({
      peerId: link.peerId,
      connected: link.connected,
      rttMs: link.rttMs ?? unknown('not-measured'),
      bytesPerSecond: link.bytesPerSecond,
      messagesPerSecond: this.rates.get(link.peerId) ?? {},
      silentForMs: link.silentForMs ?? unknown('not-measured'),
    }))
  }

  private count(): void {
    const now = this.observed.nowMs()
    const seconds = (now - this.countedAtMs) / 1000
    if (seconds * 1000 < AGENT_PROCESS_LIMITS.rateWindowMs) return
    const rates = new Map<string, Counts>()
    const counts = new Map<string, Counts>()
    for (const [peerId, { sent }] of Object.entries(this.observed.driver.statistics().peers)) {
      const before = this.counted.get(peerId) ?? {}
      counts.set(peerId, { ...sent })
      rates.set(peerId, Object.fromEntries(Object.entries(sent).map(([kind, count]) => [kind, (count - (before[kind] ?? 0)) / seconds])))
    }
    this.countedAtMs = now
    this.counted = counts
    this.rates = rates
  }

  private extras(): NodeObservation['extras'] {
    const { driver, wal, clients } = this.observed
    const { proposals, reads, entriesApplied, tentative, snapshots } = driver.statistics()
    const { stateHash, lastTerm } = driver.status()
    const disk = wal.statistics()
    const measured = { fsyncP50Ms: disk.flushP50Ms, fsyncP99Ms: disk.flushP99Ms, recordsPerFsync: disk.recordsPerFlush }
    return {
      ...Object.fromEntries(Object.entries(measured).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
      ...(disk.flushes > 0 ? { entriesPerFsync: entriesApplied / disk.flushes } : {}),
      fsyncs: disk.flushes,
      entriesApplied,
      ...(tentative.confirmed + tentative.undone > 0 ? { tentativeConfirmed: tentative.confirmed, tentativeUndone: tentative.undone } : {}),
      proposalsWaiting: proposals.waiting,
      readsWaiting: reads.waiting,
      clients: clients(),
      appliedHash: stateHash,
      // With the end of the log, which of two logs holds more: where a majority is lost, that decides who goes on.
      ...(lastTerm === undefined ? {} : { lastTerm }),
      snapshotsTaken: snapshots.taken,
      snapshotsInstalled: snapshots.installed,
      snapshotIndex: snapshots.newest?.index ?? 0,
      pid: process.pid,
    }
  }
}
