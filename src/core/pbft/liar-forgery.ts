/** A liar that speaks in other names and alters what others signed. Nothing of it holds where signatures and digests are checked. */
import type { Frame } from '../machine'
import { EMPTY_BATCH, encodeBatch, ID_BYTES, makeItem } from './batch'
import { decodeFrame, encodeStatement, encodeStatementFrame } from './codec'
import { flipped, type LiarTools } from './liar'
import { signBody, signStatement } from './liar-equivocation'
import { decodeSnapshotMeta, encodeSnapshotMeta } from './snapshot-meta'
import type { CheckpointCertificate, CommittedEntry, Message, Proposal, SignatureOf } from './types'

const OFTEN = 0.5
const SELDOM = 0.1
const INVENTED_BYTES = 6
/** Every group has checkpoints there. */
const INVENTED_SEQUENCE = 64

/** Answers to those who lack something: the lie comes alone. */
const ANSWERS = ['entries', 'offer', 'chunk', 'batch', 'stable']

export function forge(tools: LiarTools, frame: Frame): Frame[] {
  const found = decodeFrame(frame.bytes)
  if (!found) return [frame]
  if (tools.inventsCommands && tools.random.next() < SELDOM) return [frame, ...invented(tools, frame, found.message)]
  if (ANSWERS.includes(frame.kind)) return tools.random.next() < OFTEN ? [frame] : altered(tools, frame, found.message)
  const forged = tools.random.next() < OFTEN ? inOtherName(tools, frame, found.message) : altered(tools, frame, found.message)
  return tools.random.next() < OFTEN ? [frame, ...forged] : [...forged, frame]
}

/** The same kind of statement with another content, as if another replica had signed it. */
function inOtherName(tools: LiarTools, frame: Frame, message: Message): Frame[] {
  const { group, random } = tools
  if (message.kind !== 'pre-prepare' && message.kind !== 'prepare' && message.kind !== 'commit' && message.kind !== 'checkpoint') return []
  const frames: Frame[] = []
  for (const other of group.replicas.keys()) {
    if (other === group.me || random.next() < OFTEN) continue
    const { sequence } = message
    const view = message.kind === 'checkpoint' ? 0 : message.view
    const digest = message.kind === 'checkpoint' ? group.stateDigest(message.digest) : group.batchDigest(sequence, EMPTY_BATCH)
    const signed = encodeStatement(other, { kind: message.kind, view, sequence, digest })
    const signature = group.sign(signed)
    const tail = message.kind === 'pre-prepare' ? EMPTY_BATCH : message.kind === 'prepare' ? signature : null
    frames.push({ to: frame.to, kind: message.kind, bytes: encodeStatementFrame(signed, signature, tail) })
  }
  return frames
}

/** Signed by this replica, with something inside that others did not sign or that no digest vouches for. */
export function altered(tools: LiarTools, frame: Frame, message: Message): Frame[] {
  const say = (bytes: Uint8Array): Frame[] => [{ ...frame, bytes }]
  const { group, random } = tools
  switch (message.kind) {
    case 'view-change': {
      if (random.next() < OFTEN) return say(signBody(tools, { ...message, stable: inventedCheckpoint(tools, message.stable), prepared: [] }))
      const prepared = message.prepared.map((each) => ({ ...each, digest: group.batchDigest(each.sequence, EMPTY_BATCH) }))
      return say(signBody(tools, { ...message, prepared }))
    }
    case 'new-view': {
      if (random.next() < OFTEN) return say(signBody(tools, { ...message, viewChanges: message.viewChanges.slice(0, -1) }))
      const proposals = message.proposals.map((each): Proposal => resigned(tools, { ...each, digest: group.batchDigest(each.sequence, EMPTY_BATCH) }))
      return say(signBody(tools, { ...message, proposals }))
    }
    case 'entries': return say(signBody(tools, { ...message, entries: message.entries.map((entry) => alteredEntry(tools, entry)) }))
    case 'stable': {
      const certificate = { ...message.certificate, sequence: message.certificate.sequence * 2 }
      return say(signBody(tools, { ...message, certificate }))
    }
    case 'chunk': return say(signBody(tools, { ...message, data: flipped(message.data, random) }))
    case 'offer': return say(signBody(tools, { ...message, meta: alteredMeta(message.meta, random) }))
    case 'batch': return say(signBody(tools, { ...message, batch: EMPTY_BATCH }))
    case 'pre-prepare': return say(signStatement(tools, 'pre-prepare', message, EMPTY_BATCH))
    case 'fetch': return offeredLies(tools, frame, message.from)
    default: return []
  }
}

/** A command of no client: passed on like a request, or ordered as primary. */
function invented(tools: LiarTools, frame: Frame, message: Message): Frame[] {
  const { group, random } = tools
  const item = makeItem(group, 'command', Uint8Array.from({ length: INVENTED_BYTES }, () => random.integer(0, 256)))
  const batch = encodeBatch([item])
  if (message.kind !== 'pre-prepare') return [{ to: frame.to, kind: 'request', bytes: signBody(tools, { kind: 'request', items: batch }) }]
  const { view, sequence } = message
  return [{ ...frame, bytes: signStatement(tools, 'pre-prepare', { view, sequence, digest: group.batchDigest(sequence, batch) }, batch) }]
}

/** The same certificate with another window of requests: as if the last one had not been executed. */
function alteredMeta(bytes: Uint8Array, random: LiarTools['random']): Uint8Array {
  const meta = decodeSnapshotMeta(bytes)
  if (meta === null || random.next() < SELDOM) return flipped(bytes, random)
  return encodeSnapshotMeta({ ...meta, window: meta.window.subarray(0, Math.max(0, meta.window.length - ID_BYTES)) })
}

/** The next state, vouched for by this replica in all names. */
function inventedCheckpoint({ group }: LiarTools, known: CheckpointCertificate | null): CheckpointCertificate {
  const sequence = known === null ? INVENTED_SEQUENCE : known.sequence * 2
  const digest = group.stateDigest(EMPTY_BATCH)
  const signatures = group.replicas.map((_, replica): SignatureOf => {
    return { replica, signature: group.sign(encodeStatement(replica, { kind: 'checkpoint', view: 0, sequence, digest })) }
  })
  return { sequence, digest, signatures }
}

function resigned(tools: LiarTools, proposal: Proposal): Proposal {
  const { view, sequence, digest } = proposal
  const signed = encodeStatement(tools.group.me, { kind: 'pre-prepare', view, sequence, digest })
  return { view, sequence, digest, signature: tools.group.sign(signed) }
}

function alteredEntry(tools: LiarTools, entry: CommittedEntry): CommittedEntry {
  return { ...entry, batch: EMPTY_BATCH, digest: tools.group.batchDigest(entry.sequence, EMPTY_BATCH) }
}

/** A commit certificate made of this replica's own signatures in all names, for what the receiver may lack next. */
function offeredLies(tools: LiarTools, frame: Frame, sequence: number): Frame[] {
  const { group } = tools
  const about = { view: 0, sequence, digest: group.batchDigest(sequence, EMPTY_BATCH) }
  const commits = group.replicas.map((_, replica): SignatureOf => {
    return { replica, signature: group.sign(encodeStatement(replica, { kind: 'commit', ...about })) }
  })
  return [{ to: frame.to, kind: 'entries', bytes: signBody(tools, { kind: 'entries', entries: [{ ...about, commits, batch: EMPTY_BATCH }] }) }]
}
