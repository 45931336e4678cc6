/** Parts a target from its secrets, and puts them together again. */
import type { EtcdTarget } from '../../../contract/engines'
import { isPemText } from './etcd'
import type { EngineRecord, HeldSecret, SecretStore } from './ports'

export interface SecretTexts {
  readonly password: string | null
  readonly key: string | null
}

/** A key given as a path is no secret; the text of a key is. */
export function secretsOf(target: EtcdTarget): SecretTexts {
  const key = target.tls?.key ?? null
  return { password: target.auth?.password ?? null, key: key !== null && isPemText(key) ? key : null }
}

export function withoutSecrets(target: EtcdTarget): EtcdTarget {
  const { key } = secretsOf(target)
  return {
    ...target,
    tls: target.tls === null || key === null ? target.tls : { ...target.tls, key: null },
    auth: target.auth === null ? null : { ...target.auth, password: '' },
  }
}

export function withSecrets(target: EtcdTarget, secrets: SecretTexts): EtcdTarget {
  return {
    ...target,
    tls: target.tls === null || secrets.key === null ? target.tls : { ...target.tls, key: secrets.key },
    auth: target.auth === null || secrets.password === null ? target.auth : { ...target.auth, password: secrets.password },
  }
}

async function sealOne(store: SecretStore, text: string | null): Promise<HeldSecret> {
  if (text === null) return { kind: 'none' }
  const sealed = await store.seal(text)
  return sealed === null ? { kind: 'memory' } : { kind: 'sealed', sealed }
}

export async function sealSecrets(store: SecretStore, secrets: SecretTexts): Promise<Pick<EngineRecord, 'password' | 'key'>> {
  return { password: await sealOne(store, secrets.password), key: await sealOne(store, secrets.key) }
}

/** null: at least one secret is needed and cannot be had. */
export async function unsealSecrets(store: SecretStore, record: EngineRecord): Promise<SecretTexts | null> {
  const texts: { password: string | null; key: string | null } = { password: null, key: null }
  for (const name of ['password', 'key'] as const) {
    const held = record[name]
    if (held.kind === 'none') continue
    const text = held.kind === 'sealed' ? await store.unseal(held.sealed).catch(() => null) : null
    if (text === null) return null
    texts[name] = text
  }
  return texts
}
