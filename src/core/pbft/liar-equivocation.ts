/** A liar that tells different replicas different things, each properly signed with its own key. */
import type { Frame } from '../machine'
import { decodeBatch, EMPTY_BATCH, encodeBatch } from './batch'
import { decodeFrame, encodeBody, encodeStatement, encodeStatementFrame, type Unsigned } from './codec'
import type { LiarTools } from './liar'
import { altered } from './liar-forgery'
import type { PrePrepare, SignedMessage, Statement, StatementKind, Status, ViewChange } from './types'

const OFTEN = 0.5
const SELDOM = 0.1
const TOLD_MAX = 1024
const LIE_SEQUENCE_MAX = 1000

/** The two camps of a sequence number: the same replicas hear the same, however often it is said. */
const isOtherCamp = (group: LiarTools['group'], to: string, about: number): boolean => ((group.positionOf(to) ?? 0) + about) % 2 === 1

export function signStatement(tools: LiarTools, kind: StatementKind, about: Omit<Statement, 'kind'>, tail: Uint8Array | null): Uint8Array {
  const signed = encodeStatement(tools.group.me, { kind, view: about.view, sequence: about.sequence, digest: about.digest })
  return encodeStatementFrame(signed, tools.group.sign(signed), tail)
}

export function signBody(tools: LiarTools, message: Unsigned): Uint8Array {
  const signed = encodeBody(tools.group.me, message)
  return encodeStatementFrame(signed, tools.group.sign(signed), null)
}

export function equivocate(tools: LiarTools, frame: Frame): Frame[] {
  const found = decodeFrame(frame.bytes)
  if (!found) return [frame]
  const { message } = found
  switch (message.kind) {
    case 'pre-prepare': return twoBatches(tools, frame, message)
    case 'checkpoint': {
      if (!isOtherCamp(tools.group, frame.to, message.sequence)) return [frame]
      const digest = tools.group.stateDigest(message.digest)
      return [{ ...frame, bytes: signStatement(tools, 'checkpoint', { view: 0, sequence: message.sequence, digest }, null) }]
    }
    case 'view-change': return [{ ...frame, bytes: signBody(tools, forgetful(tools, message)) }]
    case 'offer':
    case 'entries': return isOtherCamp(tools.group, frame.to, tools.random.integer(0, 2)) ? altered(tools, frame, message) : [frame]
    case 'status': return [{ ...frame, bytes: signBody(tools, boastful(tools, message)) }]
    default: return [frame]
  }
}

/** One batch to some, another to the others; and to each the commit that it hopes for, without waiting for any prepare. */
function twoBatches(tools: LiarTools, frame: Frame, message: PrePrepare): Frame[] {
  const { group } = tools
  const { view, sequence } = message
  const batches = [message.batch, otherBatch(tools, message.batch)]
  // Who asks again has perhaps forgotten what it was told.
  const key = `${frame.to} ${view} ${sequence}`
  const times = tools.told.get(key) ?? 0
  if (tools.told.size >= TOLD_MAX) tools.told.clear()
  tools.told.set(key, times + 1)
  if (isOtherCamp(group, frame.to, sequence + times)) batches.reverse()
  // Now and then one replica hears both, which is proof.
  return batches.slice(0, tools.random.next() < SELDOM ? 2 : 1).flatMap((batch) => {
    const about = { view, sequence, digest: group.batchDigest(sequence, batch) }
    return [
      { ...frame, bytes: signStatement(tools, 'pre-prepare', about, batch) },
      { to: frame.to, kind: 'commit', bytes: signStatement(tools, 'commit', about, null) },
    ]
  })
}

/** Of the same requests, so that no client's signature is needed: without the last, and the other way round. */
function otherBatch(tools: LiarTools, batch: Uint8Array): Uint8Array {
  const items = decodeBatch(tools.group, batch) ?? []
  return items.length < 2 ? EMPTY_BATCH : encodeBatch(items.slice(0, -1).reverse())
}

/** Whatever a replica prepares or commits, this one does too, for its ears alone. */
export function doubleVotes(tools: LiarTools, from: string, { message }: SignedMessage): Frame[] {
  if (message.kind !== 'prepare' && message.kind !== 'pre-prepare') return []
  const { group } = tools
  const { view, sequence, digest } = message
  const proposal = message.kind === 'prepare' ? message.proposal : message.signature
  const votes: Frame[] = [{ to: from, kind: 'commit', bytes: signStatement(tools, 'commit', { view, sequence, digest }, null) }]
  if (group.primaryOf(view) !== group.me) {
    votes.push({ to: from, kind: 'prepare', bytes: signStatement(tools, 'prepare', { view, sequence, digest }, proposal) })
  }
  return votes
}

/** Leaves out what was prepared. */
function forgetful(tools: LiarTools, message: ViewChange): ViewChange {
  return { ...message, prepared: message.prepared.filter(() => tools.random.next() < OFTEN) }
}

function boastful(tools: LiarTools, message: Status): Status {
  if (tools.random.next() < OFTEN) return message
  return { ...message, executed: message.executed + tools.random.integer(0, LIE_SEQUENCE_MAX), slots: [] }
}
