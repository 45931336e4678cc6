/** The console service: every domain put together. Knows nothing of Electron; the same behind a window and behind `quorate serve`. */
import path from 'node:path'
import * as v from 'valibot'
import type { Result } from '../../core/base'
import { fail, ok } from '../../core/base'
import type { ClusterInfo } from '../../contract/clusters'
import { consoleContract, type ConsoleContract } from '../../contract/console'
import type { LoadState } from '../../contract/load'
import type { SandboxNode, SandboxState } from '../../contract/sandbox'
import { SETTINGS_DEFAULTS, settingsSchema, staleAfterMs, type SystemStatus } from '../../contract/system'
import type { Channel } from '../../contract/wire'
import type { ClusterMoment } from '../../core/observation'
import { DEFAULT_THRESHOLDS, type ClusterState, type Thresholds } from '../../core/observe'
import { serveChannel, type Handlers } from './binder'
import { clusterHandlers } from './cluster-handlers'
import { listenForControl, type ControlServer } from './control'
import { openDataDirectory, openDocument, UnreadableFile, type DataDirectory, type DataDirectoryCode } from './data-directory'
import { engineRecordsSchema, engineStore } from './engine-records'
import { createEngines, type Engines, type EngineStore } from './engines'
import { consoleEvent, endedEvent } from './events'
import { createLive, watchForSleep, type Live, type Settled } from './live'
import type { Badge, ConsoleOptions } from './options'
import { openRecording, type Recording } from './recording'
import { rolloutEvent } from './options-handlers'
import { createRegistry, registrySchema, type Registry } from './registry'
import { createSandbox, type Sandbox } from './sandbox'
import { createSandboxCluster, loadHandlers, replacedEvent, sandboxHandlers, sandboxInfo, startTelling, type SandboxHandlersOptions } from './sandbox-handlers'
import { createNotices, createSettings, type Notices, type SettingsStore } from './system'
import { systemHandlers } from './system-handlers'
import { createTopic } from './topic'

export type { Badge, ConsoleOptions, Log, Notification } from './options'
export { MEMORY_ONLY, type SecretStore } from './secrets'

export interface ConsoleService {
  readonly dataDirectory: string
  readonly handlers: Handlers<ConsoleContract>
  /** Serves one window on this channel until it closes. */
  connect(channel: Channel): void
  /** Ends every process it started and closes the database, within five seconds. May be called more than once. */
  stop(): Promise<void>
}

const FIRST_CLUSTER = { name: 'Local cluster', nodes: 3 }
const STOP_TIMEOUT_MS = 4_500
/** A gap shorter than this is not worth a line in the list of events. */
const GAP_TOLD_FROM_MS = 10_000

/** Usable as soon as it is there: nodes start and endpoints are asked meanwhile. */
export async function createConsole(options: ConsoleOptions): Promise<Result<ConsoleService, DataDirectoryCode>> {
  const holder = options.transport === 'desktop' ? 'the Quorate window' : 'quorate serve'
  const directory = openDataDirectory(options.dataDirectory, holder, options.nowMs)
  if (!directory.ok) return directory
  try {
    const service = new Service(options, directory.value)
    await service.start()
    return ok(service)
  } catch (error) {
    directory.value.close()
    if (error instanceof UnreadableFile) return fail('not-usable', error.message, 'Check who owns this file and its permissions.')
    throw error
  }
}

class Service implements ConsoleService {
  readonly dataDirectory: string
  readonly handlers: Handlers<ConsoleContract>
  private readonly options: ConsoleOptions
  private readonly directory: DataDirectory
  private readonly lists = createTopic<readonly ClusterInfo[]>()
  private readonly moments = createTopic<ClusterMoment>()
  private readonly states = createTopic<SandboxState>()
  private readonly loads = createTopic<LoadState>()
  private readonly statuses = createTopic<SystemStatus>()
  private readonly startedAtMs: number
  private readonly notices: Notices
  private readonly settings: SettingsStore
  private readonly registry: Registry
  private readonly fresh: boolean
  private readonly recording: Recording
  private readonly live: Live
  private readonly sandbox: Sandbox
  private readonly engines: Engines
  private readonly sleep: { close(): void }
  private readonly nodesBefore = new Map<string, ReadonlyMap<string, SandboxNode>>()
  private readonly channels = new Set<Channel>()
  private badge: Badge | null = null
  private control: ControlServer | null = null
  private secretStore: SystemStatus['secretStore'] = 'system'
  private stopping: Promise<void> | null = null

