/** What `observe` is pointed at. */
import * as v from 'valibot'
import { etcdTargetSchema, type EtcdTarget } from '../../contract/engines'
import { fail, ok, type Result } from '../../core/base'

export type ObserveTarget =
  | { readonly kind: 'etcd'; readonly target: EtcdTarget }
  /** The name or id of a cluster that a running console knows. */
  | { readonly kind: 'named'; readonly name: string }

export interface TargetOptions {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly serverName?: string
  readonly user?: string
  readonly password?: string
}

const DEFAULT_PORT = 2379
const usage = (message: string, hint: string) => fail('usage', message, hint)
const EXAMPLE = 'For example: quorate observe etcd://10.0.0.1:2379,10.0.0.2:2379'

function withPort(endpoint: string): string {
  return /^(\[[^\]]*\]|[^:]*)$/.test(endpoint) ? `${endpoint}:${String(DEFAULT_PORT)}` : endpoint
}

/** `etcd://host[:port][,host[:port]…]`, `etcds://…` for TLS, or the name of a cluster. */
export function parseTarget(text: string, options: TargetOptions): Result<ObserveTarget, 'usage'> {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text.trim())
  if (match === null) {
    if (text.trim() === '') return usage('The target is empty.', EXAMPLE)
    const given = Object.entries(options).find(([, value]) => value !== undefined)
    if (given !== undefined) return usage(`--${given[0]} is for etcd targets; ${text} is the name of a cluster.`, EXAMPLE)
    return ok({ kind: 'named', name: text.trim() })
  }
  const scheme = (match[1] ?? '').toLowerCase()
  if (scheme === 'http' || scheme === 'https') {
    return usage(`${scheme}:// is no target.`, `Write ${scheme === 'http' ? 'etcd' : 'etcds'}://${match[2] ?? ''}`)
  }
  if (scheme !== 'etcd' && scheme !== 'etcds') return usage(`Nothing is known of ${scheme}:// targets.`, EXAMPLE)
  const rest = (match[2] ?? '').replace(/\/$/, '')
  if (rest.includes('@')) return usage('User and password do not belong in the target, where others can read them.',
    'Use --user with --password-file or QUORATE_PASSWORD.')
  return etcdTarget(scheme === 'etcds', rest, options)
}

function etcdTarget(secure: boolean, hosts: string, options: TargetOptions): Result<ObserveTarget, 'usage'> {
  const { ca, cert, key, serverName, user, password } = options
  const certificates = [ca, cert, key, serverName].some((each) => each !== undefined)
  if (!secure && certificates) return usage('Certificates are given, but the target is etcd:// without TLS.', `Write etcds://${hosts}`)
  if ((cert === undefined) !== (key === undefined)) return usage('--cert and --key belong together.', 'Give both, or neither.')
  if (user !== undefined && password === undefined) return usage(`There is no password for ${user}.`,
    'Give --password-file FILE, or set QUORATE_PASSWORD.')
  const candidate = {
    endpoints: hosts.split(',').map((each) => withPort(each.trim())),
    tls: secure ? { ca: ca ?? null, certificate: cert ?? null, key: key ?? null, serverName: serverName ?? null } : null,
    auth: user === undefined ? null : { user, password: password ?? '' },
  }
  const parsed = v.safeParse(etcdTargetSchema, candidate)
  if (parsed.success) return ok({ kind: 'etcd', target: parsed.output })
  const wrong = candidate.endpoints.find((endpoint) => !v.safeParse(etcdTargetSchema.entries.endpoints, [endpoint]).success)
  return usage(wrong === undefined ? `The target is not valid: ${parsed.issues[0].message}.` : `${wrong} is not host:port.`, EXAMPLE)
}
