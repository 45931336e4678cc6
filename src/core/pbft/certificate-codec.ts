/** Binary form of certificates, as they travel inside messages and lie in records. Reading is total: the reader fails. */
import type { ByteReader } from '../base'
import type { GrowingWriter } from './growing-writer'
import { DIGEST_BYTES, NUMBER_MAX, SIGNATURE_BYTES_MAX } from './limits'
import type { CheckpointCertificate, CommittedEntry, PreparedCertificate, Proposal, SignatureOf } from './types'

/** A view, a sequence number or a size. */
export function readNumber(reader: ByteReader): number {
  const value = reader.varint()
  if (value >= NUMBER_MAX) reader.fail()
  return value
}

/** A view of 32 bytes. */
export const readDigest = (reader: ByteReader): Uint8Array => reader.raw(DIGEST_BYTES)

export function readSignature(reader: ByteReader): Uint8Array {
  const signature = reader.sized()
  if (signature.length > SIGNATURE_BYTES_MAX) reader.fail()
  return signature
}

function writeSignatures(writer: GrowingWriter, signatures: readonly SignatureOf[]): void {
  writer.byte(signatures.length)
  for (const { replica, signature } of signatures) {
    writer.byte(replica)
    writer.sized(signature)
  }
}

/** Of distinct replicas in rising order. */
function readSignatures(reader: ByteReader): SignatureOf[] {
  const count = reader.byte()
  const signatures: SignatureOf[] = []
  for (let i = 0; i < count && !reader.failed; i++) {
    const replica = reader.byte()
    const last = signatures.at(-1)
    if (last && last.replica >= replica) reader.fail()
    signatures.push({ replica, signature: readSignature(reader) })
  }
  return signatures
}

export function writeCheckpointCertificate(writer: GrowingWriter, certificate: CheckpointCertificate): void {
  writer.varint(certificate.sequence)
  writer.raw(certificate.digest)
  writeSignatures(writer, certificate.signatures)
}

export function readCheckpointCertificate(reader: ByteReader): CheckpointCertificate {
  return { sequence: readNumber(reader), digest: readDigest(reader), signatures: readSignatures(reader) }
}

export function writeProposal(writer: GrowingWriter, proposal: Proposal): void {
  writer.varint(proposal.view)
  writer.varint(proposal.sequence)
  writer.raw(proposal.digest)
  writer.sized(proposal.signature)
}

export function readProposal(reader: ByteReader): Proposal {
  return { view: readNumber(reader), sequence: readNumber(reader), digest: readDigest(reader), signature: readSignature(reader) }
}

export function writePrepared(writer: GrowingWriter, certificate: PreparedCertificate): void {
  writer.varint(certificate.view)
  writer.varint(certificate.sequence)
  writer.raw(certificate.digest)
  writer.sized(certificate.proposal)
  writeSignatures(writer, certificate.prepares)
}

export function readPrepared(reader: ByteReader): PreparedCertificate {
  return {
    view: readNumber(reader), sequence: readNumber(reader), digest: readDigest(reader), proposal: readSignature(reader),
    prepares: readSignatures(reader),
  }
}

export function writeEntry(writer: GrowingWriter, entry: CommittedEntry): void {
  writer.varint(entry.view)
  writer.varint(entry.sequence)
  writer.raw(entry.digest)
  writeSignatures(writer, entry.commits)
  writer.sized(entry.batch)
}

export function readEntry(reader: ByteReader): CommittedEntry {
  return {
    view: readNumber(reader), sequence: readNumber(reader), digest: readDigest(reader), commits: readSignatures(reader), batch: reader.sized(),
  }
}
