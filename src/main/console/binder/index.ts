export { channelPair } from './pair'
export { messagePortChannel, type PortLike } from './message-port'
export { serveChannel, type BinderOptions } from './serve-channel'
export type { CallContext, CallHandler, Handlers, StreamHandler, StreamSink } from './handlers'
