/** One attached cluster: its record, its secrets in memory, and the driver that observes it. */
import type { ClusterInfo } from '../../../contract/clusters'
import type { EtcdTarget } from '../../../contract/engines'
import { EtcdCluster, expectedOf, loadTls, noSecrets, type Membership, type Trouble } from './etcd'
import type { EngineRecord, EnginesPorts } from './ports'
import { unsealSecrets, withSecrets, type SecretTexts } from './secrets'

export class Attached {
  readonly #ports: EnginesPorts
  #record: EngineRecord
  #secrets: SecretTexts | null
  #driver: EtcdCluster

  /** `secrets` null: they were not kept, and nothing is asked until they are given again. */
  private constructor(ports: EnginesPorts, record: EngineRecord, secrets: SecretTexts | null, driver: EtcdCluster) {
    this.#ports = ports
    this.#record = record
    this.#secrets = secrets
    this.#driver = driver
  }

  static async open(ports: EnginesPorts, record: EngineRecord, secrets: SecretTexts | null): Promise<Attached> {
    const opened: { attached?: Attached } = {}
    const driver = await startDriver(ports, record, secrets, (membership) => { opened.attached?.remember(membership) })
    opened.attached = new Attached(ports, record, secrets, driver)
    return opened.attached
  }

  static async resume(ports: EnginesPorts, record: EngineRecord): Promise<Attached> {
    return Attached.open(ports, record, await unsealSecrets(ports.secrets, record))
  }

  get record(): EngineRecord {
    return this.#record
  }

  get driver(): EtcdCluster {
    return this.#driver
  }

  get info(): ClusterInfo {
    const { clusterId, name, engine, createdAtMs } = this.#record
    return { id: clusterId, name, kind: 'etcd', engine, critical: false, group: null, createdAtMs, paused: false }
  }

  /** The secrets are held in this process; they may or may not be kept on disk too. */
  get secretsHeld(): 'none' | 'kept' | 'memory' | 'missing' {
    const kinds = [this.#record.password.kind, this.#record.key.kind]
    if (kinds.every((kind) => kind === 'none')) return 'none'
    if (this.#secrets === null) return 'missing'
    return kinds.includes('memory') ? 'memory' : 'kept'
  }

  rename(name: string): void {
    this.#save({ ...this.#record, name })
  }

  /** Takes note of the engine's version once it is heard. */
  noteEngine(engine: string): void {
    if (engine !== 'etcd' && engine !== this.#record.engine) this.#save({ ...this.#record, engine })
  }

  close(): void {
    this.#driver.close()
  }

  private remember(membership: Membership): void {
    this.#save({ ...this.#record, membership })
    this.#ports.onExpected(this.#record.clusterId, expectedOf(membership))
  }

  #save(record: EngineRecord): void {
    this.#record = record
    this.#ports.store.save(record)
  }
}

async function startDriver(
  ports: EnginesPorts, record: EngineRecord, secrets: SecretTexts | null, onMembership: (membership: Membership) => void,
): Promise<EtcdCluster> {
  const target: EtcdTarget = secrets === null ? record.target : withSecrets(record.target, secrets)
  const tls = secrets === null ? null : await loadTls(target.tls, ports.nowMs())
  let withheld: Trouble | null = null
  if (tls === null) withheld = noSecrets(record.password.kind === 'none' ? 'client key' : 'password')
  else if (!tls.ok) {
    withheld = { code: 'bad-certificate', reachability: 'auth-failed', step: 'tls', message: tls.error.message, hint: tls.error.hint ?? 'Give the certificates again.' }
  }
  return new EtcdCluster({
    clusterId: record.clusterId, target, tls: tls?.ok === true ? tls.value : null, withheld, membership: record.membership, nowMs: ports.nowMs,
    onObservation: ports.onObservation, onMembership,
  })
}
