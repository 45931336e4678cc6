/** `quorate sim --trace FILE`. */
import { writeFileSync } from 'node:fs'
import { drawPlan, raftTraceOf } from '../../../sim'
import { EXIT } from '../exit-codes'
import { failed, type Outcome } from '../outcome'
import type { SimOptions } from './run'

export function writeTrace({ protocol, seed, profile }: SimOptions, file: string): Outcome {
  if (protocol !== 'raft') return failed({ code: 'usage', message: 'The trace is of Raft only.', hint: 'Give --protocol raft.' })
  const lines = raftTraceOf(drawPlan(protocol, seed, profile === null ? {} : { profile }))
  try {
    writeFileSync(file, `${lines.join('\n')}\n`)
  } catch (error) {
    return failed({ code: 'usage', message: `The trace cannot be written: ${error instanceof Error ? error.message : String(error)}.`, hint: 'Name a file that can be written.' })
  }
  return { exitCode: EXIT.ok, stdout: `${lines.length} events of seed ${seed} are in ${file}\n` }
}
