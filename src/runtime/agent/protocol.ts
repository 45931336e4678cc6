/** Which machine a node runs, made of what it was started with. */
import { createPrivateKey } from 'node:crypto'
import fs from 'node:fs'
import { fail, ok, type Result } from '../../core/base'
import type { Protocol, Signer } from '../../core/machine'
import type { MemberClaim } from '../../core/observation'
import { paxosProtocol } from '../../core/paxos'
import { liarProtocol, type LiarMachine, type PbftOptions } from '../../core/pbft'
import { raftProtocol } from '../../core/raft'
import type { Behaviour, MemberAddress, NodeStart, SigningKeys } from '../../contract/agent'
import { openSigner, PUBLIC_KEY_BYTES, SEED_BYTES } from '../signer'

export interface ChosenProtocol {
  readonly protocol: Protocol
  /** From now on: only where members may lie. */
  behave(behaviour: Behaviour): void
}

const KEY_FILE_BYTES_MAX = 4096
const KEY_HINT = 'Put the key file of this node back, or delete the cluster and create it again.'

const honest = (): void => { /* nothing else is known here */ }

/** As the protocols know a member. */
export function claimOf({ nodeId, host, port, member = 'voter' }: MemberAddress): MemberClaim {
  const claim = { id: nodeId, name: nodeId, address: `${host.includes(':') ? `[${host}]` : host}:${port}`, voter: member !== 'learner' }
  return member === 'witness' ? { ...claim, witness: true } : claim
}

/** The first has the highest, those that are not named have none. */
export const prioritiesOf = (prefer: readonly string[]): ReadonlyMap<string, number> => new Map(prefer.map((id, i) => [id, prefer.length - i]))

export function protocolOf(start: NodeStart): Result<ChosenProtocol, 'bad-start'> {
  const { options, forced } = start
  if (forced !== null && start.protocol !== 'raft') return fail('bad-start', 'Only a Raft node can be made the only voter.', 'Bring a majority of the members back.')
  switch (start.protocol) {
    case 'raft': {
      const forcedMembers = forced === null ? null : { members: forced.members.map(claimOf), lastIndex: forced.lastIndex, acceptDataLoss: true as const }
      const { reads, forwarding, prefer = [] } = options
      return ok({ protocol: raftProtocol({ reads, forwardProposals: forwarding, followerReads: forwarding, priorities: prioritiesOf(prefer), forcedMembers }), behave: honest })
    }
    case 'paxos':
      return ok({ protocol: paxosProtocol({ reads: options.reads === 'lease' ? 'lease' : 'quorum', forwarding: options.forwarding }), behave: honest })
    case 'pbft': {
      const signer = start.keys === null ? fail('bad-start', 'The node was given no keys.', KEY_HINT) : signerOf(start.nodeId, start.keys)
      return signer.ok ? ok(pbftReplica({ signer: signer.value, tentative: options.tentative === true })) : signer
    }
  }
}

/** A correct replica, until it is told to be none: what it says is twisted on its way out. */
function pbftReplica(options: PbftOptions): ChosenProtocol {
  let liar: LiarMachine | null = null
  let behaviour: Behaviour = 'honest'
  const begin = (opened: LiarMachine): void => {
    liar = opened
    liar.behave(behaviour)
  }
  return {
    protocol: liarProtocol(options, { begin }),
    behave: (next) => {
      behaviour = next
      liar?.behave(next)
    },
  }
}

/** The signer of a node from its key file (PKCS #8) and the public keys (SPKI); the raw keys stand last in these. */
function signerOf(nodeId: string, keys: SigningKeys): Result<Signer, 'bad-start'> {
  const refused = (why: string): Result<never, 'bad-start'> => fail('bad-start', `The node cannot sign: ${why}`, KEY_HINT)
  let seed: Uint8Array
  try {
    if (fs.statSync(keys.privateKeyFile).size > KEY_FILE_BYTES_MAX) return refused('its key file is too large.')
    const key = createPrivateKey(fs.readFileSync(keys.privateKeyFile))
    if (key.asymmetricKeyType !== 'ed25519') return refused('its key is not of Ed25519.')
    seed = Uint8Array.from(key.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED_BYTES))
  } catch (error) {
    // Never the error's own text: it may hold a part of the key.
    const { code } = error as NodeJS.ErrnoException
    return refused(code === 'ENOENT' ? 'its key file is missing.' : 'its key file cannot be read.')
  }
  const members = new Map(keys.publicKeys.map((each) => [each.nodeId, Uint8Array.from(Buffer.from(each.key, 'base64').subarray(-PUBLIC_KEY_BYTES))]))
  const opened = openSigner(nodeId, seed, members)
  return opened.ok ? opened : refused(opened.error.message)
}
