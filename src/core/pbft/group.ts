/** Who takes part, and what they sign: the replicas in the order of their ids, their quorums, and signatures bound to this group. */
import { assert, ByteWriter, isPlanted, sizedSize, utf8Encode, varintSize } from '../base'
import type { Signer } from '../machine'
import { ByzantineQuorum } from '../quorum'
import { encodeStatement, REPLICAS_MAX } from './codec'
import type {
  CheckpointCertificate, CommitCertificate, PreparedCertificate, Proposal, SignatureOf, SignedMessage, Statement, StatementKind,
} from './types'

const DOMAIN = utf8Encode('quorate pbft 1')
/** What a digest is of: never may a batch be taken for a state. */
const DIGEST_OF = { batch: 1, item: 2, checkpoint: 3 } as const

export class Group {
  /** In the order of ids: the primary of view v is the replica at v modulo their number. */
  readonly replicas: readonly string[]
  readonly quorum: ByzantineQuorum
  /** Of this node. */
  readonly me: number
  readonly #signer: Signer
  readonly #context: Uint8Array
  readonly #positions: ReadonlyMap<string, number>

  constructor(groupId: string, nodeId: string, voters: readonly string[], signer: Signer) {
    this.quorum = new ByzantineQuorum(voters)
    this.replicas = this.quorum.voters
    assert(this.replicas.length <= REPLICAS_MAX, `a group has at most ${REPLICAS_MAX} replicas`)
    this.#positions = new Map(this.replicas.map((id, i) => [id, i]))
    const me = this.#positions.get(nodeId)
    assert(me !== undefined, 'a node is one of the voters')
    this.me = me
    this.#signer = signer
    const group = utf8Encode(groupId)
    const context = new ByteWriter(DOMAIN.length + sizedSize(group))
    context.raw(DOMAIN)
    context.sized(group)
    this.#context = context.bytes
  }

  positionOf(id: string): number | null {
    return this.#positions.get(id) ?? null
  }

  idOf(replica: number): string {
    return this.replicas[replica] ?? `replica ${replica}`
  }

  primaryOf(view: number): number {
    return view % this.replicas.length
  }

  sign(signed: Uint8Array): Uint8Array {
    return this.#signer.sign(this.#inContext(signed))
  }

  verify(replica: number, signed: Uint8Array, signature: Uint8Array): boolean {
    if (__PLANTED__ && isPlanted('pbft/signature-not-checked')) return true
    const id = this.replicas[replica]
    return id !== undefined && this.#signer.verify(id, this.#inContext(signed), signature)
  }

  isSigned(frame: SignedMessage): boolean {
    return this.verify(frame.sender, frame.signed, frame.signature)
  }

  isStatement(replica: number, statement: Statement, signature: Uint8Array): boolean {
    return this.verify(replica, encodeStatement(replica, statement), signature)
  }

  isProposal(proposal: Proposal): boolean {
    return this.isStatement(this.primaryOf(proposal.view), { ...proposal, kind: 'pre-prepare' }, proposal.signature)
  }

  isPrepared(certificate: PreparedCertificate): boolean {
    const { view, sequence, digest, prepares } = certificate
    const primary = this.primaryOf(view)
    if (prepares.some(({ replica }) => replica === primary)) return false
    return this.isProposal({ view, sequence, digest, signature: certificate.proposal }) &&
      this.#areSigned('prepare', certificate, prepares, this.quorum.size - 1)
  }

  isCommitted(certificate: CommitCertificate): boolean {
    return this.#areSigned('commit', certificate, certificate.commits, this.commitQuorum)
  }

  /** A commit quorum; the place of one planted bug. */
  get commitQuorum(): number {
    if (__PLANTED__ && isPlanted('pbft/commit-by-f-plus-one')) return this.quorum.weakSize
    return this.quorum.size
  }

  /** `size`: a quorum for a stable checkpoint, f + 1 to trust a state. */
  isCheckpoint(certificate: CheckpointCertificate, size: number): boolean {
    return this.#areSigned('checkpoint', { ...certificate, view: 0 }, certificate.signatures, size)
  }

  #areSigned(kind: StatementKind, about: Omit<Statement, 'kind'>, signatures: readonly SignatureOf[], size: number): boolean {
    if (new Set(signatures.map(({ replica }) => replica)).size < size) return false
    const { view, sequence, digest } = about
    return signatures.every(({ replica, signature }) => this.isStatement(replica, { kind, view, sequence, digest }, signature))
  }

  /** Binds a batch to its sequence number; the view is bound by every signature over the digest. */
  batchDigest(sequence: number, batch: Uint8Array): Uint8Array {
    return this.#digest(DIGEST_OF.batch, sequence, [batch])
  }

  itemDigest(kind: number, data: Uint8Array): Uint8Array {
    return this.#digest(DIGEST_OF.item, kind, [data])
  }

  stateDigest(state: Uint8Array): Uint8Array {
    return this.#signer.digest(state)
  }

  /** What a checkpoint at `sequence` says: the state, and the requests that were executed last. */
  checkpointDigest(sequence: number, stateDigest: Uint8Array, window: Uint8Array): Uint8Array {
    return this.#digest(DIGEST_OF.checkpoint, sequence, [stateDigest, window])
  }

  #digest(of: number, number: number, parts: readonly Uint8Array[]): Uint8Array {
    const writer = new ByteWriter(1 + varintSize(number) + parts.reduce((sum, part) => sum + part.length, 0))
    writer.byte(of)
    writer.varint(number)
    for (const part of parts) writer.raw(part)
    return this.#signer.digest(writer.bytes)
  }

  #inContext(signed: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(this.#context.length + signed.length)
    bytes.set(this.#context)
    bytes.set(signed, this.#context.length)
    return bytes
  }
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}
