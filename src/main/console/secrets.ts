/** Keeps secrets where the system can; the adapter is the host's. */
export interface SecretStore {
  /** null: the system keeps no secret here; hold it in memory only. */
  seal(text: string): Promise<string | null>
  /** null: it cannot be opened any more. */
  unseal(sealed: string): Promise<string | null>
}

/** Where no secret store is at hand. */
export const MEMORY_ONLY: SecretStore = { seal: async () => null, unseal: async () => null }
