/** Small named documents (settings, the list of clusters): all in memory, each change written through. */
import { fromJson, toJson } from '../../../core/base'
import type { Sqlite } from './database'

export interface Documents {
  get(key: string): unknown
  keys(): readonly string[]
  /** False where it is only in memory for now, because the disk refuses; it is written as soon as it can be. */
  put(key: string, value: unknown): boolean
  remove(key: string): boolean
}

export class DocumentMemory {
  /** null: removed, and perhaps still in the file. */
  private readonly scopes = new Map<string, Map<string, string | null>>()

  set(scope: string, key: string, value: string | null): void {
    this.scope(scope).set(key, value)
  }

  keys(scope: string): string[] {
    return [...this.scope(scope)].flatMap(([key, value]) => (value === null ? [] : [key]))
  }

  /** What the file holds, unless memory has it newer. */
  load(db: Sqlite): void {
    for (const { scope, key, value } of db.prepare<[], { scope: string; key: string; value: string }>('SELECT scope, key, value FROM document').all()) {
      const known = this.scope(scope)
      if (!known.has(key)) known.set(key, value)
    }
  }

  /** Brings everything to a file that has just been begun. */
  saveAll(db: Sqlite): void {
    for (const [scope, documents] of this.scopes) for (const [key, value] of documents) saveDocument(db, scope, key, value)
  }

  read(scope: string, key: string): unknown {
    const text = this.scope(scope).get(key)
    if (text === undefined || text === null) return undefined
    try {
      return fromJson(text)
    } catch {
      return undefined
    }
  }

  private scope(name: string): Map<string, string | null> {
    const scope = this.scopes.get(name) ?? new Map<string, string | null>()
    this.scopes.set(name, scope)
    return scope
  }
}

export function saveDocument(db: Sqlite, scope: string, key: string, value: string | null): void {
  if (value === null) db.prepare('DELETE FROM document WHERE scope = ? AND key = ?').run(scope, key)
  else db.prepare('INSERT OR REPLACE INTO document (scope, key, value) VALUES (?, ?, ?)').run(scope, key, value)
}

export { toJson as documentText }
