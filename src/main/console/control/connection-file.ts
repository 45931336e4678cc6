/** The file by which a running console is found. Only its owner may read it. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as v from 'valibot'
import { CONNECTION_FILE } from './limits'

const schema = v.object({
  format: v.literal(1),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** A UNIX domain socket, or a named pipe on Windows. */
  socket: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
  token: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  version: v.pipe(v.string(), v.maxLength(64)),
})
export type ConnectionFile = v.InferOutput<typeof schema>

const fileIn = (directory: string): string => path.join(directory, CONNECTION_FILE)

export function writeConnectionFile(directory: string, content: ConnectionFile): void {
  const next = `${fileIn(directory)}.new`
  rmSync(next, { force: true })
  writeFileSync(next, JSON.stringify(content), { mode: 0o600, flag: 'wx' })
  renameSync(next, fileIn(directory))
}

/** null: there is none, or it cannot be read. Whether that console still runs is found out by connecting. */
export function readConnectionFile(directory: string): ConnectionFile | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(readFileSync(fileIn(directory), 'utf8')))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** Removes the file if it is still ours. */
export function removeConnectionFile(directory: string, token: string): void {
  if (readConnectionFile(directory)?.token === token) rmSync(fileIn(directory), { force: true })
}
