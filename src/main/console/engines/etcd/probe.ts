/** Tries each step towards each endpoint and tells how far it got. Changes nothing. */
import type { EtcdTarget, ProbeReport, ProbeStep, ReachCode } from '../../../../contract/engines'
import { fail, ok, type Failure, type Result } from '../../../../core/base'
import type { NodeObservation } from '../../../../core/observation'
import { Member } from './ask'
import { fromGrpc, notEtcd, timedOut, type Trouble } from './failure'
import { AUTHENTICATE_TIMEOUT_MS, PROBE_TIMEOUT_MS } from './limits'
import { addressOf } from './membership'
import { observationOf, type EtcdAnswer } from './observation'
import { loadTls, type TlsMaterial } from './pem'
import { examineTransport, explain, failedStep } from './transport'

interface EndpointReport {
  readonly endpoint: string
  readonly steps: readonly ProbeStep[]
  readonly trouble: Trouble | null
  readonly answer: EtcdAnswer | null
}

const step = (endpoint: string, name: ProbeStep['step'], text: string): ProbeStep => ({ endpoint, step: name, ok: true, text })

interface AuthReport {
  readonly step: ProbeStep | null
  readonly trouble: Trouble | null
}

async function askAuth(endpoint: string, member: Member, deadlineMs: number): Promise<AuthReport> {
  const state = await member.token.get(deadlineMs)
  switch (state.kind) {
    case 'not-needed':
      return { step: null, trouble: null }
    case 'held':
      return { step: step(endpoint, 'auth', 'User and password are accepted.'), trouble: null }
    case 'rejected':
      return { step: failedStep(endpoint, state.trouble), trouble: state.trouble }
    case 'none': {
      const late = timedOut(endpoint, 'auth', AUTHENTICATE_TIMEOUT_MS)
      const hint = 'Authentication needs a quorum; the cluster may have lost it. Observing goes on without a token.'
      return { step: { ...failedStep(endpoint, late), hint }, trouble: null }
    }
  }
}

function describe(answer: EtcdAnswer): string {
  const { version, leader, raftTerm, header } = answer.status
  const leads = leader === header.member_id ? 'leads' : leader === '0' ? 'knows of no leader' : `follows ${leader}`
  return `etcd ${version}, member ${header.member_id}, ${leads} in term ${raftTerm.toString()}.`
}

async function probeEndpoint(endpoint: string, target: EtcdTarget, tls: TlsMaterial | null): Promise<EndpointReport> {
  const deadlineMs = Date.now() + PROBE_TIMEOUT_MS
  const transport = await examineTransport(endpoint, tls, PROBE_TIMEOUT_MS)
  const steps = [...transport.steps]
  if (transport.trouble !== null) return { endpoint, steps, trouble: transport.trouble, answer: null }
  const stopWith = (trouble: Trouble): EndpointReport => ({ endpoint, steps: [...steps, failedStep(endpoint, trouble)], trouble, answer: null })
  if (transport.greeting.kind === 'http' || transport.greeting.kind === 'other') {
    // A client port may serve gRPC alone; only a Status call decides.
    const bare = new Member(endpoint, tls, null)
    const outcome = await bare.channel.status(null, deadlineMs)
    bare.close()
    const unlike = !outcome.ok && fromGrpc(endpoint, outcome.error, 'status', PROBE_TIMEOUT_MS).vague
    if (unlike) return stopWith(notEtcd(endpoint, transport.greeting.what))
  }
  const member = new Member(endpoint, tls, target.auth)
  try {
    const auth = await askAuth(endpoint, member, deadlineMs)
    if (auth.step !== null) steps.push(auth.step)
    if (auth.trouble !== null) return { endpoint, steps, trouble: auth.trouble, answer: null }
    const timeoutMs = Math.max(1_000, deadlineMs - Date.now())
    const outcome = await member.ask(timeoutMs)
    if (!outcome.ok) return stopWith(explain(endpoint, transport, outcome.trouble))
    steps.push(step(endpoint, 'status', describe(outcome.answer)))
    const { members } = outcome.answer
    steps.push(members === null
      ? { endpoint, step: 'members', ok: false, text: 'This member does not tell its member list.', hint: 'A learner never does; the others will.' }
      : step(endpoint, 'members', `${String(members.length)} members: ${members.map((each) => each.name || each.ID).join(', ')}.`))
    return { endpoint, steps, trouble: null, answer: outcome.answer }
  } finally {
    member.close()
  }
}

