import path from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

type Unary<Request, Response> = (request: Request, callback: (error: Error | null, response: Response) => void) => void
interface KeyValue { Put: Unary<{ key: Buffer; value: Buffer }, unknown>; close(): void }
interface Status { readonly header: { readonly member_id: string }; readonly leader: string; readonly version: string }
interface Maintenance { Status: Unary<Record<string, never>, Status>; close(): void }
type Connect<Service> = new (address: string, credentials: grpc.ChannelCredentials, options: grpc.ChannelOptions) => Service
interface Package { readonly etcdserverpb: { readonly KV: Connect<KeyValue>; readonly Maintenance: Connect<Maintenance> } }

/** The file lies beside the sources; benchmarks run from the root of the repository. */
function services(): Package['etcdserverpb'] {
  const loaded = grpc.loadPackageDefinition(loadSync(path.resolve('bench/commit/etcd.proto'), { longs: String, keepCase: true }))
  return (loaded as unknown as Package).etcdserverpb
}

const credentials = grpc.credentials.createInsecure()
/** Without a pool of its own every client of a process would share one connection. */
const OWN_CONNECTION = { 'grpc.use_local_subchannel_pool': 1 }

export function connectEtcd(endpoint: string): { put(key: Buffer, value: Buffer, done: (error: Error | null) => void): void; close(): void } {
  const service = services()
  const client = new service.KV(endpoint, credentials, OWN_CONNECTION)
  return {
    put: (key, value, done) => { client.Put({ key, value }, (error) => { done(error) }) },
    close: () => { client.close() },
  }
}

export function etcdStatus(endpoint: string): Promise<Status> {
  const service = services()
  const client = new service.Maintenance(endpoint, credentials, OWN_CONNECTION)
  return new Promise((resolve, reject) => {
    client.Status({}, (error, status) => {
      client.close()
      if (error) reject(error)
      else resolve(status)
    })
  })
}
