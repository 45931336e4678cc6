/** What went wrong on the way to a member, told so that a person knows what to do next. Never holds a secret. */
import { status as Code, type ServiceError } from '@grpc/grpc-js'
import type { ProbeStep, ReachCode } from '../../../../contract/engines'
import type { Reachability } from '../../../../core/observation'

export interface Trouble {
  readonly code: ReachCode
  readonly reachability: Exclude<Reachability, 'ok'>
  readonly step: ProbeStep['step']
  readonly message: string
  readonly hint: string
}

export const trouble = (
  code: ReachCode, reachability: Exclude<Reachability, 'ok'>, step: ProbeStep['step'], message: string, hint: string,
): Trouble => ({ code, reachability, step, message, hint })

export const timedOut = (endpoint: string, step: ProbeStep['step'], timeoutMs: number): Trouble =>
  trouble('unreachable', 'timeout', step, `${endpoint} did not answer within ${String(timeoutMs)} ms.`,
    'The member may hang or be stopped, or a firewall drops the packets. Check the process and the route to it.')

export const refused = (endpoint: string): Trouble =>
  trouble('unreachable', 'refused', 'tcp', `${endpoint} refuses connections.`,
    'Nothing listens there. Check that etcd runs and that host and port are its --listen-client-urls.')

/** From the error of a socket or of a name look-up. */
export function fromSocket(endpoint: string, error: NodeJS.ErrnoException): Trouble {
  const host = endpoint.replace(/:\d+$/, '')
  switch (error.code) {
    case 'ECONNREFUSED':
      return refused(endpoint)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return trouble('unreachable', 'unknown', 'dns', `The name ${host} is not known (${error.code}).`,
        'Check the spelling, or give the IP address.')
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return trouble('unreachable', 'unknown', 'tcp', `There is no route to ${endpoint} (${error.code}).`,
        'Check the address, the network and the VPN.')
    case 'ETIMEDOUT':
      return trouble('unreachable', 'timeout', 'tcp', `${endpoint} did not take the connection.`,
        'A firewall may drop the packets, or the host is down.')
    case undefined:
    default:
      return trouble('unreachable', 'unknown', 'tcp', `The connection to ${endpoint} failed: ${error.message}.`,
        'Check that etcd runs there and is reachable from this machine.')
  }
}

const EXPIRED = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']
const SELF_SIGNED = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN']
const UNKNOWN_ISSUER = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE',
]
/** What the other side says of our certificate, in OpenSSL's words ("alert bad certificate") or in Node's code. */
const PEER_ALERT = /alert[ _](certificate.(required|unknown|expired)|bad.certificate|unknown.ca|access.denied|decrypt.error)/i

function serverCertificate(endpoint: string, what: string, hint: string): Trouble {
  return trouble('certificate-rejected', 'auth-failed', 'tls', `The certificate of ${endpoint} ${what}.`, hint)
}

/** From the error of a TLS handshake. `ownCertificate`: a client certificate was offered. */
export function fromTls(endpoint: string, error: NodeJS.ErrnoException, ownCertificate: boolean): Trouble {
  const code = error.code ?? ''
  if (EXPIRED.includes(code)) {
    return serverCertificate(endpoint, code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet',
      "Renew the member's certificate, and check the clocks of both machines.")
  }
  if (SELF_SIGNED.includes(code)) {
    return serverCertificate(endpoint, 'is signed by an authority that was not given',
      'Give the CA file the cluster was set up with (etcd: --trusted-ca-file, or the self-signed certificate itself).')
  }
  if (UNKNOWN_ISSUER.includes(code)) {
    return serverCertificate(endpoint, 'was not issued by the CA that was given', 'Check that the CA file belongs to this cluster.')
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return serverCertificate(endpoint, 'is for another name', 'Use a name the certificate holds as the endpoint, or give it as the server name.')
  }
  if (PEER_ALERT.test(`${code} ${error.message}`)) {
    const rejects = (message: string, hint: string): Trouble => trouble('certificate-rejected', 'auth-failed', 'tls', message, hint)
    return ownCertificate
      ? rejects(`${endpoint} rejects the client certificate that was given.`,
        'Give a certificate that the CA of the cluster issued for client authentication.')
      : rejects(`${endpoint} asks for a client certificate and none was given.`,
        'Give a client certificate and its key (etcd runs with --client-cert-auth).')
  }
  if (/wrong.version.number|packet length too long|WRONG_VERSION_NUMBER|PACKET_LENGTH|http request/i.test(`${code} ${error.message}`)) {
    return tlsToPlain(endpoint)
  }
  if (['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN'].includes(code)) return fromSocket(endpoint, error)
  return trouble('tls-failed', 'auth-failed', 'tls', `The TLS handshake with ${endpoint} failed: ${error.message}.`,
    'Check that the port is a TLS client port of etcd.')
}

