/** What each message does. */
import { unreachable } from '../base'
import { receiveAccept, receiveConfirm, receivePrepare } from './acceptor'
import { receiveHeartbeat } from './ballot-election'
import { receiveForward, receiveForwardRefused } from './forwarding'
import { receiveTakeOver } from './handover'
import { receiveChosen, receiveDecided, receiveLearn } from './learner'
import { receivePromise, receiveRefusal } from './phase-one'
import { receiveAccepted } from './proposer'
import { receiveConfirmed, receiveReadIndex, receiveReadRequest } from './read-service'
import { receiveSnapshotChunk, receiveSnapshotOffer, receiveSnapshotRequest } from './snapshot-transfer'
import type { PaxosState } from './state'
import type { Message } from './types'

export function receive(state: PaxosState, from: string, message: Message): void {
  const heard = state.election.heard.get(from)
  if (heard) heard.tick = state.ticks
  switch (message.kind) {
    case 'prepare': return receivePrepare(state, from, message)
    case 'promise': return receivePromise(state, from, message)
    case 'accept': return receiveAccept(state, from, message)
    case 'accepted': return receiveAccepted(state, from, message)
    case 'refusal': return receiveRefusal(state, from, message)
    case 'heartbeat': return receiveHeartbeat(state, from, message)
    case 'chosen': return receiveChosen(state, from, message)
    case 'confirm': return receiveConfirm(state, from, message)
    case 'confirmed': return receiveConfirmed(state, from, message)
    case 'learn': return receiveLearn(state, from, message)
    case 'decided': return receiveDecided(state, from, message)
    case 'snapshot-offer': return receiveSnapshotOffer(state, from, message)
    case 'snapshot-request': return receiveSnapshotRequest(state, from, message)
    case 'snapshot-chunk': return receiveSnapshotChunk(state, from, message)
    case 'take-over': return receiveTakeOver(state, from, message)
    case 'forward': return receiveForward(state, from, message)
    case 'forward-refused': return receiveForwardRefused(state, message)
    case 'read-request': return receiveReadRequest(state, from, message)
    case 'read-index': return receiveReadIndex(state, message)
    default: return unreachable(message)
  }
}
