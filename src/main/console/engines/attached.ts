/** One attached cluster: its record, its secrets in memory, and the driver that observes it. */
import { isDeepStrictEqual } from 'node:util'
import type { ClusterInfo } from '../../../contract/clusters'
import type { EtcdTarget } from '../../../contract/engines'
import { EtcdCluster, expectedOf, isPemText, loadTls, noSecrets, type Membership, type TlsMaterial, type Trouble } from './etcd'
import type { EngineRecord, EnginesPorts } from './ports'
import { unsealSecrets, withSecrets, type SecretTexts } from './secrets'

/** Certificates given as paths are renewed in place by their issuers: the files are read again this often. */
const CERTIFICATES_READ_EVERY_MS = 60_000

export class Attached {
  readonly #ports: EnginesPorts
  #record: EngineRecord
  #secrets: SecretTexts | null
  #driver: EtcdCluster
  #certificatesReadMs: number
  #closed = false

  /** `secrets` null: they were not kept, and nothing is asked until they are given again. */
  private constructor(ports: EnginesPorts, record: EngineRecord, secrets: SecretTexts | null, driver: EtcdCluster) {
    this.#ports = ports
    this.#record = record
    this.#secrets = secrets
    this.#driver = driver
    this.#certificatesReadMs = ports.nowMs()
  }

  static async open(ports: EnginesPorts, record: EngineRecord, secrets: SecretTexts | null): Promise<Attached> {
    const opened: { attached?: Attached } = {}
    const driver = driverOf(ports, record, secrets, await accessOf(ports, record, secrets),
      (membership) => { opened.attached?.remember(membership) })
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

  /** Goes on with the certificates that are in the files now. What cannot be used is not taken. */
  async renewCertificates(): Promise<void> {
    const { tls } = this.#record.target
    const now = this.#ports.nowMs()
    const fromFiles = tls !== null && [tls.ca, tls.certificate, tls.key].some((part) => part !== null && !isPemText(part))
    if (!fromFiles || this.#secrets === null || now - this.#certificatesReadMs < CERTIFICATES_READ_EVERY_MS) return
    this.#certificatesReadMs = now
    const read = await loadTls(withSecrets(this.#record.target, this.#secrets).tls, now)
    // Detached meanwhile: nobody would close a new driver any more.
    if (!read.ok || this.#closed || isDeepStrictEqual(read.value, this.#driver.tls)) return
    const before = this.#driver
    this.#driver = driverOf(this.#ports, this.#record, this.#secrets, { tls: read.value, withheld: null },
      (membership) => { this.remember(membership) })
    before.close()
  }

  close(): void {
    this.#closed = true
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

interface Access {
  readonly tls: TlsMaterial | null
  /** Why nothing is asked; null: nothing stands in the way. */
  readonly withheld: Trouble | null
}

async function accessOf(ports: EnginesPorts, record: EngineRecord, secrets: SecretTexts | null): Promise<Access> {
  if (secrets === null) return { tls: null, withheld: noSecrets(record.password.kind === 'none' ? 'client key' : 'password') }
  const tls = await loadTls(withSecrets(record.target, secrets).tls, ports.nowMs())
  if (tls.ok) return { tls: tls.value, withheld: null }
  const { message, hint = 'Give the certificates again.' } = tls.error
  return { tls: null, withheld: { code: 'bad-certificate', reachability: 'auth-failed', step: 'tls', message, hint } }
}

function driverOf(
  ports: EnginesPorts, record: EngineRecord, secrets: SecretTexts | null, access: Access, onMembership: (membership: Membership) => void,
): EtcdCluster {
  const target: EtcdTarget = secrets === null ? record.target : withSecrets(record.target, secrets)
  return new EtcdCluster({
    clusterId: record.clusterId, target, ...access, membership: record.membership, nowMs: ports.nowMs, onObservation: ports.onObservation,
    onMembership,
  })
}
