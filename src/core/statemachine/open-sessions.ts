import { encodeQuery } from './queries'
import { decodeReply, type SessionUse } from './replies'
import type { StateMachine } from './types'

/** The open sessions of a state, in the order of their last use, the oldest first. */
export function openSessions(state: Pick<StateMachine, 'query'>): readonly SessionUse[] {
  const reply = decodeReply(state.query(encodeQuery({ kind: 'sessions' })))
  return reply?.kind === 'sessions' ? reply.sessions : []
}
