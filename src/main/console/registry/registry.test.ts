import { beforeEach, describe, expect, it } from 'vitest'
import { fail, ok } from '../../../core/base'
import type { ClusterInfo } from '../../../contract/clusters'
import { createRegistry, type Registry, type RegistryContent } from './registry'

let content: RegistryContent
let full: boolean
let changes: number
let registry: Registry
const cluster = (id: string, name = id): ClusterInfo => ({ id, name, kind: 'sandbox', engine: 'Raft', critical: false, group: null, createdAtMs: 1, paused: false })
const ids = (): string[] => registry.list().map((each) => each.id)

beforeEach(() => {
  content = { version: 1, clusters: [] }
  full = false
  changes = 0
  const document = {
    get: () => content,
    set: (next: RegistryContent) => {
      if (full) return fail('no-space', 'The disk is full.')
      content = next
      return ok(null)
    },
  }
  registry = createRegistry(document, () => void (changes += 1))
  for (const id of ['a', 'b', 'c']) registry.add(cluster(id))
})

describe('the registry', () => {
  it('keeps names unique, as people read them', () => {
    expect(registry.nameTaken(' A ')).toBe(true)
    expect(registry.rename('b', 'A')).toMatchObject({ error: { code: 'name-taken' } })
    expect(registry.rename('a', 'A')).toMatchObject({ ok: true })
    expect(registry.rename('x', 'new')).toMatchObject({ error: { code: 'not-found' } })
  })

  it('orders what is named first and leaves the rest behind', () => {
    registry.order(['c', 'nobody', 'c'])
    expect(ids()).toEqual(['c', 'a', 'b'])
  })

  it('marks and pauses, and tells of changes only', () => {
    changes = 0
    registry.mark('a', true)
    registry.pause('a', true)
    registry.pause('a', true)
    expect(registry.get('a')).toMatchObject({ critical: true, paused: true })
    expect(changes).toBe(2)
    expect(JSON.stringify(content)).not.toContain('paused')
  })

  it('changes nothing where it cannot be kept', () => {
    full = true
    expect(registry.remove('a')).toMatchObject({ error: { code: 'internal', message: 'The disk is full.' } })
    expect(ids()).toEqual(['a', 'b', 'c'])
  })
})
