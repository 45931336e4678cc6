/** Real engines attached by their endpoints. */
import * as v from 'valibot'
import type { NodeObservation } from '../core/observation'
import type { ClusterInfo } from './clusters'
import { call } from './define'
import { clusterId, clusterName } from './fields'

const pem = v.pipe(v.string(), v.maxLength(256 * 1024))

/** How to reach an etcd v3 cluster. Files are given as PEM text or as a path the console may read. */
export const etcdTargetSchema = v.object({
  /** host:port each. Every member is asked at its own endpoint. */
  endpoints: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.regex(/^(\[[0-9a-fA-F:.%]+\]|[^\s:/@]+):\d{1,5}$/))), v.minLength(1), v.maxLength(64)),
  tls: v.nullable(
    v.object({
      /** null: the system's certificate authorities. */
      ca: v.nullable(pem),
      certificate: v.nullable(pem),
      key: v.nullable(pem),
      /** The name to verify where it differs from the host. */
      serverName: v.nullable(v.pipe(v.string(), v.maxLength(253))),
    }),
  ),
  auth: v.nullable(v.object({ user: v.pipe(v.string(), v.minLength(1), v.maxLength(256)), password: v.pipe(v.string(), v.maxLength(4096)) })),
})
export type EtcdTarget = v.InferOutput<typeof etcdTargetSchema>

const REACH_ERRORS = ['unreachable', 'tls-failed', 'certificate-rejected', 'auth-failed', 'not-etcd', 'bad-certificate', 'different-clusters'] as const
export type ReachCode = (typeof REACH_ERRORS)[number]

export interface ProbeStep {
  readonly endpoint: string
  readonly step: 'dns' | 'tcp' | 'tls' | 'auth' | 'status' | 'members'
  readonly ok: boolean
  /** What kind of failure it is, where it failed. */
  readonly code?: ReachCode
  readonly text: string
  readonly hint?: string
}

export interface ProbeReport {
  readonly reachable: boolean
  readonly engine: string | null
  readonly clusterId: string | null
  /** Endpoints of all members, as the cluster tells them. */
  readonly membersFound: readonly { readonly id: string; readonly name: string; readonly endpoint: string }[]
  readonly steps: readonly ProbeStep[]
  readonly observations: readonly NodeObservation[]
}

export const enginesContract = {
  /** Tries each step and tells how far it got; changes nothing. */
  'engines.probe': call<ProbeReport>()(v.object({ target: etcdTargetSchema }), [...REACH_ERRORS]),
  'engines.attach': call<ClusterInfo>()(v.object({ name: clusterName, target: etcdTargetSchema }), ['name-taken', 'already-attached', ...REACH_ERRORS]),
  /** Give the secrets again where they could not be kept. */
  'engines.authenticate': call<null>()(v.object({ clusterId, target: etcdTargetSchema }), [...REACH_ERRORS]),
  'engines.detach': call<null>()(v.object({ clusterId }), []),
  /** The target without its secrets, for the form that edits it. */
  'engines.target': call<{ readonly target: EtcdTarget; readonly secretsHeld: 'none' | 'kept' | 'memory' | 'missing' }>()(v.object({ clusterId }), []),
} as const
