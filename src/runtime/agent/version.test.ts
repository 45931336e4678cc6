import fs from 'node:fs'
import { expect, test } from 'vitest'
import { VERSION } from './version'

test('the version is that of the package', () => {
  const read: unknown = JSON.parse(fs.readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  expect(read).toMatchObject({ version: VERSION })
})
