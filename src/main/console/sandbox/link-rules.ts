/** Turns the link faults and partitions in force into what each node does to its own outgoing messages. Pure. */
import type { LinkRule } from '../../../contract/agent'
import type { Fault, LinkFault, PartitionFault } from '../../../contract/sandbox'

function crosses(fault: PartitionFault, from: string, to: string): boolean {
  return !fault.groups.some((group) => group.includes(from) && group.includes(to))
}

function concerns(fault: LinkFault, from: string, to: string): boolean {
  return (fault.from === from && fault.to === to) || (fault.bothWays && fault.from === to && fault.to === from)
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}

function add(rule: LinkRule, fault: Fault, from: string): LinkRule {
  if (fault.kind === 'partition') return crosses(fault, from, rule.to) ? { ...rule, cut: true } : rule
  if (!concerns(fault, from, rule.to)) return rule
  return {
    to: rule.to,
    cut: rule.cut || fault.cut,
    latencyMs: rule.latencyMs + fault.latencyMs,
    jitterMs: rule.jitterMs + fault.jitterMs,
    // Each fault loses its share of what the others let through.
    loss: 1 - (1 - rule.loss) * (1 - fault.loss),
    bytesPerSecondMax: smaller(rule.bytesPerSecondMax, fault.bytesPerSecondMax),
  }
}

function changesAnything(rule: LinkRule): boolean {
  return rule.cut || rule.latencyMs > 0 || rule.jitterMs > 0 || rule.loss > 0 || rule.bytesPerSecondMax !== null
}

/** The rules of one node. A cut wins, latencies and jitters add, losses combine, the smallest bandwidth holds. */
export function rulesFor(nodeId: string, nodeIds: readonly string[], faults: readonly Fault[]): readonly LinkRule[] {
  const rules: LinkRule[] = []
  for (const to of nodeIds) {
    if (to === nodeId) continue
    let rule: LinkRule = { to, cut: false, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }
    for (const fault of faults) rule = add(rule, fault, nodeId)
    if (changesAnything(rule)) rules.push(rule)
  }
  return rules
}

/** Node ids that a fault names. */
export function namedIn(fault: Fault): readonly string[] {
  return fault.kind === 'link' ? [fault.from, fault.to] : fault.groups.flat()
}

/** The fault as it is once a node is gone; null where nothing is left of it. */
export function withoutNode(fault: Fault, nodeId: string): Fault | null {
  if (!namedIn(fault).includes(nodeId)) return fault
  if (fault.kind === 'link') return null
  const groups = fault.groups.map((group) => group.filter((each) => each !== nodeId)).filter((group) => group.length > 0)
  return groups.length > 1 ? { kind: 'partition', groups } : null
}
