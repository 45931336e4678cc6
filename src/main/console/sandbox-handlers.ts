/** Handlers of contract/sandbox.ts and contract/load.ts. */
import type { Result } from '../../core/base'
import { fail, ok } from '../../core/base'
import type { ClusterInfo } from '../../contract/clusters'
import type { ConsoleSentenceKey } from '../../contract/console-sentences'
import type { loadContract, LoadState } from '../../contract/load'
import { PROTOCOL_NAMES, type MemberReplacement, type sandboxContract, type SandboxMemberChange, type SandboxProtocolOptions, type SandboxState } from '../../contract/sandbox'
import type { ProtocolName } from '../../core/machine'
import type { Handlers } from './binder'
import { consoleEvent, faultEvent, type NewEvent } from './events'
import { optionsHandlers } from './options-handlers'
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

export function sandboxInfo({ clusterId, name, createdAtMs, running, protocol }: ClusterFile): ClusterInfo {
  return { id: clusterId, name, kind: 'sandbox', engine: PROTOCOL_NAMES[protocol], critical: false, group: null, createdAtMs, paused: !running }
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
export async function createSandboxCluster(name: string, nodes: number, options: SandboxHandlersOptions, protocol: ProtocolName = 'raft', runWith?: SandboxProtocolOptions) {
  const { sandbox, registry, onEvent, nowMs } = options
  if (registry.nameTaken(name)) return nameTaken(name)
  const created = await sandbox.create(name, nodes, protocol, runWith)
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
  onEvent(consoleEvent('operation-cluster-created', 'event.cluster-created', { atMs: nowMs(), clusterId }, { cluster: name, nodes, protocol: PROTOCOL_NAMES[protocol] }))
  return ok(info)
}

export function sandboxHandlers(options: SandboxHandlersOptions): Handlers<typeof sandboxContract> {
  const { sandbox, registry, states, onEvent, nowMs, onDeleted } = options
  const about = (clusterId: string, nodeId?: string) => (nodeId === undefined ? { atMs: nowMs(), clusterId } : { atMs: nowMs(), clusterId, nodeId })
  return {
    'sandbox.create': async ({ name, nodes, protocol, options: runWith }) => {
      const created = await createSandboxCluster(name, nodes, options, protocol, runWith)
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
    'sandbox.lie': ({ clusterId, nodeId, behaviour }) => {
      const done = sandbox.lie(clusterId, nodeId, behaviour)
      if (done.ok) onEvent(consoleEvent(behaviour === 'honest' ? 'fault-removed' : 'fault-injected', `event.lie-${behaviour}`, about(clusterId, nodeId), { name: nodeId }))
      return done
    },
    ...memberHandlers(options),
    ...optionsHandlers(options),
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

function memberEvent(change: SandboxMemberChange): ConsoleSentenceKey {
  return change.kind === 'add' && change.member !== undefined && change.member !== 'voter' ? `event.members-add-${change.member}` : `event.members-${change.kind}`
}

/** How a replacement ended, which it tells of itself. */
export function replacedEvent({ nodeId: old, by, failure }: MemberReplacement, about: { readonly atMs: number; readonly clusterId: string }): NewEvent {
  const name = by ?? '–'
  if (failure === null) return consoleEvent('operation-members-changed', 'event.members-replaced', { ...about, nodeId: name }, { name, old })
  return consoleEvent('operation-members-changed', 'event.members-replace-failed', { ...about, severity: 'warning' }, { name, old, reason: failure.message })
}

type MemberHandlers = Pick<Handlers<typeof sandboxContract>, 'sandbox.member' | 'sandbox.transfer' | 'sandbox.recover'>

/** Every change of the members is in the list of events, and one whose end is not known too. */
function memberHandlers({ sandbox, registry, onEvent, nowMs }: SandboxHandlersOptions): MemberHandlers {
  const told = (clusterId: string, nodeId: string | null, key: ConsoleSentenceKey, outcome: Result<unknown>, parameters: Record<string, string> = {}): void => {
    const about = nodeId === null ? { atMs: nowMs(), clusterId } : { atMs: nowMs(), clusterId, nodeId }
    if (outcome.ok) onEvent(consoleEvent('operation-members-changed', key, about, parameters))
    else if (outcome.error.code === 'unknown-outcome') {
      onEvent(consoleEvent('operation-members-changed', 'event.members-unknown', { ...about, severity: 'warning' }, { reason: outcome.error.message }))
    }
  }
  return {
    'sandbox.member': async ({ clusterId, change }) => {
      const changed = await sandbox.changeMembers(clusterId, change)
      const name = changed.ok ? changed.value.nodeId : ''
      told(clusterId, changed.ok ? name : null, memberEvent(change), changed, change.kind === 'replace' ? { name, old: change.nodeId } : { name })
      return changed
    },
    'sandbox.transfer': async ({ clusterId, to }) => {
      const done = await sandbox.transferLeadership(clusterId, to)
      told(clusterId, to, to === null ? 'event.leadership-handed-on' : 'event.leadership-handed-to', done, to === null ? {} : { name: to })
      return done
    },
    'sandbox.recover': async ({ clusterId, name }) => {
      const known = registry.get(clusterId)
      if (!known || !sandbox.has(clusterId)) return fail('not-a-sandbox', 'This is not a local cluster.')
      if (known.name !== name) return fail('name-mismatch', 'The name given is not the name of this cluster.', `Its name is ${known.name}.`)
      const done = await sandbox.recover(clusterId)
      if (!done.ok) {
        told(clusterId, null, 'event.members-recovered', done)
        return done
      }
      const { nodeId, lost } = done.value
      onEvent(consoleEvent('operation-members-changed', 'event.members-recovered', { atMs: nowMs(), clusterId, nodeId, severity: 'critical' },
        { name: nodeId, lost: lost.length > 0 ? lost.join(', ') : 'others' }))
      return ok({ nodeId })
    },
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
