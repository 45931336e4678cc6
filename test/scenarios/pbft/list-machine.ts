/** The smallest state machine that shows what was executed, in which order, and how often: a list, with every command in it once. */
import { fail, ok, toHex, utf8Decode, utf8Encode, type Result } from '../../../src/core/base'
import type { StateMachine } from '../../../src/core/statemachine'

export class ListMachine implements StateMachine {
  commands: string[] = []
  #places = new Map<string, number>()

  /** Its place in the list; what was applied before keeps the place it has, like an operation of a session. */
  apply(command: Uint8Array): Uint8Array {
    const text = utf8Decode(command) ?? `0x${toHex(command)}`
    let place = this.#places.get(text)
    if (place === undefined) {
      place = this.commands.length
      this.commands.push(text)
      this.#places.set(text, place)
    }
    return utf8Encode(`${place}`)
  }

  query(): Uint8Array {
    return utf8Encode(`${this.commands.length}`)
  }

  snapshot(): Uint8Array {
    return utf8Encode(JSON.stringify(this.commands))
  }

  restore(snapshot: Uint8Array): Result<undefined, 'corrupt'> {
    try {
      this.commands = JSON.parse(utf8Decode(snapshot) ?? '') as string[]
    } catch {
      return fail('corrupt', 'The bytes are no list.')
    }
    this.#places = new Map(this.commands.map((command, i) => [command, i]))
    return ok()
  }

  hash(): string {
    let a = 17
    let b = 31
    for (const command of this.commands) {
      for (let i = 0; i < command.length; i++) {
        a = Math.imul(a ^ command.charCodeAt(i), 0x01000193)
        b = (Math.imul(b, 31) + command.charCodeAt(i)) | 0
      }
      a = (a + 1) | 0
    }
    return [a, b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
