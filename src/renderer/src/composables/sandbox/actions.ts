/** What can be done to a process, and which links are cut. Pure. */
import type { FaultInForce, NodeProcessState } from '../../../../contract/sandbox'

export type NodeAction = 'kill' | 'stop' | 'start' | 'restart' | 'pause' | 'resume'
const ACTIONS: readonly string[] = ['kill', 'stop', 'start', 'restart', 'pause', 'resume'] satisfies readonly NodeAction[]
export const isNodeAction = (text: string): text is NodeAction => ACTIONS.includes(text)
/** Ends a process: shown as dangerous. */
export const isHarsh = (action: NodeAction): boolean => action === 'kill' || action === 'stop'

/** What can be done to a process in its state, the gentle first. */
export function actionsFor(state: NodeProcessState): readonly NodeAction[] {
  switch (state) {
    case 'running': return ['pause', 'restart', 'stop', 'kill']
    case 'paused': return ['resume', 'kill']
    case 'starting': return ['stop', 'kill']
    case 'stopped':
    case 'killed':
    case 'failed': return ['start']
  }
}

/** Directed links that are cut, as "from>to". */
export function cutLinks(faults: readonly FaultInForce[]): ReadonlySet<string> {
  const cut = new Set<string>()
  for (const { fault } of faults) {
    if (fault.kind !== 'link' || !fault.cut) continue
    cut.add(`${fault.from}>${fault.to}`)
    if (fault.bothWays) cut.add(`${fault.to}>${fault.from}`)
  }
  return cut
}
