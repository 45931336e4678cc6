/** What a change of the options of a cluster would do, and whether it can be done now. Changes nothing. */
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import { derive, say, type ClusterDerivation } from '../../../core/observe'
import { AGENT_LIMITS } from '../../../contract/agent'
import { areOptionsOf, OPTION_CHANGES, OPTION_NOTATION, OPTIONS_OF, PROTOCOL_NAMES, type OptionChange, type OptionsPlan, type OptionsRefusal, type SandboxProtocolOptions } from '../../../contract/sandbox'
import type { Cluster } from './cluster'
import { SANDBOX_LIMITS } from './limits'
import type { LifeCode } from './node'
import { mergedOptions, optionChanges } from './protocol-options'
import { leaderLast, leaderOf, votes } from './rollout-rules'

export type PlanCode = 'protocol-unsupported'
export type OptionsCode = PlanCode | OptionsRefusal | LifeCode

export interface PlannedOptions {
  readonly plan: OptionsPlan
  /** As they are to be remembered. */
  readonly options: SandboxProtocolOptions
}

export async function planOptions(cluster: Cluster, wanted: SandboxProtocolOptions): Promise<Result<PlannedOptions, PlanCode>> {
  const { protocol } = cluster
  if (!areOptionsOf(protocol, wanted)) {
    const name = PROTOCOL_NAMES[protocol]
    return fail('protocol-unsupported', `A ${name} cluster has not all of these options.`, `Options of ${name}: ${OPTIONS_OF[protocol].map((option) => OPTION_NOTATION[option]).join(', ')}.`)
  }
  const before = cluster.file.options ?? {}
  const options = mergedOptions(before, wanted)
  const changes = optionChanges(before, options)
  const outdated = cluster.outdated(options)
  const isRunning = cluster.phase === 'running'
  const derivation = isRunning && outdated.length > 0 ? await look(cluster) : null
  const leader = derivation === null ? null : leaderOf(derivation)
  const plan: OptionsPlan = {
    changes,
    restarts: derivation === null ? [] : leaderLast(outdated, leader).map((nodeId) => ({ nodeId, votes: votes(derivation, nodeId), leads: nodeId === leader })),
    later: isRunning ? cluster.file.nodes.flatMap(({ nodeId }) => (cluster.node(nodeId)?.runsWith === null ? [nodeId] : [])) : [],
    canLose: derivation?.margin.canLose ?? null,
    refused: refusalOf(cluster, changes, outdated, derivation),
  }
  return ok({ plan, options })
}

async function look(cluster: Cluster): Promise<ClusterDerivation> {
  const moment = await cluster.observeAnew(AGENT_LIMITS.observeTimeoutMs + SANDBOX_LIMITS.ownDelayMs)
  return derive(moment, moment.atMs)
}

const refused = (code: OptionsRefusal, message: string, hint: string): Failure<OptionsRefusal> => ({ code, message, hint })
const THEN_START = 'Stop the cluster, change the options, and start it again.'

function refusalOf(cluster: Cluster, changes: readonly OptionChange[], outdated: readonly string[], derivation: ClusterDerivation | null): Failure<OptionsRefusal> | null {
  if (cluster.bringingOptionsTo !== null) return refused('change-in-flight', 'The options are being changed already.', 'Wait until that has ended, or cancel it.')
  if (cluster.isReplacing) return refused('wrong-state', 'A member of the cluster is being replaced.', 'Wait until that has ended.')
  if (changes.length === 0 && outdated.length === 0) return refused('nothing-to-do', 'The options are like that already.', 'Choose other values.')
  if (cluster.phase === 'stopped') return null
  if (cluster.phase !== 'running') return refused('wrong-state', `The cluster is ${cluster.phase}.`, 'Try again once it runs, or once it has stopped.')
  if (changes.some(({ option }) => OPTION_CHANGES[option] === 'stopped')) {
    return refused('needs-stop', 'How reads are answered changes on all members together, while none runs: a leader may rely on its lease only where every voter keeps the promise behind it.', THEN_START)
  }
  return derivation === null ? null : quorumRefusal(outdated, derivation)
}

function quorumRefusal(outdated: readonly string[], derivation: ClusterDerivation): Failure<OptionsRefusal> | null {
  const { voters, needed, canLose } = derivation.margin
  if (canLose !== null && canLose >= 1) return null
  if (canLose === 0 && !outdated.some((nodeId) => votes(derivation, nodeId))) return null
  if (voters - needed < 1) {
    return refused('would-lose-quorum', `With ${voters === 1 ? 'one voter' : `${String(voters)} voters`} there is no quorum while one is restarted.`, THEN_START)
  }
  return refused('would-lose-quorum', `The cluster cannot spare a member now. ${say(derivation.sentence)}`, 'Bring back the members that do not answer, and try again.')
}
