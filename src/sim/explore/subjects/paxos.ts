/** Multi-Paxos in a search. Ballots order the members, so that names matter: no renaming is sound. */
import { toHex } from '../../../core/base'
import { decodeMessage, encodeMessage, paxosProtocol, roundOf, type PaxosMachine } from '../../../core/paxos'
import type { Spoken, Subject } from '../types'

/** What acceptors answer to a ballot that is over counts no more. */
const ANSWERS = ['promise', 'accepted']

export function paxosSubject(): Subject<PaxosMachine> {
  return {
    protocol: () => paxosProtocol({ alpha: 8 }),
    fingerprint: (machine, rename) => machine.inspect.fingerprint(rename),
    isSymmetric: false,
    electionTicks: 2,
    // Who may stand is decided by the search, which is told to any member at any time.
    lost: ['heartbeat'],
    encourage,
    isQuietUntilTimeout: false,
    isTrusting: (machine) => machine.inspect.isTrusting,
    epochOf: roundOf,
    spent: (kind, bytes) => {
      if (!ANSWERS.includes(kind)) return null
      const message = decodeMessage(bytes)
      return message !== null && 'ballot' in message ? { epoch: roundOf(message.ballot), isForCandidates: false, isAnswered: false } : null
    },
    claims: (kind, _to, bytes) => {
      const message = kind === 'accept' ? decodeMessage(bytes) : null
      if (message?.kind !== 'accept') return []
      return message.entries.map(({ slot, ballot, kind: what, data }) => (
        { about: `slot ${slot} in ballot ${ballot}`, value: `${what} ${toHex(data)}`, epoch: roundOf(ballot) }
      ))
    },
    leaderIsComplete: true,
    logsMatch: false,
  }
}

/** Everyone else hears this member, and no one follows a leader: it may stand. */
function encourage(ids: readonly string[], nodeId: string): Spoken[] {
  const bytes = encodeMessage({
    kind: 'heartbeat', leads: 0, isQuorumConnected: true, isTrusting: false, hearsYou: true, leader: 0, chosen: 0, last: 0,
  })
  return ids.filter((id) => id !== nodeId).map((from) => ({ from, bytes }))
}
