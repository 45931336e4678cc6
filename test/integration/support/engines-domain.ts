/** The engines domain with a store in memory, for tests. */
import { ok } from '../../../src/core/base'
import type { NodeObservation } from '../../../src/core/observation'
import { createEngines, type EngineRecord, type Engines, type SecretStore } from '../../../src/main/console/engines'

export interface TestDomain {
  readonly engines: Engines
  readonly records: Map<string, EngineRecord>
  readonly observations: NodeObservation[]
  readonly logged: string[]
}

/** Keeps nothing: what it was asked to keep is gone after a restart. */
export const NO_SECRET_STORE: SecretStore = { seal: async () => null, unseal: async () => null }
/** Not a cipher: tests look for the clear text of a secret, and must not find it. */
export const TEST_SECRET_STORE: SecretStore = {
  seal: async (text) => Buffer.from(text).toString('base64'),
  unseal: async (sealed) => Buffer.from(sealed, 'base64').toString('utf8'),
}

export function testDomain(secrets: SecretStore = TEST_SECRET_STORE, records = new Map<string, EngineRecord>(),
  nowMs: () => number = Date.now): TestDomain {
  const observations: NodeObservation[] = []
  const logged: string[] = []
  const log = (text: string): void => { logged.push(text) }
  const engines = createEngines({
    secrets, nowMs, log: { info: log, warn: log, error: log },
    store: {
      list: () => [...records.values()],
      save: (record) => { records.set(record.clusterId, record); return ok(null) },
      remove: (id) => { records.delete(id); return ok(null) },
    },
    nameTaken: (name) => [...records.values()].some((record) => record.name === name),
    onObservation: (observation) => observations.push(observation), onExpected: () => undefined, onAttached: () => undefined,
    onDetached: () => undefined,
  })
  return { engines, records, observations, logged }
}
