/** Raft in a search. */
import { decodeMessage, encodeMessage, raftProtocol, type RaftMachine } from '../../../core/raft'
import type { Subject } from '../types'

/** What followers answer counts in its own term only, and terms never go back. */
const ANSWERS = ['vote-response', 'append-response', 'heartbeat-response']

/** In a later term each is answered by a refusal that names the later term, and nothing else. */
const REQUESTS = ['vote-request', 'append-request', 'heartbeat-request']

/** `asksFirst`: with pre-votes as they are; else whoever stands has won its pre-vote, which lets more happen and is much smaller. */
export function raftSubject(options: { readonly asksFirst?: boolean } = {}): Subject<RaftMachine> {
  return {
    protocol: () => raftProtocol(),
    fingerprint: (machine, rename, ahead) => machine.inspect.fingerprint(rename, ahead),
    isSymmetric: true,
    electionTicks: 3,
    lost: [],
    ...(options.asksFirst === true ? {} : { answer: grantPreVote }),
    isQuietUntilTimeout: true,
    isTrusting: (machine) => machine.inspect.trustsLeader,
    epochOf: (term) => term,
    spent: (kind, bytes) => {
      const isAnswered = REQUESTS.includes(kind)
      const message = isAnswered || ANSWERS.includes(kind) ? decodeMessage(bytes) : null
      return message && { epoch: message.term, isForCandidates: kind === 'vote-response', isAnswered }
    },
    claims: (kind, to, bytes) => {
      const message = kind === 'vote-response' ? decodeMessage(bytes) : null
      return message?.kind === 'vote-response' && message.granted ? [{ about: `the vote of term ${message.term}`, value: to, epoch: message.term }] : []
    },
    leaderIsComplete: true,
    logsMatch: true,
  }
}

function grantPreVote(kind: string, bytes: Uint8Array): Uint8Array | null {
  const term = decodeMessage(bytes)?.term
  return kind !== 'pre-vote-request' || term === undefined ? null : encodeMessage({ kind: 'pre-vote-response', term, granted: true })
}
