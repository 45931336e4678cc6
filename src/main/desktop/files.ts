/** Which file of the built window a URL names, if any. Nothing outside the folder is ever named. */
import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { CONTENT_TYPES } from '../../contract/csp'
import { isAppUrl } from './origin'

export interface PageFile {
  readonly file: string
  readonly contentType: string
}

const PATH_CHARACTERS_MAX = 512
/** Names as the build writes them; anything else (dots in front, backslashes, colons, percent signs, NUL) is refused. */
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/**
 * @param root real path of the folder that is served
 * @returns undefined: answer with "not found", whatever the reason
 */
export function fileFor(root: string, url: string): PageFile | undefined {
  // Of the text itself: a parsed URL has dot segments already resolved, and nobody honest asks with them.
  if (!isAppUrl(url) || /[\\\0]|%|\/\.{1,2}(\/|$)/.test(url.replace(/[?#].*$/s, ''))) return undefined
  const { pathname } = new URL(url)
  if (pathname.length > PATH_CHARACTERS_MAX) return undefined
  const segments = pathname === '/' ? ['index.html'] : pathname.slice(1).split('/')
  if (!segments.every((segment) => SEGMENT.test(segment))) return undefined
  const contentType = CONTENT_TYPES[path.extname(segments.at(-1) ?? '').toLowerCase()]
  if (contentType === undefined) return undefined
  return contained(root, path.join(root, ...segments), contentType)
}

/** The file itself must lie inside, wherever links on the way lead. */
function contained(root: string, file: string, contentType: string): PageFile | undefined {
  try {
    const real = realpathSync(file)
    if (!real.startsWith(root + path.sep) || !statSync(real).isFile()) return undefined
    return { file: real, contentType }
  } catch {
    return undefined
  }
}
