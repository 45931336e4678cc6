import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runTranscript } from './script'

const DIRECTORY = path.join(import.meta.dirname, 'cases')
const isRewrite = process.env['REWRITE'] === '1'

describe('a transcript', () => {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith('.txt'))
  it('is there', () => expect(files.length).toBeGreaterThanOrEqual(10))

  it.each(files)('%s runs as written', (file) => {
    const text = readFileSync(path.join(DIRECTORY, file), 'utf8')
    const actual = runTranscript(text)
    if (isRewrite) writeFileSync(path.join(DIRECTORY, file), actual)
    else expect(actual).toBe(text)
  })
})
