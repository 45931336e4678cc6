/** PBFT in a search. The primary is found by the order of names, and frames bear names and signatures: no renaming is sound. */
import { toHex } from '../../../core/base'
import { decodeFrame, pbftProtocol, type PbftMachine } from '../../../core/pbft'
import { SimulatedKeys } from '../../signer'
import type { Subject } from '../types'

/** What a replica that is in a later view takes no notice of. */
const OF_A_VIEW = ['pre-prepare', 'prepare', 'commit', 'view-change', 'new-view']
const STATEMENTS = ['pre-prepare', 'prepare', 'commit']
const KEYS_SEED = 1
/** Enough to tell the few digests of a search apart. */
const DIGEST_DIGITS = 8

export function pbftSubject(): Subject<PbftMachine> {
  const keys = new SimulatedKeys(KEYS_SEED)
  return {
    protocol: (nodeId) => pbftProtocol({ signer: keys.signerOf(nodeId), isWatched: false }),
    fingerprint: (machine) => machine.fingerprint,
    isSymmetric: false,
    electionTicks: 2,
    // Without them nothing is sent again: what was once said may arrive at any later time anyway.
    lost: ['status'],
    isQuietUntilTimeout: false,
    isTrusting: () => false,
    // Views count from 0.
    epochOf: (view) => view + 1,
    spent: (kind, bytes) => {
      if (!OF_A_VIEW.includes(kind)) return null
      const message = decodeFrame(bytes)?.message
      return message !== undefined && 'view' in message ? { epoch: message.view + 1, isForCandidates: false, isAnswered: false } : null
    },
    claims: (kind, _to, bytes) => {
      if (!STATEMENTS.includes(kind)) return []
      const message = decodeFrame(bytes)?.message
      if (message === undefined || !('digest' in message && 'view' in message)) return []
      const { view, sequence, digest } = message
      return [{ about: `the ${kind} of view ${view}, sequence number ${sequence}`, value: toHex(digest).slice(0, DIGEST_DIGITS), epoch: view + 1 }]
    },
    leaderIsComplete: false,
    logsMatch: false,
  }
}
