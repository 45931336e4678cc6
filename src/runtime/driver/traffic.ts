/** Counts of what passes between this node and its peers. */
import type { MessageKind } from '../../core/raft'
import type { PeerTraffic } from './types'

type Counts = Record<MessageKind, number>

const none = (): Counts => ({
  'pre-vote-request': 0, 'vote-request': 0, 'pre-vote-response': 0, 'vote-response': 0, 'append-request': 0, 'append-response': 0,
  'heartbeat-request': 0, 'heartbeat-response': 0,
})

export class Traffic {
  readonly sent = none()
  readonly received = none()
  bytesSent = 0
  bytesReceived = 0
  malformed = 0

  snapshot(): PeerTraffic {
    const { bytesSent, bytesReceived, malformed } = this
    return { sent: { ...this.sent }, received: { ...this.received }, bytesSent, bytesReceived, malformed }
  }
}
