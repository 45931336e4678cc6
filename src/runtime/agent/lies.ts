/** What a member that lies tells its clients. What it tells the other members is the machine's part. */
import type { Behaviour } from '../../contract/agent'

/** An answer as it leaves a node that behaves so; null where none leaves. */
export function toldBy(behaviour: Behaviour, reply: Uint8Array): Uint8Array | null {
  switch (behaviour) {
    case 'honest':
      return reply
    case 'silent':
      return null
    case 'equivocate':
    case 'forge': {
      // Well formed for who looks at nothing else, and never what honest members say.
      const forged = Uint8Array.from(reply)
      if (forged.length === 0) return Uint8Array.of(0xff)
      forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 0xff
      return forged
    }
  }
}
