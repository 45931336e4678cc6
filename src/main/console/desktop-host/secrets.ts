import type { HostConnection } from './parent-port'

/** The host answers at once or is gone; a keyring may ask its user first. */
const ANSWER_TIMEOUT_MS = 60_000

export interface HostSecrets {
  seal(text: string): Promise<string | null>
  unseal(sealed: string): Promise<string | null>
}

/** The system's secret store, through the host. What is not answered in time counts as not kept. */
export function hostSecrets(host: HostConnection): HostSecrets {
  const waiting = new Map<number, (text: string | null) => void>()
  let sequence = 0
  host.onMessage((message) => {
    if (message.kind === 'sealed') waiting.get(message.id)?.(message.sealed)
    else if (message.kind === 'unsealed') waiting.get(message.id)?.(message.text)
  })
  const ask = (send: (id: number) => void): Promise<string | null> =>
    new Promise((resolve) => {
      const id = (sequence += 1)
      const timer = setTimeout(() => settle(null), ANSWER_TIMEOUT_MS)
      const settle = (text: string | null): void => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(text)
      }
      waiting.set(id, settle)
      send(id)
    })
  return {
    seal: (text) => ask((id) => host.post({ kind: 'seal', id, text })),
    unseal: (sealed) => ask((id) => host.post({ kind: 'unseal', id, sealed })),
  }
}
