/** An operation on a register or a key: what it needs the value to be, and what it makes of it. */
import type { Value } from '../values'

/** What a function does, whatever it is called. */
export type Effect = 'read' | 'write' | 'cas' | 'append' | 'delete'

export interface Access {
  /** A delete is a write of null. */
  readonly effect: Effect
  /** Read: what was seen. Cas: what was expected. */
  readonly seen: Value
  /** Write, cas: the new value. Append: the suffix. */
  readonly written: Value
}
