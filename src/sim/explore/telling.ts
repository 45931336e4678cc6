/** A way in words. */
import type { Words } from './cluster'

/** Who hears what is said at a seat. */
interface Audience {
  readonly seats: readonly number[]
  mayHear: (seat: number, from: number, message: number) => boolean
}

/**
 * Each step is followed by all answers that could be given then: those of which nothing is heard later are left out. A word that was said
 * before is heard from who said it first.
 */
export function toldIn(steps: readonly (readonly Words[])[], audience: Audience): string[] {
  const said = steps.flatMap((step) => step.map((each, i) => ({ ...each, isAnswer: i > 0 })))
  const first = new Map<string, number>()
  const seats = [...audience.seats.keys()]
  for (const [at, { seat: from, said: messages }] of said.entries()) {
    for (const message of messages) {
      for (const seat of seats) {
        const heard = `${seat}:${message}`
        if (audience.mayHear(seat, from, message) && !first.has(heard)) first.set(heard, at)
      }
    }
  }
  const isNeeded = said.map(({ isAnswer }) => !isAnswer)
  for (let at = said.length - 1; at >= 0; at--) {
    const { seat, heard } = said[at] as Words
    if (isNeeded[at] !== true || heard === null) continue
    const source = first.get(`${seat}:${heard}`)
    if (source !== undefined) isNeeded[source] = true
  }
  return said.filter((_, at) => isNeeded[at]).map(({ words }) => words)
}