export const tlsToPlain = (endpoint: string): Trouble =>
  trouble('tls-failed', 'auth-failed', 'tls', `${endpoint} does not speak TLS.`,
    'Attach it without TLS (etcd:// instead of etcds://), or check the port.')

export const plainToTls = (endpoint: string): Trouble =>
  trouble('tls-failed', 'auth-failed', 'tls', `${endpoint} expects TLS.`,
    'Attach it with TLS (etcds:// instead of etcd://) and give the CA of the cluster.')

export const notEtcd = (endpoint: string, what: string): Trouble =>
  trouble('not-etcd', 'unknown', 'status', `${endpoint} answers, but it is not etcd: ${what}.`,
    'Check host and port. The client port of etcd is 2379 unless it was changed.')

export const noSecrets = (what: string): Trouble =>
  trouble('auth-failed', 'auth-failed', 'auth', `The ${what} was not kept on this machine.`, 'Enter it again to go on observing.')

/** True where a fresh token may help. */
export const isStaleToken = (error: ServiceError): boolean =>
  error.code === Code.UNAUTHENTICATED && /auth(?:entication)? token/i.test(error.details)

/** Where the text of a failed call says too little, `vague` is set and the transport should be looked at. */
export type GrpcTrouble = Trouble & { readonly vague: boolean }
const clear = (told: Trouble): GrpcTrouble => ({ ...told, vague: false })
const vague = (told: Trouble): GrpcTrouble => ({ ...told, vague: true })
const rejected = (message: string, hint: string): GrpcTrouble => clear(trouble('auth-failed', 'auth-failed', 'auth', message, hint))

/** From a gRPC call that ended with an error. */
export function fromGrpc(endpoint: string, error: ServiceError, step: ProbeStep['step'], timeoutMs: number): GrpcTrouble {
  const { code, details } = error
  if (code === Code.DEADLINE_EXCEEDED) return clear(timedOut(endpoint, step, timeoutMs))
  if (/authentication failed, invalid user ID or password/i.test(details)) {
    return rejected(`${endpoint} does not accept the user name or the password.`, 'Check both, then authenticate again.')
  }
  if (/authentication is not enabled/i.test(details)) {
    return rejected(`${endpoint} has no authentication enabled.`, 'Attach the cluster without user and password.')
  }
  if (code === Code.UNAUTHENTICATED || code === Code.PERMISSION_DENIED || /user name is empty/i.test(details)) {
    return rejected(`${endpoint} refuses to answer: ${details}.`, 'Give a user and password with the right to read the status.')
  }
  if (code === Code.UNIMPLEMENTED) return vague(notEtcd(endpoint, 'it does not know the etcd v3 API'))
  if (/ECONNREFUSED/.test(details)) return clear(refused(endpoint))
  const failed = (message: string, hint: string): Trouble => trouble('unreachable', 'unknown', step, message, hint)
  if (/^etcdserver: /.test(details)) return clear(failed(`${endpoint} answers with an error: ${details}.`, 'See the log of that member.'))
  return vague(failed(`The question to ${endpoint} failed: ${details || error.message}.`, 'Check that etcd runs there.'))
}
