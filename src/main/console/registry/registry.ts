import * as v from 'valibot'
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { ClusterInfo } from '../../../contract/clusters'
import { clusterId, clusterName } from '../../../contract/fields'

/** Where the list is kept; the data directory's document fits. */
export interface RegistryDocument {
  get(): RegistryContent
  set(content: RegistryContent): Result<null, string>
}

export const registrySchema = v.object({
  version: v.literal(1),
  clusters: v.pipe(
    v.array(v.object({
      id: clusterId, name: clusterName, kind: v.picklist(['sandbox', 'etcd']), engine: v.pipe(v.string(), v.maxLength(100)),
      critical: v.boolean(), group: v.nullable(v.pipe(v.string(), v.maxLength(60))), createdAtMs: v.number(),
    })),
    v.maxLength(1_000),
  ),
})
export type RegistryContent = v.InferOutput<typeof registrySchema>
type Kept = RegistryContent['clusters'][number]

export type WriteFailure = Failure<'internal'>
type Outcome<Code extends string = never> = Result<null, 'internal' | Code>

export interface Registry {
  list(): readonly ClusterInfo[]
  get(clusterId: string): ClusterInfo | null
  /** Names are compared as people read them: without regard to case. */
  nameTaken(name: string, exceptId?: string): boolean
  /** Known already: its engine is brought up to date. */
  add(info: ClusterInfo): Outcome
  remove(clusterId: string): Outcome
  rename(clusterId: string, name: string): Outcome<'not-found' | 'name-taken'>
  mark(clusterId: string, critical: boolean): Outcome<'not-found'>
  /** Ids left out keep their order behind those named. */
  order(clusterIds: readonly string[]): Outcome
  /** Stopped on purpose; not kept. */
  pause(clusterId: string, paused: boolean): void
}

export function createRegistry(document: RegistryDocument, onChange: () => void): Registry {
  const paused = new Set<string>()
  const known = (): readonly Kept[] => document.get().clusters
  const find = (id: string): Kept | undefined => known().find((each) => each.id === id)
  const info = (kept: Kept): ClusterInfo => ({ ...kept, paused: paused.has(kept.id) })
  const plain = (name: string): string => name.normalize('NFC').trim().toLowerCase()
  const nameTaken = (name: string, exceptId?: string): boolean => known().some((each) => each.id !== exceptId && plain(each.name) === plain(name))

  const keep = (clusters: readonly Kept[]): Outcome => {
    const written = document.set({ version: 1, clusters: [...clusters] })
    if (!written.ok) return fail('internal', written.error.message, written.error.hint)
    onChange()
    return ok(null)
  }
  const change = (id: string, edit: (kept: Kept) => Kept): Outcome<'not-found'> =>
    find(id) ? keep(known().map((each) => (each.id === id ? edit(each) : each))) : fail('not-found', 'There is no such cluster.')

  return {
    list: () => known().map(info),
    get: (id) => {
      const kept = find(id)
      return kept ? info(kept) : null
    },
    nameTaken,
    add: ({ id, name, kind, engine, critical, group, createdAtMs }) => {
      const existing = find(id)
      if (existing) return existing.engine === engine ? ok(null) : keep(known().map((each) => (each.id === id ? { ...each, engine } : each)))
      return keep([...known(), { id, name, kind, engine, critical, group, createdAtMs }])
    },
    remove: (id) => {
      paused.delete(id)
      return find(id) ? keep(known().filter((each) => each.id !== id)) : ok(null)
    },
    rename: (id, name) => {
      if (nameTaken(name, id)) return fail('name-taken', `A cluster is called ${name} already.`, 'Choose another name.')
      return change(id, (kept) => ({ ...kept, name }))
    },
    mark: (id, critical) => change(id, (kept) => ({ ...kept, critical })),
    order: (ids) => {
      const first = [...new Set(ids)].flatMap((id) => find(id) ?? [])
      return keep([...first, ...known().filter((each) => !first.includes(each))])
    },
    pause: (id, value) => {
      if (paused.has(id) === value) return
      if (value) paused.add(id)
      else paused.delete(id)
      onChange()
    },
  }
}
