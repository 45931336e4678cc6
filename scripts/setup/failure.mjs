// A failure of set-up: what went wrong and the one sentence that says what to do about it.
import { say } from './say.mjs'

export class SetupFailure extends Error {
  constructor(message, cure) {
    super(message)
    this.name = 'SetupFailure'
    this.cure = cure
  }
}

/** Runs a script's work; a failure ends it with the cause and its cure, and with `exitCode`. */
export async function runStep(work, exitCode = 1) {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SetupFailure) {
      console.error(`✗ ${error.message}`)
      console.error(`  What to do: ${error.cure}`)
    } else {
      console.error('✗ Something unexpected went wrong; this is a defect of the scripts.')
      console.error(error)
    }
    process.exit(exitCode)
  }
}

export const warn = (error) => {
  say.note(error.message)
  if (error instanceof SetupFailure) say.done(`What to do: ${error.cure}`)
}
