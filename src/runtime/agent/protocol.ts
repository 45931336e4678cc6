/** Which machine a node runs, made of what it was started with. */
import { fail, ok, type Result } from '../../core/base'
import type { Protocol, Signer } from '../../core/machine'
import type { MemberClaim } from '../../core/observation'
import { paxosProtocol } from '../../core/paxos'
import { liarProtocol, type LiarMachine, type PbftOptions } from '../../core/pbft'
import { raftProtocol } from '../../core/raft'
import type { Behaviour, MemberAddress, NodeStart, SigningKeys } from '../../contract/agent'
import { CommandCheck, openSigner, PUBLIC_KEY_BYTES, readPrivateKey, readPublicKey, SEED_BYTES } from '../signer'
import { mayComeUnsigned } from './signed-commands'

export interface ChosenProtocol {
  readonly protocol: Protocol
  /** From now on: only where members may lie. */
  behave(behaviour: Behaviour): void
  /** Where clients sign their commands. */
  readonly commands?: CommandCheck
}

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
    case 'pbft': return pbftOf(start)
  }
}

function pbftOf({ nodeId, keys, options }: NodeStart): Result<ChosenProtocol, 'bad-start'> {
  if (keys === null) return fail('bad-start', 'The node was given no keys.', KEY_HINT)
  const signer = signerOf(nodeId, keys)
  if (!signer.ok) return signer
  const { tentative = false } = options
  if (keys.clientKey === undefined) return ok(pbftReplica({ signer: signer.value, tentative }))
  const clientKey = readPublicKey(keys.clientKey)
  if (!clientKey.ok) return fail('bad-start', `The node cannot tell what its clients signed: ${clientKey.error.message}`, KEY_HINT)
  const commands = new CommandCheck(clientKey.value, mayComeUnsigned)
  return ok({ ...pbftReplica({ signer: signer.value, tentative, authenticate: (command) => commands.isValid(command) }), commands })
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
    // Where clients sign, made up commands are one more lie that the others can tell.
    protocol: liarProtocol(options, { begin, inventsCommands: options.authenticate !== undefined }),
    behave: (next) => {
      behaviour = next
      liar?.behave(next)
    },
  }
}

/** The signer of a node from its key file (PKCS #8) and the public keys (SPKI); the raw keys stand last in these. */
function signerOf(nodeId: string, keys: SigningKeys): Result<Signer, 'bad-start'> {
  const refused = (why: string): Result<never, 'bad-start'> => fail('bad-start', `The node cannot sign: ${why}`, KEY_HINT)
  const key = readPrivateKey(keys.privateKeyFile)
  if (!key.ok) return refused(key.error.message)
  const seed = Uint8Array.from(key.value.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED_BYTES))
  const members = new Map(keys.publicKeys.map((each) => [each.nodeId, Uint8Array.from(Buffer.from(each.key, 'base64').subarray(-PUBLIC_KEY_BYTES))]))
  const opened = openSigner(nodeId, seed, members)
  return opened.ok ? opened : refused(opened.error.message)
}
