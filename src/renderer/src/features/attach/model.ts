/** What is typed into the form, and the target it stands for. Pure. */
import type { EtcdTarget } from '../../../../contract/engines'

export interface AttachForm {
  name: string
  endpoints: string
  transport: 'plain' | 'tls'
  ca: string
  certificate: string
  key: string
  serverName: string
  withAuth: boolean
  user: string
  password: string
}
export const EMPTY_FORM: AttachForm = {
  name: '', endpoints: '', transport: 'plain', ca: '', certificate: '', key: '', serverName: '', withAuth: false, user: '', password: '',
}

/** What is wrong with a field: a key of attach.errors, with the text it is about. */
export interface FormError {
  readonly key: 'name' | 'endpoints' | 'endpoint' | 'scheme' | 'many' | 'pair' | 'pem' | 'user'
  readonly text?: string
}
export type FormErrors = Partial<Record<'name' | 'endpoints' | 'ca' | 'certificate' | 'key' | 'user', FormError>>

const NAME_MAX = 60
const ENDPOINTS_MAX = 64
const ENDPOINT = /^(\[[0-9a-fA-F:.%]+\]|[^\s:/@]+):(\d{1,5})$/
const PORT_MAX = 65_535

export const endpointsOf = (text: string): readonly string[] => [...new Set(text.split(/[\s,;]+/).map((each) => each.trim()).filter(Boolean))]

function endpointError(text: string): FormError | undefined {
  const endpoints = endpointsOf(text)
  if (endpoints.length === 0) return { key: 'endpoints' }
  if (endpoints.length > ENDPOINTS_MAX) return { key: 'many' }
  for (const endpoint of endpoints) {
    if (/^[a-z]+:\/\//i.test(endpoint)) return { key: 'scheme', text: endpoint }
    const match = ENDPOINT.exec(endpoint)
    if (!match || Number(match[2]) > PORT_MAX || Number(match[2]) === 0) return { key: 'endpoint', text: endpoint }
  }
  return undefined
}

const isPem = (text: string): boolean => text.includes('-----BEGIN')

/** Nothing for a field that is right. The name counts only where the cluster is new. */
export function errorsOf(form: AttachForm, named: boolean): FormErrors {
  const errors: FormErrors = {}
  const name = form.name.trim()
  if (named && (name === '' || name.length > NAME_MAX)) errors.name = { key: 'name' }
  const endpoints = endpointError(form.endpoints)
  if (endpoints) errors.endpoints = endpoints
  if (form.transport === 'tls') {
    for (const field of ['ca', 'certificate', 'key'] as const) if (form[field].trim() !== '' && !isPem(form[field])) errors[field] = { key: 'pem' }
    if ((form.certificate.trim() === '') !== (form.key.trim() === '')) errors[form.key.trim() === '' ? 'key' : 'certificate'] = { key: 'pair' }
  }
  if (form.withAuth && form.user.trim() === '') errors.user = { key: 'user' }
  return errors
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text)

export function targetOf(form: AttachForm): EtcdTarget {
  return {
    endpoints: [...endpointsOf(form.endpoints)],
    tls: form.transport === 'tls' ? { ca: orNull(form.ca), certificate: orNull(form.certificate), key: orNull(form.key), serverName: orNull(form.serverName.trim()) } : null,
    auth: form.withAuth ? { user: form.user.trim(), password: form.password } : null,
  }
}

/** The form for a target that is already known; its secrets are not in it. */
export const formOf = (target: EtcdTarget): AttachForm => ({
  ...EMPTY_FORM, endpoints: target.endpoints.join('\n'), transport: target.tls ? 'tls' : 'plain', ca: target.tls?.ca ?? '', certificate: target.tls?.certificate ?? '',
  serverName: target.tls?.serverName ?? '', withAuth: target.auth !== null, user: target.auth?.user ?? '',
})
