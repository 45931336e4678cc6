/** A local cluster as pages act on it. Every call that fails says so in a toast and gives false. */
import { computed, shallowRef, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Failure, Result } from '../../../../core/base'
import type { Behaviour } from '../../../../contract/agent'
import type { NodeProcessState, Fault, FaultInForce, OptionsPlan, SandboxMemberChange, SandboxProtocolOptions, SandboxState } from '../../../../contract/sandbox'
import type { ProtocolName } from '../../../../core/machine'
import { useClusters } from '../clusters/clusters'
import { useConsole } from '../connection/console'
import { useStream } from '../connection/useStream'
import { useTime } from '../time/time'
import { useToasts } from '../toasts/toasts'
import { cutLinks, type NodeAction } from './actions'

export interface Sandbox {
  readonly isSandbox: ComputedRef<boolean>
  /** null until the console has told, and for clusters that are not local. */
  readonly state: Ref<SandboxState | null>
  readonly failure: Ref<Failure | null>
  /** What is under way: a node id, a fault id, or the name of the call. */
  readonly busy: Ref<ReadonlySet<string>>
  /** Faults act on the present: in the past they are neither shown nor changed. */
  readonly canAct: ComputedRef<boolean>
  readonly faults: ComputedRef<readonly FaultInForce[]>
  readonly processes: ComputedRef<ReadonlyMap<string, NodeProcessState>>
  /** Directed links that are cut, as "from>to". */
  readonly cut: ComputedRef<ReadonlySet<string>>
  /** null until the console has told. */
  readonly protocol: ComputedRef<ProtocolName | null>
  node(nodeId: string, action: NodeAction): Promise<boolean>
  addFault(fault: Fault): Promise<boolean>
  removeFault(faultId: string): Promise<boolean>
  /** PBFT only. Busy while under way: `lie:` and the id. */
  lie(nodeId: string, behaviour: Behaviour): Promise<boolean>
  /** These say nothing by themselves: whoever asked tells how it ended. */
  changeMembers(change: SandboxMemberChange): Promise<Result<{ readonly nodeId: string }>>
  transfer(to: string | null): Promise<Result<null>>
  /** `name` repeats the name of the cluster. */
  recover(name: string): Promise<Result<{ readonly nodeId: string }>>
  /** These say nothing by themselves either. What is left out stays as it is. */
  planOptions(options: SandboxProtocolOptions): Promise<Result<OptionsPlan>>
  setOptions(options: SandboxProtocolOptions): Promise<Result<OptionsPlan>>
  cancelOptions(): Promise<boolean>
  healAll(): Promise<boolean>
  start(): Promise<boolean>
  stop(): Promise<boolean>
  /** `name` repeats the name of the cluster. */
  remove(name: string): Promise<Result<null>>
}

const NO_FAULTS: readonly FaultInForce[] = []
const NO_PROCESSES: ReadonlyMap<string, NodeProcessState> = new Map()

export function useSandbox(clusterId: string): Sandbox {
  const { t } = useI18n({ useScope: 'global' })
  const client = useConsole()
  const toasts = useToasts()
  const clusters = useClusters()
  const time = useTime()
  const state = shallowRef<SandboxState | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const busy = shallowRef<ReadonlySet<string>>(new Set())
  const isSandbox = computed(() => clusters.byId(clusterId)?.kind === 'sandbox')
  const canAct = computed(() => isSandbox.value && time.isLive && state.value !== null)

  useStream('sandbox.watch', { clusterId }, (next) => (state.value = next), (error) => (failure.value = error))

  async function act(what: string, title: string, call: () => Promise<Result<unknown>>): Promise<boolean> {
    busy.value = new Set([...busy.value, what])
    const result = await call()
    busy.value = new Set([...busy.value].filter((one) => one !== what))
    if (!result.ok) toasts.fail(title, result.error)
    return result.ok
  }
  const faults = computed(() => (time.isLive ? (state.value?.faults ?? NO_FAULTS) : NO_FAULTS))
  return {
    isSandbox, state, failure, busy, canAct, faults, cut: computed(() => cutLinks(faults.value)),
    processes: computed(() => (time.isLive && state.value ? new Map(state.value.nodes.map((node) => [node.nodeId, node.state])) : NO_PROCESSES)),
    node: (nodeId, action) => act(nodeId, t(`sandbox.failed.${action}`, { name: nodeId }), () => client.call('sandbox.node', { clusterId, nodeId, action })),
    addFault: (fault) => act('addFault', t('sandbox.failed.addFault'), () => client.call('sandbox.addFault', { clusterId, fault })),
    removeFault: (faultId) => act(faultId, t('sandbox.failed.removeFault'), () => client.call('sandbox.removeFault', { clusterId, faultId })),
    protocol: computed(() => state.value?.protocol ?? null),
    lie: (nodeId, behaviour) => act(`lie:${nodeId}`, t('sandbox.failed.lie', { name: nodeId }), () => client.call('sandbox.lie', { clusterId, nodeId, behaviour })),
    changeMembers: (change) => client.call('sandbox.member', { clusterId, change }),
    transfer: (to) => client.call('sandbox.transfer', { clusterId, to }),
    recover: (name) => client.call('sandbox.recover', { clusterId, name }),
    planOptions: (options) => client.call('sandbox.planOptions', { clusterId, options }),
    setOptions: (options) => client.call('sandbox.setOptions', { clusterId, options }),
    cancelOptions: () => act('cancelOptions', t('options.rollout.cancelFailed'), () => client.call('sandbox.cancelOptions', { clusterId })),
    healAll: () => act('healAll', t('sandbox.failed.healAll'), () => client.call('sandbox.healAll', { clusterId })),
    start: () => act('life', t('sandbox.failed.startAll'), () => client.call('sandbox.start', { clusterId })),
    stop: () => act('life', t('sandbox.failed.stopAll'), () => client.call('sandbox.stop', { clusterId })),
    remove: (name) => client.call('sandbox.delete', { clusterId, name }),
  }
}
