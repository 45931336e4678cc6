/** The menu of a member or a link, and what its entries do. Empty where the cluster is not local or the past is shown. */
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { actionsFor, isHarsh, isNodeAction, type NodeAction } from '../../composables/sandbox/actions'
import { askingOf, isMemberAction, memberActionsFor, type Asking } from '../../composables/sandbox/membership'
import type { TopologyNode } from '../../../../core/observe/types'
import type { Sandbox } from '../../composables/sandbox/useSandbox'
import { BEHAVIOURS, type Behaviour } from '../../../../contract/agent'
import type { MenuEntry } from '../../ui'

const LIE = 'lie:'
type Aim = { readonly node: string } | { readonly from: string; readonly to: string } | null
const UNHURT = { latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null } as const

/** Where members may lie: what this one does not do already. */
function liesFor(sandbox: Sandbox, nodeId: string, t: (key: string) => string): readonly MenuEntry[] {
  if (sandbox.protocol.value !== 'pbft') return []
  const lie = sandbox.faults.value.find(({ fault }) => fault.kind === 'lying' && fault.nodeId === nodeId)?.fault
  const now: Behaviour = lie?.kind === 'lying' ? lie.lie : 'honest'
  return BEHAVIOURS.filter((each) => each !== now)
    .map((each, at) => ({ id: `${LIE}${each}`, text: t(`sandbox.actions.behave.${each}`), danger: each !== 'honest', separatorBefore: at === 0 }))
}

export function useTopologyActions(sandbox: Sandbox, nameOf: (id: string) => string, nodes: () => readonly TopologyNode[]) {
  const { t } = useI18n()
  const aim = shallowRef<Aim>(null)
  /** What a dialog has to ask about the members. */
  const asking = shallowRef<Asking | null>(null)

  const { cut } = sandbox
  const heading = computed(() => {
    if (!aim.value) return ''
    return 'node' in aim.value ? nameOf(aim.value.node) : t('drawing.linkTitle', { from: nameOf(aim.value.from), to: nameOf(aim.value.to) })
  })
  const entries = computed<readonly MenuEntry[]>(() => {
    const target = aim.value
    if (!target || !sandbox.canAct.value) return []
    if ('node' in target) {
      const state = sandbox.processes.value.get(target.node)
      if (!state) return []
      const node = nodes().find((each) => each.id === target.node)
      const asked = node ? memberActionsFor(node, nodes(), sandbox.protocol.value) : []
      return [
        ...actionsFor(state).map((action) => ({ id: action, text: t(`sandbox.actions.${action}`), danger: isHarsh(action) })),
        ...liesFor(sandbox, target.node, t),
        ...asked.map((action, at) => ({ id: action, text: t(`sandbox.actions.${action}`), danger: action === 'remove', separatorBefore: at === 0 })),
      ]
    }
    const restore: readonly MenuEntry[] = cut.value.has(`${target.from}>${target.to}`) ? [{ id: 'restore', text: t('sandbox.actions.restore') }] : []
    return [
      ...restore,
      { id: 'cutOne', text: t('sandbox.actions.cutFromTo', { from: nameOf(target.from), to: nameOf(target.to) }), danger: true },
      { id: 'cutBoth', text: t('sandbox.actions.cutBoth'), danger: true },
      { id: 'slow', text: t('sandbox.actions.slow'), separatorBefore: true },
      { id: 'lossy', text: t('sandbox.actions.lossy') },
    ]
  })

  const actOnNode = (nodeId: string, action: NodeAction): void => void sandbox.node(nodeId, action)
  const cutLink = (from: string, to: string, bothWays: boolean): void => void sandbox.addFault({ kind: 'link', from, to, bothWays, cut: true, ...UNHURT })
  function restoreLink(from: string, to: string): void {
    for (const { id, fault } of sandbox.faults.value) {
      if (fault.kind !== 'link' || !fault.cut) continue
      const meant = (fault.from === from && fault.to === to) || (fault.bothWays && fault.from === to && fault.to === from)
      if (meant) void sandbox.removeFault(id)
    }
  }
  function choose(id: string): void {
    const target = aim.value
    if (!target) return
    if ('node' in target) {
      if (isNodeAction(id)) actOnNode(target.node, id)
      else if (id.startsWith(LIE)) void sandbox.lie(target.node, id.slice(LIE.length) as Behaviour)
      else if (isMemberAction(id)) asking.value = askingOf(id, target.node)
      return
    }
    const { from, to } = target
    if (id === 'restore') restoreLink(from, to)
    else if (id === 'cutOne') cutLink(from, to, false)
    else if (id === 'cutBoth') cutLink(from, to, true)
    else if (id === 'slow') void sandbox.addFault({ kind: 'link', from, to, bothWays: true, cut: false, ...UNHURT, latencyMs: 200, jitterMs: 20 })
    else if (id === 'lossy') void sandbox.addFault({ kind: 'link', from, to, bothWays: true, cut: false, ...UNHURT, loss: 0.2 })
  }
  return {
    cut, heading, entries, asking, actOnNode, cutLink, restoreLink, choose,
    aimAtNode: (node: string) => void (aim.value = { node }),
    aimAtLink: (from: string, to: string) => void (aim.value = { from, to }),
    aimAtNothing: () => void (aim.value = null),
  }
}
