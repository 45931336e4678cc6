/** How attached clusters are kept on disk: `engines.json`, without any secret in clear. */
import * as v from 'valibot'
import type { Result } from '../../core/base'
import { clusterId, clusterName } from '../../contract/fields'
import { etcdTargetSchema } from '../../contract/engines'
import type { EngineRecord, EngineStore } from './engines'

const text = v.pipe(v.string(), v.maxLength(2_048))
const texts = v.pipe(v.array(text), v.maxLength(1_000))
const held = v.variant('kind', [
  v.object({ kind: v.literal('none') }),
  v.object({ kind: v.literal('sealed'), sealed: v.pipe(v.string(), v.maxLength(1024 * 1024)) }),
  v.object({ kind: v.literal('memory') }),
])
const membership = v.object({
  etcdClusterId: v.nullable(text),
  given: texts,
  members: v.array(v.object({ id: text, name: text, addresses: texts, voter: v.boolean() })),
  answeredAt: v.record(text, text),
  lists: v.record(text, v.array(v.object({ id: text, voter: v.boolean() }))),
  removed: texts,
})

/** Records of one version of the console that another does not know are refused as a whole, and the file is set aside. */
export const engineRecordsSchema = v.object({
  version: v.literal(1),
  engines: v.pipe(
    v.array(v.object({
      clusterId, name: clusterName, createdAtMs: v.number(), engine: v.pipe(v.string(), v.maxLength(100)),
      target: etcdTargetSchema, password: held, key: held, membership,
    })),
    v.maxLength(1_000),
  ),
})
type Content = v.InferOutput<typeof engineRecordsSchema>

interface RecordsDocument {
  get(): Content
  set(content: Content): Result<null>
}

export function engineStore(document: RecordsDocument, onWriteFailed: () => void): EngineStore {
  const write = (engines: readonly EngineRecord[]): Result<null> => {
    const written = document.set(v.parse(engineRecordsSchema, { version: 1, engines }))
    if (!written.ok) onWriteFailed()
    return written
  }
  return {
    list: () => document.get().engines,
    save: (record) => {
      const known = document.get().engines
      const index = known.findIndex((each) => each.clusterId === record.clusterId)
      return write(index < 0 ? [...known, record] : known.with(index, { ...known[index], ...record } as Content['engines'][number]))
    },
    remove: (id) => write(document.get().engines.filter((each) => each.clusterId !== id)),
  }
}
