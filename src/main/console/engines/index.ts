/** The engines domain: real clusters attached by their endpoints, observed, and never written to. */
import { randomBytes } from 'node:crypto'
import type { ClusterInfo } from '../../../contract/clusters'
import type { EtcdTarget, ReachCode } from '../../../contract/engines'
import { fail, ok, type Failure, type Result } from '../../../core/base'
import type { NodeObservation } from '../../../core/observation'
import { Attached } from './attached'
import { newMembership, probe, type Probed } from './etcd'
import type { EngineRecord, Engines, EnginesHandlers, EnginesPorts } from './ports'
import { sealSecrets, secretsOf, withoutSecrets } from './secrets'

export { EtcdCluster, loadTls, probe, type Membership } from './etcd'
export type { EngineRecord, Engines, EnginesHandlers, EnginesPorts, EngineStore, HeldSecret, SecretStore } from './ports'

/** Attached clusters at one console. */
const CLUSTERS_MAX = 200

type Attempt<Value> = Result<Value, ReachCode>

const failed = <Code extends string>(failure: Failure<Code>) => fail(failure.code, failure.message, failure.hint)
/** The disk refused, and nothing was changed. */
const notKept = ({ message, hint }: Failure) => fail('internal', message, hint)
const notFound = (clusterId: string) => fail('not-found', `No attached cluster has the id ${clusterId}.`, 'It may have been detached.')

/**
 * Two attachments are of one cluster when etcd's cluster id is the same and they share an address. The id alone does not
 * tell: it is made from names and peer URLs, which two clusters may well have in common.
 */
function sharesCluster(record: EngineRecord, etcdClusterId: string | null, addresses: readonly string[]): boolean {
  if (record.membership.etcdClusterId !== etcdClusterId) return false
  const known = new Set([...record.target.endpoints, ...record.membership.members.flatMap((member) => member.addresses)])
  return addresses.some((address) => known.has(address))
}

class EnginesDomain implements Engines {
  readonly #ports: EnginesPorts
  readonly #attached = new Map<string, Attached>()
  #timer: NodeJS.Timeout | null = null
  #attaching: Promise<void> = Promise.resolve()

  constructor(ports: EnginesPorts) {
    this.#ports = ports
  }