  constructor(options: ConsoleOptions, directory: DataDirectory) {
    const { nowMs, log } = options
    this.options = options
    this.directory = directory
    this.dataDirectory = directory.path
    this.startedAtMs = nowMs()
    this.notices = createNotices(nowMs, () => this.tellStatus())
    this.settings = createSettings(this.document('settings.json', settingsSchema, SETTINGS_DEFAULTS, 'notice.settings-set-aside'), (settings) => {
      this.engines.poll(settings.pollIntervalMs)
      this.sandbox.repoll()
      this.recording.setRetentionDays(settings.retentionDays)
      options.onTheme?.(settings.theme)
    })
    const list = this.document('clusters.json', registrySchema, { version: 1, clusters: [] }, 'notice.clusters-set-aside')
    this.fresh = list.isNew
    const records = this.document('engines.json', engineRecordsSchema, { version: 1, engines: [] }, 'notice.engines-set-aside')
    this.registry = createRegistry(list, () => this.lists.publish(this.registry.list()))
    this.recording = openRecording({
      options, directory: directory.path, notices: this.notices, settings: () => this.settings.get(),
      rules: this.alertRules(), cluster: (clusterId) => this.registry.get(clusterId),
    })
    this.recording.onAlerts(() => this.tellBadge())
    this.live = createLive({ nowMs, thresholds: () => this.thresholds(), onSettled: (settled) => this.settled(settled) })
    this.sandbox = this.openSandbox()
    this.engines = this.openEngines(engineStore(records, () => log.error('The list of attached clusters could not be written.')))
    this.sleep = watchForSleep({ nowMs, onBeat: () => this.live.tick(), onGap: (fromMs, toMs) => this.slept(fromMs, toMs) })
    this.handlers = this.assemble()
    log.info(`The console keeps its data in ${directory.path}.`)
  }

  async start(): Promise<void> {
    const found = await this.sandbox.load()
    const { registry, sandbox, notices } = this
    for (const file of found.files) {
      registry.add(sandboxInfo(file))
      this.live.expected(file.clusterId, sandbox.expected(file.clusterId))
      registry.pause(file.clusterId, true)
    }
    for (const { directory, reason } of found.unreadable) notices.raise(`sandbox-unreadable-${path.basename(directory)}`, 'warning', 'notice.sandbox-unreadable', { directory, reason })
    for (const { id, kind } of registry.list()) {
      if (kind !== 'sandbox' || sandbox.has(id)) continue
      // A cluster whose folder is gone has nothing left to show; one that cannot be read keeps its name and its place.
      if (found.unreadable.some(({ directory }) => [id, 'sandboxes'].includes(path.basename(directory)))) this.keepUnread(id)
      else registry.remove(id)
    }
    this.recording.event(consoleEvent('console-started', 'event.console-started', { atMs: this.startedAtMs, clusterId: null }, { version: this.options.version }))
    await this.inBackground('commands', () => this.listenForCommands())
    void this.inBackground('the attached clusters', () => this.resumeEngines())
    void this.inBackground('the local clusters', () => this.resumeSandboxes(found.files.filter((file) => file.running).map((file) => file.clusterId)))
    void this.inBackground('the secret store', () => this.probeSecrets())
    this.options.onTheme?.(this.settings.get().theme)
  }

  /** It is listed, stopped and without members, until its folder can be read. */
  private keepUnread(clusterId: string): void {
    this.registry.pause(clusterId, true)
    this.live.expected(clusterId, [])
  }

  connect(channel: Channel): void {
    if (this.stopping) return channel.close()
    this.channels.add(channel)
    channel.onClose(() => this.channels.delete(channel))
    serveChannel(channel, consoleContract, this.handlers, { log: this.options.log })
  }

  stop(): Promise<void> {
    this.stopping ??= this.end()
    return this.stopping
  }

  private async end(): Promise<void> {
    const { recording, options } = this
    this.sleep.close()
    this.live.close()
    this.engines.close()
    recording.event(consoleEvent('console-stopped', 'event.console-stopped', { atMs: options.nowMs(), clusterId: null }))
    const timer = new Promise<void>((resolve) => void setTimeout(resolve, STOP_TIMEOUT_MS).unref())
    await Promise.race([this.sandbox.close(), timer])
    for (const channel of this.channels) channel.close()
    await this.control?.close()
    recording.close()
    this.directory.close()
  }

