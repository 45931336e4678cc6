// npm run setup: everything start and test need, without starting anything. Safe to run again at any time.
import { ensureDependencies } from './setup/dependencies.mjs'
import { runStep, warn } from './setup/failure.mjs'
import { ensureNode } from './setup/node.mjs'
import { say } from './setup/say.mjs'

await runStep(async () => {
  await ensureDependencies()
  await ensureNode(import.meta.url)
  const { prepareBuild, prepareDesktop, prepareTests } = await import('./setup/steps.mjs')
  await prepareTests()
  try {
    const { version, origin, executable } = await prepareDesktop()
    say.done(`Electron ${version} (${origin}) at ${executable}`)
  } catch (error) {
    warn(error)
  }
  await prepareBuild()
  say.done('Ready: npm start')
})
