/** Handlers of contract/sandbox.ts and contract/load.ts. */
import type { Result } from '../../core/base'
import { fail, ok } from '../../core/base'
import type { ClusterInfo } from '../../contract/clusters'
import type { loadContract, LoadState } from '../../contract/load'
import type { sandboxContract, SandboxState } from '../../contract/sandbox'
import type { Handlers } from './binder'
import { consoleEvent, faultEvent, type NewEvent } from './events'
import type { Registry } from './registry'
import type { ClusterFile, Sandbox } from './sandbox'
import type { Notices } from './system'
import type { Topic } from './topic'

export interface SandboxHandlersOptions {
  readonly sandbox: Sandbox
  readonly registry: Registry
  readonly notices: Notices
  readonly states: Topic<SandboxState>
  readonly loads: Topic<LoadState>
  readonly nowMs: () => number
  readonly onEvent: (event: NewEvent) => void
  readonly onCreated: (clusterId: string) => void
  /** Forgets everything recorded of a cluster that was deleted. */
  readonly onDeleted: (clusterId: string) => void
}

export function sandboxInfo({ clusterId, name, createdAtMs, running }: ClusterFile): ClusterInfo {
  return { id: clusterId, name, kind: 'sandbox', engine: 'Raft', critical: false, group: null, createdAtMs, paused: !running }
}

const nameTaken = (name: string) => fail('name-taken', `A cluster is called ${name} already.`, 'Choose another name.')

/** Starts a cluster; what goes wrong is told by a notice, for nobody waits for the answer. */
export async function startTelling(clusterId: string, options: Pick<SandboxHandlersOptions, 'sandbox' | 'registry' | 'notices' | 'onEvent' | 'nowMs'>): Promise<void> {
  const { sandbox, registry, notices, onEvent, nowMs } = options
  const cluster = registry.get(clusterId)?.name ?? clusterId
  const started = await sandbox.start(clusterId)
  const id = `sandbox-not-started-${clusterId}`
  if (started.ok) {
    notices.withdraw(id)
    onEvent(consoleEvent('operation-cluster-started', 'event.cluster-started', { atMs: nowMs(), clusterId }, { cluster }))
  } else notices.raise(id, 'warning', 'notice.sandbox-not-started', { cluster, reason: started.error.message })
}

/** Creates it and has it listed; it is not started yet. */
export async function createSandboxCluster(name: string, nodes: number, options: SandboxHandlersOptions) {
  const { sandbox, registry, onEvent, nowMs } = options
  if (registry.nameTaken(name)) return nameTaken(name)
  const created = await sandbox.create(name, nodes)
  if (!created.ok) return created
  const info = sandboxInfo(created.value)
  const { clusterId } = created.value
  // Another may have taken the name while the ports were being looked for.
  const listed = registry.nameTaken(name) ? nameTaken(name) : registry.add(info)
  if (!listed.ok) {
    await sandbox.remove(clusterId)
    return listed
  }
  options.onCreated(clusterId)
  onEvent(consoleEvent('operation-cluster-created', 'event.cluster-created', { atMs: nowMs(), clusterId }, { cluster: name, nodes }))
  return ok(info)
}