  /** For the command line. Without it the window works all the same. */
  private async listenForCommands(): Promise<void> {
    const { options, directory } = this
    const listening = await listenForControl({ dataDirectory: directory.path, version: options.version, serve: (channel) => this.connect(channel) })
    if (listening.ok) this.control = listening.value
    else options.log.warn(`${listening.error.message} ${listening.error.hint ?? ''}`)
  }

  private document<Schema extends v.GenericSchema>(name: string, schema: Schema, fallback: v.InferOutput<Schema>, noticeKey: `notice.${'settings' | 'clusters' | 'engines' | 'alert-rules'}-set-aside`) {
    const document = openDocument(this.directory.file(name), schema, fallback, this.options.nowMs)
    if (document.setAsideAs !== null) this.notices.raise(noticeKey, 'warning', noticeKey, { file: document.setAsideAs })
    return document
  }

  private thresholds(): Thresholds {
    return this.recording.thresholds({ ...DEFAULT_THRESHOLDS, staleAfterMs: staleAfterMs(this.settings.get().pollIntervalMs) })
  }

  private alertRules(): { get(): unknown; put(rules: unknown): Result<null> } {
    const document = this.document('alert-rules.json', v.array(v.unknown()), [], 'notice.alert-rules-set-aside')
    return { get: () => document.get(), put: (rules) => document.set(v.parse(v.array(v.unknown()), rules)) }
  }

  private openSandbox(): Sandbox {
    const { processHost, log, nowMs } = this.options
    return createSandbox({
      directory: this.directory.file('sandboxes'), processHost, log, nowMs,
      pollIntervalMs: () => this.settings.get().pollIntervalMs,
      onObservation: (observation) => this.live.observed(observation),
      onState: (state) => this.sandboxChanged(state),
      onMembers: (clusterId) => this.live.expected(clusterId, this.sandbox.expected(clusterId)),
      onLoadState: (state) => this.loads.publish(state),
      onLoadSample: (clusterId, sample) => this.recording.loadSample(clusterId, sample),
      onRollout: (clusterId, news) => this.recording.event(rolloutEvent(news, { atMs: nowMs(), clusterId })),
      onReplaced: (clusterId, replacement) => this.recording.event(replacedEvent(replacement, { atMs: nowMs(), clusterId })),
    })
  }

  private openEngines(store: EngineStore): Engines {
    const { secrets, nowMs, log } = this.options
    return createEngines({
      secrets, nowMs, log, store,
      nameTaken: (name) => this.registry.nameTaken(name),
      onObservation: (observation) => this.live.observed(observation),
      onExpected: (clusterId, expected) => this.live.expected(clusterId, expected),
      onAttached: (info) => {
        this.registry.add(info)
        this.live.expected(info.id, this.engines.expected(info.id))
        void this.inBackground('the secret store', () => this.tellOfSecrets())
        this.recording.event(consoleEvent('operation-cluster-attached', 'event.cluster-attached', { atMs: nowMs(), clusterId: info.id }, { cluster: info.name }))
      },
      onDetached: (clusterId) => {
        this.registry.remove(clusterId)
        this.forget(clusterId)
      },
    })
  }

  private async resumeEngines(): Promise<void> {
    await this.engines.resume()
    for (const info of this.engines.list()) {
      this.registry.add(info)
      this.live.expected(info.id, this.engines.expected(info.id))
    }
    // Its record is gone: it cannot be asked any more.
    for (const { id, kind } of this.registry.list()) if (kind !== 'sandbox' && !this.engines.has(id)) this.registry.remove(id)
    // Now that every cluster is known: alerts of those that went while the console was away would stay open for ever.
    this.recording.keepOnly(this.registry.list().map(({ id }) => id))
    if (!this.stopping) this.engines.poll(this.settings.get().pollIntervalMs)
    await this.tellOfSecrets()
  }

  private async resumeSandboxes(ran: readonly string[]): Promise<void> {
    const options = this.sandboxOptions()
    const start = (clusterId: string): Promise<void> => startTelling(clusterId, options)
    if (this.fresh && this.options.firstCluster && this.registry.list().length === 0) {
      const created = await createSandboxCluster(FIRST_CLUSTER.name, FIRST_CLUSTER.nodes, options)
      if (created.ok) await start(created.value.id)
      else this.notices.raise('first-cluster', 'warning', 'notice.sandbox-not-started', { cluster: FIRST_CLUSTER.name, reason: created.error.message })
    } else if (this.settings.get().resumeSandboxes) await Promise.all(ran.map(start))
  }

