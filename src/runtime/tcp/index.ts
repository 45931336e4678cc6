export { TCP_LIMITS } from './limits'
export { TcpTransport } from './transport'
export type { ClientConnection, ClientHandlers, OutgoingRule, TcpMember, TcpOptions } from './types'
