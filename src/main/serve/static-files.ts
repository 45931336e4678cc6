/** Which file of the built window a request names, if any. Nothing outside the folder is ever named. */
import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { CONTENT_TYPES } from '../../contract/csp'

export interface StaticFile {
  readonly file: string
  readonly contentType: string
}

const TARGET_CHARACTERS_MAX = 512
/** Names as the build writes them. Dots in front, backslashes, colons, percent signs and control characters are refused. */
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** `target` as it stands in the request line; `root` is a real path. Null: not found, whatever the reason. */
export function staticFile(root: string, target: string): StaticFile | null {
  if (target.length > TARGET_CHARACTERS_MAX || !target.startsWith('/')) return null
  const pathname = target.replace(/[?#].*$/s, '')
  const segments = pathname === '/' ? ['index.html'] : pathname.slice(1).split('/')
  if (!segments.every((segment) => SEGMENT.test(segment))) return null
  const contentType = CONTENT_TYPES[path.extname(segments.at(-1) ?? '')]
  if (contentType === undefined) return null
  try {
    const real = realpathSync(path.join(root, ...segments))
    // The separator matters: /x/renderer-evil is not in /x/renderer.
    if (!real.startsWith(root + path.sep) || !statSync(real).isFile()) return null
    return { file: real, contentType }
  } catch {
    return null
  }
}
