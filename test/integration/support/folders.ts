import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of its own for the test that runs, removed when it ends. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-test-'))
  onTestFinished(() => { fs.rmSync(folder, { recursive: true, force: true }) })
  return folder
}