export function sandboxHandlers(options: SandboxHandlersOptions): Handlers<typeof sandboxContract> {
  const { sandbox, registry, states, onEvent, nowMs, onDeleted } = options
  const about = (clusterId: string, nodeId?: string) => (nodeId === undefined ? { atMs: nowMs(), clusterId } : { atMs: nowMs(), clusterId, nodeId })
  return {
    'sandbox.create': async ({ name, nodes }) => {
      const created = await createSandboxCluster(name, nodes, options)
      if (!created.ok) return created
      // Nodes come up while the window already shows them.
      void startTelling(created.value.id, options)
      return created
    },
    'sandbox.start': async ({ clusterId }) => {
      const started = await sandbox.start(clusterId)
      if (started.ok) onEvent(consoleEvent('operation-cluster-started', 'event.cluster-started', about(clusterId), { cluster: registry.get(clusterId)?.name ?? clusterId }))
      return started
    },
    'sandbox.stop': async ({ clusterId }) => {
      const stopped = await sandbox.stop(clusterId)
      if (stopped.ok) onEvent(consoleEvent('operation-cluster-stopped', 'event.cluster-stopped', about(clusterId), { cluster: registry.get(clusterId)?.name ?? clusterId }))
      return stopped
    },
    'sandbox.delete': async ({ clusterId, name }) => {
      const known = registry.get(clusterId)
      if (!known || !sandbox.has(clusterId)) return fail('not-a-sandbox', 'This is not a local cluster.')
      if (known.name !== name) return fail('name-mismatch', 'The name given is not the name of this cluster.', `Its name is ${known.name}.`)
      const removed = await sandbox.remove(clusterId)
      if (!removed.ok) return removed
      onDeleted(clusterId)
      return registry.remove(clusterId)
    },
    'sandbox.state': ({ clusterId }) => sandbox.state(clusterId),
    'sandbox.node': async ({ clusterId, nodeId, action }) => {
      const done = await sandbox.act(clusterId, nodeId, action)
      if (done.ok) onEvent(consoleEvent(isHarm(action) ? 'fault-injected' : 'fault-removed', `event.node-${action}`, about(clusterId, nodeId), { name: nodeId }))
      return done
    },
    'sandbox.addFault': ({ clusterId, fault }) => {
      const added = sandbox.addFault(clusterId, fault)
      if (added.ok) onEvent(faultEvent(fault, about(clusterId)))
      return added
    },
    'sandbox.removeFault': async ({ clusterId, faultId }) => {
      const removed = await sandbox.removeFault(clusterId, faultId)
      if (removed.ok) onEvent(consoleEvent('fault-removed', 'event.fault-removed', about(clusterId)))
      return removed
    },
    'sandbox.healAll': async ({ clusterId }) => {
      const healed = await sandbox.healAll(clusterId)
      if (healed.ok) onEvent(consoleEvent('fault-healed', 'event.fault-healed', about(clusterId)))
      return healed
    },
    'sandbox.watch': ({ clusterId }, sink) => watch(sandbox.state(clusterId), states, clusterId, (state) => sink.push(state)),
  }
}

const isHarm = (action: string): boolean => action === 'kill' || action === 'stop' || action === 'pause' || action === 'restart'

export function loadHandlers(options: SandboxHandlersOptions): Handlers<typeof loadContract> {
  const { sandbox, loads, onEvent, nowMs } = options
  return {
    'load.start': async ({ clusterId, settings }) => {
      const started = await sandbox.startLoad(clusterId, settings)
      if (started.ok) onEvent(consoleEvent('operation-load-started', 'event.load-started', { atMs: nowMs(), clusterId }, { clients: settings.clients }))
      return started
    },
    'load.adjust': ({ clusterId, settings }) => sandbox.adjustLoad(clusterId, settings),
    'load.stop': async ({ clusterId }) => {
      if (!sandbox.loadState(clusterId)?.running) return ok(null)
      await sandbox.stopLoad(clusterId)
      onEvent(consoleEvent('operation-load-stopped', 'event.load-stopped', { atMs: nowMs(), clusterId }))
      return ok(null)
    },
    'load.watch': ({ clusterId }, sink) => {
      const state = sandbox.loadState(clusterId)
      return watch(state ? ok(state) : fail('not-found', 'This is not a local cluster.'), loads, clusterId, (each) => sink.push(each))
    },
  }
}

/** The state now, then every later one of the same cluster. */
function watch<State extends { readonly clusterId: string }>(
  now: Result<State>,
  topic: Topic<State>,
  clusterId: string,
  push: (state: State) => void,
): Result<() => void, 'not-found'> {
  if (!now.ok) return fail('not-found', now.error.message)
  push(now.value)
  return ok(topic.subscribe((state) => {
    if (state.clusterId === clusterId) push(state)
  }))
}
