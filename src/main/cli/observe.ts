/** `quorate observe`: one round of observations, and what follows from them. */
import type { EtcdTarget } from '../../contract/engines'
import { fail, ok, type Failure, type Result } from '../../core/base'
import type { ClusterMoment } from '../../core/observation'
import { derive, type ClusterState } from '../../core/observe'
import { connectToConsole } from '../console/control'
import { EtcdCluster, loadTls, probe } from '../console/engines'
import { EXIT, type ExitCode } from './exit-codes'
import { failed, printed, type Outcome } from './outcome'
import { observationJson, type ClusterIdentity } from './public-json'
import { observationTable } from './table'
import type { ObserveTarget } from './target'

export interface ObserveOptions {
  readonly json: boolean
  readonly timeoutMs: number
  readonly dataDirectory: string
}

interface Observed {
  readonly cluster: ClusterIdentity
  readonly moment: ClusterMoment
  /** Why nobody answered, where nobody did. */
  readonly failure: Failure | null
}

async function observeEtcd(target: EtcdTarget, timeoutMs: number): Promise<Result<Observed>> {
  const tls = await loadTls(target.tls, Date.now())
  if (!tls.ok) return tls
  const cluster = new EtcdCluster({ clusterId: 'etcd', target, tls: tls.value, withheld: null, nowMs: Date.now, timeoutMs })
  try {
    await cluster.observeAll()
    // Members that the first round told of are asked in a second one; who was asked already is asked again, so that all words are of one time.
    if (cluster.expected.some((member) => !cluster.moment().observations.some((each) => each.nodeId === member.id))) await cluster.observeAll()
    const written = `${target.tls === null ? 'etcd' : 'etcds'}://${target.endpoints.join(',')}`
    const identity = { target: written, id: cluster.membership.etcdClusterId ?? 'unknown', name: written, engine: cluster.engine }
    const moment = cluster.moment()
    return ok({ cluster: identity, moment,
      failure: moment.observations.some((each) => each.reachability === 'ok') ? null : await whyNobody(target) })
  } finally {
    cluster.close()
  }
}

async function whyNobody(target: EtcdTarget): Promise<Failure | null> {
  const probed = await probe(target, Date.now)
  return probed.ok ? probed.value.failure : probed.error
}

export const noConsole = (dataDirectory: string): Failure => ({
  code: 'no-console', message: `No console runs on ${dataDirectory}.`,
  hint: 'Start one with `quorate serve` or `quorate sandbox up`, or name its data directory with --data DIR.',
})

async function observeNamed(name: string, dataDirectory: string): Promise<Result<Observed>> {
  const connection = await connectToConsole(dataDirectory)
  if (connection === null) return { ok: false, error: noConsole(dataDirectory) }
  try {
    const listed = await connection.call('clusters.list', {})
    if (!listed.ok) return listed
    const found = listed.value.find((each) => each.id === name) ?? listed.value.find((each) => each.name === name)
    if (found === undefined) {
      const known = listed.value.map((each) => each.name).join(', ')
      return fail('not-found', `The console knows no cluster called ${name}.`, known === '' ? 'It has no clusters yet.' : `It knows: ${known}.`)
    }
    const moment = await connection.call('clusters.moment', { clusterId: found.id })
    if (!moment.ok) return moment
    return ok({ cluster: { target: name, id: found.id, name: found.name, engine: found.engine }, moment: moment.value, failure: null })
  } finally {
    connection.close()
  }
}

const BY_STATE: Readonly<Record<ClusterState, ExitCode>> = {
  quorate: EXIT.ok, 'at-risk': EXIT.atRisk, starting: EXIT.atRisk, unknown: EXIT.atRisk, 'no-quorum': EXIT.noQuorum, stopped: EXIT.noQuorum,
}

export function exitCodeOfMoment(moment: ClusterMoment, state: ClusterState): ExitCode {
  const answered = moment.observations.some((each) => each.reachability === 'ok')
  return answered || state === 'stopped' ? BY_STATE[state] : EXIT.unreachable
}

export async function observe(target: ObserveTarget, options: ObserveOptions): Promise<Outcome> {
  const { timeoutMs, dataDirectory } = options
  const observed = target.kind === 'etcd' ? await observeEtcd(target.target, timeoutMs) : await observeNamed(target.name, dataDirectory)
  if (!observed.ok) return failed(observed.error)
  const { cluster, moment, failure } = observed.value
  const derivation = derive(moment, Date.now())
  const text = options.json ? observationJson(cluster, moment, derivation) : observationTable(cluster, moment, derivation)
  if (failure === null) return printed(text, exitCodeOfMoment(moment, derivation.state))
  // One reason for one endpoint is told once; of several, each has its own.
  return options.json || moment.observations.length > 1 ? { ...failed(failure), stdout: `${text}\n` } : failed(failure)
}
