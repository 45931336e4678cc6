import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The version in the package.json above the folder of the bundle. An entry tells its own folder: what entries share may be bundled elsewhere. */
export function readVersion(bundleDirectory: string): string {
  try {
    const { version } = JSON.parse(readFileSync(path.join(bundleDirectory, '..', '..', 'package.json'), 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : 'unknown'
  } catch {
    return 'unknown'
  }
}
