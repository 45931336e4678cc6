/** A small JSON file that is read once and replaced as a whole: after a crash it is the old one or the new one. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'
import type { Result } from '../../../core/base'
import { fail, fromJson, ok, toJson } from '../../../core/base'

export type WriteCode = 'no-space' | 'write-failed'

export interface JsonDocument<Content> {
  get(): Content
  /** Durable before it returns. On failure the old content stays in force. */
  set(content: Content): Result<null, WriteCode>
  /** Where a file that could not be used was moved to; null if there was none. */
  readonly setAsideAs: string | null
  /** There was no file yet. */
  readonly isNew: boolean
}

/** The file is there and cannot be read at all: somebody else's, or no file. Nothing may be begun in its place. */
export class UnreadableFile extends Error {
  constructor(file: string, code: string) {
    super(`${file} cannot be read (${code}).`)
  }
}

/** Throws UnreadableFile. A missing file gives `fallback`. One that does not parse is set aside under another name, never overwritten. */
export function openDocument<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
  fallback: v.InferOutput<Schema>,
  nowMs: () => number,
): JsonDocument<v.InferOutput<Schema>> {
  const read = readDocument(file, schema)
  let content = read.content ?? fallback
  let setAsideAs: string | null = null
  if (read.bad) {
    setAsideAs = `${file}.bad-${new Date(nowMs()).toISOString().replace(/[:.]/g, '-')}`
    renameSync(file, setAsideAs)
  }
  return {
    get: () => content,
    set: (next) => {
      const written = replace(file, toJson(next))
      if (written.ok) content = next
      return written
    },
    setAsideAs,
    isNew: read.content === null && !read.bad,
  }
}

function readDocument<Schema extends v.GenericSchema>(file: string, schema: Schema): { readonly content: v.InferOutput<Schema> | null; readonly bad: boolean } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { content: null, bad: false }
    throw new UnreadableFile(file, code ?? 'unknown')
  }
  try {
    const parsed = v.safeParse(schema, fromJson(text))
    return parsed.success ? { content: parsed.output, bad: false } : { content: null, bad: true }
  } catch {
    return { content: null, bad: true }
  }
}

function replace(file: string, text: string): Result<null, WriteCode> {
  const temporary = `${file}.new`
  try {
    const descriptor = openSync(temporary, 'w', 0o600)
    try {
      // Not writeSync: a disk with little space left takes a part of the text, and that is no error to it.
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, file)
    return ok(null)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'ENOSPC' || code === 'EDQUOT') return fail('no-space', `The disk with ${file} is full.`, 'Free some space and try again.')
    return fail('write-failed', `${file} could not be written (${code}).`, 'Check that the folder belongs to you and is not read-only.')
  }
}