  private async probeSecrets(): Promise<void> {
    if ((await this.options.secrets.seal('quorate')) !== null) return
    this.secretStore = 'memory-only'
    this.tellStatus()
    await this.tellOfSecrets()
  }

  /** That secrets are not kept is of interest to those only who have some to keep. */
  private async tellOfSecrets(): Promise<void> {
    if (this.secretStore === 'system') return
    for (const { id } of this.engines.list()) {
      const target = await this.engines.handlers['engines.target']({ clusterId: id })
      if (!target.ok || (target.value.secretsHeld !== 'memory' && target.value.secretsHeld !== 'missing')) continue
      return this.notices.raise('secrets-in-memory', 'info', 'notice.secrets-in-memory')
    }
  }

  private async inBackground(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.options.log.error(`Taking up ${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }

  private settled(settled: Settled): void {
    if (!this.registry.get(settled.moment.clusterId)) return
    this.recording.settled(settled)
    if (!settled.changed) return
    this.moments.publish(settled.moment)
    this.tellBadge()
  }

  /** Figures for the tray, when they change. */
  private tellBadge(): void {
    const alerts = this.recording.openAlerts().filter((alert) => alert.phase === 'firing' && (alert.silencedUntilMs ?? 0) < this.options.nowMs())
    const states = this.registry.list().flatMap((cluster) => (cluster.paused ? [] : [this.live.derivation(cluster.id)?.state ?? 'unknown']))
    const badge = badgeOf(alerts.length, states)
    if (this.badge?.firing === badge.firing && this.badge.worst === badge.worst) return
    this.badge = badge
    this.options.onBadge?.(badge)
  }

  private sandboxChanged(state: SandboxState): void {
    const { clusterId, nodes, phase } = state
    const before = this.nodesBefore.get(clusterId)
    this.nodesBefore.set(clusterId, new Map(nodes.map((node) => [node.nodeId, node])))
    for (const node of nodes) {
      const event = endedEvent(before?.get(node.nodeId), node, { atMs: this.options.nowMs(), clusterId })
      if (event) this.recording.event(event)
    }
    this.registry.pause(clusterId, phase === 'stopped' || phase === 'stopping')
    this.states.publish(state)
  }

  private slept(fromMs: number, toMs: number): void {
    this.live.forgetBefore()
    if (toMs - fromMs < GAP_TOLD_FROM_MS) return
    this.recording.event(consoleEvent('console-gap', 'event.console-gap', { atMs: toMs, clusterId: null }, { forMs: toMs - fromMs }))
  }

  private forget(clusterId: string): void {
    this.live.remove(clusterId)
    this.nodesBefore.delete(clusterId)
    this.recording.forget(clusterId)
  }

  private status(): SystemStatus {
    const { version, transport } = this.options
    return {
      version, transport, dataDirectory: this.directory.path, databaseBytes: this.recording.databaseBytes(),
      secretStore: this.secretStore, startedAtMs: this.startedAtMs, notices: this.notices.list(),
    }
  }

  private tellStatus(): void {
    // The first notices come up while the parts are still being put together.
    if (this.handlers) this.statuses.publish(this.status())
  }

  private sandboxOptions(): SandboxHandlersOptions {
    const { sandbox, registry, notices, states, loads, recording } = this
    return {
      sandbox, registry, notices, states, loads, nowMs: this.options.nowMs,
      onEvent: (event) => recording.event(event),
      onCreated: (clusterId) => this.live.expected(clusterId, sandbox.expected(clusterId)),
      onDeleted: (clusterId) => this.forget(clusterId),
    }
  }

  private assemble(): Handlers<ConsoleContract> {
    const { registry, engines, live, lists, moments, notices, settings, statuses, recording } = this
    return {
      ...clusterHandlers({ registry, engines, live, lists, moments, nowMs: this.options.nowMs }),
      ...sandboxHandlers(this.sandboxOptions()),
      ...loadHandlers(this.sandboxOptions()),
      ...engines.handlers,
      ...recording.handlers,
      ...systemHandlers({ notices, settings, statuses, status: () => this.status() }),
    }
  }
}

const WORST_FIRST = ['no-quorum', 'unknown', 'at-risk', 'quorate'] as const

/** A cluster that was stopped on purpose worries nobody; one that is starting is not known to work yet. */
function badgeOf(firing: number, states: readonly ClusterState[]): Badge {
  const worst = WORST_FIRST.find((each) => states.some((state) => state === each || (each === 'unknown' && state === 'starting')))
  return { firing, worst: worst ?? 'unknown' }
}
