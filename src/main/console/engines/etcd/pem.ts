/** Certificates and keys, given as PEM text or as a path: read and checked before they are used. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { EtcdTarget } from '../../../../contract/engines'
import { fail, ok, type Result } from '../../../../core/base'
import { PEM_BYTES_MAX } from './limits'

export interface TlsMaterial {
  readonly ca: string | null
  readonly certificate: string | null
  readonly key: string | null
  readonly serverName: string | null
}

type PemResult<Value> = Result<Value, 'bad-certificate'>

export const isPemText = (textOrPath: string): boolean => textOrPath.includes('-----BEGIN')

async function read(what: string, textOrPath: string): Promise<PemResult<string>> {
  if (isPemText(textOrPath)) return ok(textOrPath)
  try {
    const { size } = await stat(textOrPath)
    if (size > PEM_BYTES_MAX) return fail('bad-certificate', `The ${what} file ${textOrPath} is larger than a PEM file.`,
      'Choose the PEM file itself.')
    const text = await readFile(textOrPath, 'utf8')
    if (isPemText(text)) return ok(text)
    return fail('bad-certificate', `The ${what} file ${textOrPath} holds no PEM.`, 'Convert it with openssl; a PEM file begins with -----BEGIN.')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return fail('bad-certificate', `The ${what} file cannot be read: ${reason}.`,
      'Give the text of the PEM file, or a path that this user may read.')
  }
}

function parseCertificate(what: string, pem: string): PemResult<X509Certificate> {
  try {
    return ok(new X509Certificate(pem))
  } catch {
    return fail('bad-certificate', `The ${what} is not a certificate in PEM form.`, 'It begins with -----BEGIN CERTIFICATE-----.')
  }
}

function checkPair(certificate: X509Certificate, keyPem: string): PemResult<undefined> {
  try {
    if (certificate.checkPrivateKey(createPrivateKey(keyPem))) return ok()
  } catch {
    return fail('bad-certificate', 'The key is not an unencrypted private key in PEM form.',
      'Remove its passphrase with: openssl pkey -in key.pem -out plain.pem')
  }
  return fail('bad-certificate', 'The key does not belong to the client certificate.', 'Give the certificate and the key that were made together.')
}

/** Reads and checks all parts. Null where the target has no TLS. */
export async function loadTls(tls: EtcdTarget['tls'], nowMs: number): Promise<PemResult<TlsMaterial | null>> {
  if (tls === null) return ok(null)
  if ((tls.certificate === null) !== (tls.key === null)) {
    const [given, missing] = tls.key === null ? ['certificate', 'key'] : ['key', 'certificate']
    return fail('bad-certificate', `A client ${given} was given without its ${missing}.`, 'Give both, or neither.')
  }
  const parts: { ca: string | null; certificate: string | null; key: string | null } = { ca: null, certificate: null, key: null }
  for (const [name, what] of [['ca', 'CA'], ['certificate', 'client certificate'], ['key', 'client key']] as const) {
    const given = tls[name]
    if (given === null) continue
    const text = await read(what, given)
    if (!text.ok) return text
    parts[name] = text.value
  }
  if (parts.ca !== null) {
    const ca = parseCertificate('CA', parts.ca)
    if (!ca.ok) return ca
  }
  if (parts.certificate !== null && parts.key !== null) {
    const certificate = parseCertificate('client certificate', parts.certificate)
    if (!certificate.ok) return certificate
    if (Date.parse(certificate.value.validTo) < nowMs) {
      return fail('bad-certificate', `The client certificate expired on ${certificate.value.validTo}.`, 'Renew it.')
    }
    const pair = checkPair(certificate.value, parts.key)
    if (!pair.ok) return pair
  }
  return ok({ ...parts, serverName: tls.serverName === '' ? null : tls.serverName })
}