export interface Probed {
  readonly report: ProbeReport
  readonly tls: TlsMaterial | null
  /** Why the target cannot be attached; null where it can. */
  readonly failure: Failure<ReachCode> | null
}

/** Which trouble to tell first: what the user can mend in the form comes before what only the cluster's owner can. */
const TELL_FIRST: readonly ReachCode[] = ['auth-failed', 'certificate-rejected', 'tls-failed', 'not-etcd', 'unreachable']

function failureOf(reports: readonly EndpointReport[]): Failure<ReachCode> | null {
  const troubles = reports.map((report) => report.trouble).filter((each) => each !== null)
  const clusters = new Map(reports.filter((r) => r.answer !== null).map((r) => [r.answer?.status.header.cluster_id, r.endpoint]))
  if (clusters.size > 1) {
    const listed = [...clusters].map(([id, endpoint]) => `${endpoint} in ${String(id)}`).join(', ')
    return { code: 'different-clusters', message: `The endpoints belong to different clusters: ${listed}.`,
      hint: 'Attach each cluster by its own endpoints.' }
  }
  const wrongPassword = troubles.find((each) => each.code === 'auth-failed')
  if (clusters.size === 1 && wrongPassword === undefined) return null
  const first = TELL_FIRST.map((code) => troubles.find((each) => each.code === code)).find((each) => each !== undefined)
  return first === undefined ? null : { code: first.code, message: first.message, hint: first.hint }
}

function observationsOf(reports: readonly EndpointReport[], atMs: number): readonly NodeObservation[] {
  const seen = new Set<string>()
  return reports.flatMap(({ endpoint, answer }) => {
    const id = answer?.status.header.member_id
    if (answer === null || id === undefined || seen.has(id)) return []
    seen.add(id)
    const name = answer.members?.find((member) => member.ID === id)?.name ?? ''
    const about = { clusterId: 'probe', nodeId: id, name: name === '' ? id : name, atMs, source: { endpoint, path: 'direct' as const } }
    return [observationOf(about, answer)]
  })
}

/** A Failure only where the certificates or keys given cannot be used at all; everything else is told in the report. */
export async function probe(target: EtcdTarget, nowMs: () => number): Promise<Result<Probed, 'bad-certificate'>> {
  const tls = await loadTls(target.tls, nowMs())
  if (!tls.ok) return fail(tls.error.code, tls.error.message, tls.error.hint)
  const endpoints = [...new Set(target.endpoints)]
  const reports = await Promise.all(endpoints.map((endpoint) => probeEndpoint(endpoint, target, tls.value)))
  const answers = reports.map((report) => report.answer).filter((answer) => answer !== null)
  const listed = answers.flatMap((answer) => answer.members ?? [])
  const members = [...new Map(listed.map((member) => [member.ID, member])).values()]
  const report: ProbeReport = {
    reachable: answers.length > 0,
    engine: answers[0] === undefined ? null : `etcd ${answers[0].status.version}`,
    clusterId: answers[0]?.status.header.cluster_id ?? null,
    membersFound: members.map((each) => ({ id: each.ID, name: each.name === '' ? each.ID : each.name,
      endpoint: addressOf(each.clientURLs[0] ?? '') ?? '' })),
    steps: reports.flatMap((each) => each.steps),
    observations: observationsOf(reports, nowMs()),
  }
  return ok({ report, tls: tls.value, failure: failureOf(reports) })
}
