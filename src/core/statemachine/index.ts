export {
  decodeQuery, decodeReply, encodeCommand, encodeQuery, encodeReply, KEY_BYTES_MAX,
  type Command, type Operation, type Pair, type Query, type Reply,
} from './commands'
export { KeyValueMachine, LIST_BYTES_MAX } from './key-value'
export { SESSION_LIMITS, type SessionLimits } from './sessions'
export type { StateMachine } from './types'