  readonly handlers: EnginesHandlers = {
    'engines.probe': async ({ target }) => {
      const probed = await probe(target, this.#ports.nowMs)
      return probed.ok ? ok(probed.value.report) : failed(probed.error)
    },
    // One after the other: two attachments of one cluster must not pass each other's check.
    'engines.attach': ({ name, target }) => {
      const attached = this.#attaching.then(() => this.#attach(name, target))
      this.#attaching = attached.then(() => undefined, () => undefined)
      return attached
    },
    'engines.authenticate': ({ clusterId, target }) => this.#authenticate(clusterId, target),
    'engines.detach': async ({ clusterId }) => {
      const attached = this.#attached.get(clusterId)
      if (attached === undefined) return notFound(clusterId)
      const removed = this.#ports.store.remove(clusterId)
      if (!removed.ok) return notKept(removed.error)
      attached.close()
      this.#attached.delete(clusterId)
      this.#ports.onDetached(clusterId)
      return ok(null)
    },
    'engines.target': async ({ clusterId }) => {
      const attached = this.#attached.get(clusterId)
      if (attached === undefined) return notFound(clusterId)
      return ok({ target: attached.record.target, secretsHeld: attached.secretsHeld })
    },
  }

  async resume(): Promise<void> {
    for (const record of this.#ports.store.list().slice(0, CLUSTERS_MAX)) {
      if (!this.#attached.has(record.clusterId)) this.#attached.set(record.clusterId, await Attached.resume(this.#ports, record))
    }
  }

  list(): readonly ClusterInfo[] {
    return [...this.#attached.values()].map((each) => each.info)
  }

  has(clusterId: string): boolean {
    return this.#attached.has(clusterId)
  }

  rename(clusterId: string, name: string): void {
    this.#attached.get(clusterId)?.rename(name)
  }

  async observeAll(clusterId: string): Promise<readonly NodeObservation[]> {
    const attached = this.#attached.get(clusterId)
    if (attached === undefined) return []
    await attached.renewCertificates()
    const observations = await attached.driver.observeAll()
    if (this.#attached.get(clusterId) === attached) attached.noteEngine(attached.driver.engine)
    return observations
  }

  poll(intervalMs: number | null): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    if (intervalMs === null) return
    this.#round()
    this.#timer = setInterval(() => { this.#round() }, intervalMs)
  }

  expected(clusterId: string) {
    return this.#attached.get(clusterId)?.driver.expected ?? []
  }

  moment(clusterId: string) {
    return this.#attached.get(clusterId)?.driver.moment() ?? null
  }

  close(): void {
    this.poll(null)
    for (const attached of this.#attached.values()) attached.close()
    this.#attached.clear()
  }

  #round(): void {
    for (const [clusterId, attached] of this.#attached) {
      this.observeAll(clusterId).catch((error: unknown) => {
        this.#ports.log.error(`Observing ${attached.record.name} stopped: ${error instanceof Error ? error.message : String(error)}`)
      })
    }
  }

  async #tryTarget(target: EtcdTarget): Promise<Attempt<Probed>> {
    const probed = await probe(target, this.#ports.nowMs)
    if (!probed.ok) return failed(probed.error)
    return probed.value.failure === null ? probed : failed(probed.value.failure)
  }

  async #attach(name: string, target: EtcdTarget): Promise<Result<ClusterInfo, 'name-taken' | 'already-attached' | 'too-large' | 'internal' | ReachCode>> {
    if (this.#ports.nameTaken(name)) return nameTaken(name)
    if (this.#attached.size >= CLUSTERS_MAX) {
      return fail('too-large', `${String(CLUSTERS_MAX)} clusters are attached already.`, 'Detach one that is no longer needed.')
    }
    const tried = await this.#tryTarget(target)
    if (!tried.ok) return failed(tried.error)
    const { report } = tried.value
    const addresses = [...target.endpoints, ...report.membersFound.map((member) => member.endpoint)]
    const same = [...this.#attached.values()].find(({ record }) => sharesCluster(record, report.clusterId, addresses))
    if (same !== undefined) return fail('already-attached', `This cluster is attached already, as ${same.record.name}.`,
      'Open it in the list of clusters.')
    // Another attachment may have taken the name while this one was being tried.
    if (this.#ports.nameTaken(name)) return nameTaken(name)
    const secrets = secretsOf(target)
    const record: EngineRecord = {
      clusterId: `etcd-${randomBytes(6).toString('hex')}`, name, createdAtMs: this.#ports.nowMs(), engine: report.engine ?? 'etcd',
      target: withoutSecrets(target), ...(await sealSecrets(this.#ports.secrets, secrets)), membership: newMembership(target.endpoints),
    }
    const attached = await Attached.open(this.#ports, record, secrets)
    const saved = this.#ports.store.save(record)
    if (!saved.ok) {
      attached.close()
      return notKept(saved.error)
    }
    this.#attached.set(record.clusterId, attached)
    this.#ports.onAttached(attached.info)
    await this.observeAll(record.clusterId)
    return ok(attached.info)
  }

  async #authenticate(clusterId: string, target: EtcdTarget): Promise<Result<null, 'not-found' | 'internal' | ReachCode>> {
    const attached = this.#attached.get(clusterId)
    if (attached === undefined) return notFound(clusterId)
    const tried = await this.#tryTarget(target)
    if (!tried.ok) return failed(tried.error)
    const { etcdClusterId } = attached.record.membership
    if (etcdClusterId !== null && tried.value.report.clusterId !== etcdClusterId) {
      return fail('different-clusters', 'These endpoints belong to another cluster.', 'Attach it as a cluster of its own.')
    }
    const secrets = secretsOf(target)
    const membership = { ...attached.record.membership, given: [...new Set(target.endpoints)], answeredAt: {} }
    const record: EngineRecord = { ...attached.record, target: withoutSecrets(target), ...(await sealSecrets(this.#ports.secrets, secrets)),
      membership }
    const renewed = await Attached.open(this.#ports, record, secrets)
    const current = this.#attached.get(clusterId)
    if (current === undefined) {
      // Detached while it was being tried: it must not come back by that.
      renewed.close()
      return notFound(clusterId)
    }
    const saved = this.#ports.store.save(record)
    if (!saved.ok) {
      renewed.close()
      return notKept(saved.error)
    }
    current.close()
    this.#attached.set(clusterId, renewed)
    await this.observeAll(clusterId)
    return ok(null)
  }
}

const nameTaken = (name: string) => fail('name-taken', `A cluster is called ${name} already.`, 'Choose another name.')

export function createEngines(ports: EnginesPorts): Engines {
  return new EnginesDomain(ports)
}
