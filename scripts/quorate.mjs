#!/usr/bin/env node
// npx quorate …: the command line, run from the checkout. Builds what changed first; what set-up says goes to standard error.
import { ensureDependencies } from './setup/dependencies.mjs'
import { runStep } from './setup/failure.mjs'
import { runInForeground } from './setup/launch.mjs'
import { ensureNode } from './setup/node.mjs'
import { inRoot } from './setup/places.mjs'

// Standard output belongs to the command: its JSON is read by programs.
console.log = console.error
// As in src/main/cli/exit-codes.ts: 0, 1 and 2 are answers of commands.
const FAILED = 6

await runStep(async () => {
  await ensureDependencies()
  await ensureNode(import.meta.url)
  const { prepareBuild } = await import('./setup/steps.mjs')
  await prepareBuild()
  const args = process.argv.slice(2)
  // A command that runs under a lock may take its time to end, and the lock must not go before it.
  const isPatient = args[0] === 'data'
  process.exit(await runInForeground(process.execPath, [inRoot('out', 'main', 'cli.js'), ...args], { isCommand: true, isPatient }))
}, FAILED)
