/** Normal-case operation (OSDI 1999, section 4.2): pre-prepare, prepare, commit. */
import { isPlanted, toHex } from '../base'
import { decodeBatch, encodeBatch, ITEM_OVERHEAD_BYTES } from './batch'
import { encodeStatementFrame } from './codec'
import { acceptCommitted } from './execution'
import { isSame } from './group'
import { BATCH_ITEMS_MAX } from './limits'
import { batchRecord, preparedRecord, prePrepareRecord } from './records'
import type { Slot } from './slot'
import type { PbftState } from './state'
import type { Commit, Evidence, Item, Prepare, PreparedCertificate, PrePrepare, Proposal } from './types'
import { startViewChange } from './view-change'

/** True while the primary may give out another sequence number. */
export function canPropose(state: PbftState): boolean {
  if (state.phase !== 'active' || !state.isPrimary || !state.pool.hasNew) return false
  if (state.lastProposed - Math.max(state.executed, state.stable.sequence) >= state.pipelineMax) return false
  return isInWindow(state, state.lastProposed + 1)
}

export function isInWindow(state: PbftState, sequence: number): boolean {
  if (state.isDiskBehind) return false
  if (__PLANTED__ && isPlanted('pbft/future-watermark-accepted')) return sequence > state.stable.sequence
  return sequence > state.stable.sequence && sequence <= state.highWatermark
}

/** Gives places to the requests that wait, as many batches as the pipeline and the window allow. */
export function proposeBatches(state: PbftState): void {
  while (canPropose(state)) {
    const items = takeItems(state)
    if (items.length === 0) return
    propose(state, items)
  }
}

function takeItems(state: PbftState): Item[] {
  const bytesMax = state.config.limits.appendBytesMax
  const items: Item[] = []
  let bytes = 0
  for (const request of state.pool.values()) {
    if (request.isAssigned) continue
    const size = request.item.data.length + ITEM_OVERHEAD_BYTES
    if (items.length > 0 && (bytes + size > bytesMax || items.length >= BATCH_ITEMS_MAX)) break
    bytes += size
    items.push(request.item)
    state.pool.markAssigned(request)
  }
  return items
}

function propose(state: PbftState, items: readonly Item[]): void {
  const sequence = ++state.lastProposed
  const batch = encodeBatch(items)
  const digest = state.group.batchDigest(sequence, batch)
  const { view } = state
  const { signed, signature } = state.statement('pre-prepare', { view, sequence, digest })
  const frame = encodeStatementFrame(signed, signature, batch)
  const slot = state.slot(sequence)
  slot.addBatch(digest, batch)
  setProposal(state, slot, { view, sequence, digest, signature })
  // Durable first: a primary that comes back from a crash must not give the number to another batch.
  state.out.record(prePrepareRecord(frame), sequence)
  state.broadcastFrame('pre-prepare', frame, __PLANTED__ && isPlanted('pbft/pre-prepare-before-durable') ? 'now' : 'durable')
  state.ownWhenDurable({ kind: 'pre-prepare', view, sequence, digest, signature })
}

export function setProposal(state: PbftState, slot: Slot, proposal: Proposal): void {
  slot.proposal = proposal
  slot.sinceTick = state.ticks
  state.highest = Math.max(state.highest, slot.sequence)
  state.note({ kind: 'proposed', view: proposal.view, sequence: proposal.sequence, digest: toHex(proposal.digest) })
}

/** The caller has checked the view. */
export function receivePrePrepare(state: PbftState, sender: number, message: PrePrepare, frame: Uint8Array): void {
  const { sequence, digest } = message
  if (sender !== state.primary || !isInWindow(state, sequence)) return
  const slot = state.slot(sequence)
  if (slot.proposal !== null) {
    if (isSame(slot.proposal.digest, digest)) return addBatch(state, slot, message.batch)
    if (!(__PLANTED__ && isPlanted('pbft/second-pre-prepare-accepted'))) {
      if (state.group.isProposal(message)) reportEquivocation(state, slot.proposal, message)
      return
    }
    slot.isAnswered = false
    slot.isPrepared = false
  }
  if (!isAcceptable(state, message) || !state.group.isProposal(message)) return
  const { view, signature } = message
  slot.addBatch(digest, message.batch)
  setProposal(state, slot, { view, sequence, digest, signature })
  state.out.record(prePrepareRecord(frame), sequence)
  answer(state, slot)
  checkVotes(state, slot)
}

/** A batch that a correct primary may send: within limits, of requests that clients made, and with this digest. */
function isAcceptable(state: PbftState, { sequence, digest, batch }: PrePrepare): boolean {
  const { appendBytesMax, commandBytesMax } = state.config.limits
  if (batch.length > appendBytesMax + commandBytesMax + BATCH_ITEMS_MAX * ITEM_OVERHEAD_BYTES) return false
  const isBound = isSame(state.group.batchDigest(sequence, batch), digest)
  if (!isBound && !(__PLANTED__ && isPlanted('pbft/digest-not-checked'))) return false
  const items = decodeBatch(state.group, batch)
  return items !== null && items.every((item) => isAuthentic(state, item))
}

export function isAuthentic(state: PbftState, item: Item): boolean {
  if (__PLANTED__ && isPlanted('pbft/request-not-authenticated')) return true
  return item.kind === 'marker' || state.authenticate(item.data)
}

/** A backup says that it accepted the pre-prepare, once that is durable. The primary's own pre-prepare is its word. */
export function answer(state: PbftState, slot: Slot): void {
  const { proposal } = slot
  if (proposal === null || slot.batch(proposal.digest) === null) return
  const { view, sequence, digest } = proposal
  if (state.isPrimary) {
    state.ownWhenDurable({ kind: 'pre-prepare', view, sequence, digest, signature: proposal.signature })
    return
  }
  const { signed, signature } = state.statement('prepare', proposal)
  const isEarly = __PLANTED__ && isPlanted('pbft/prepare-before-durable')
  state.broadcastFrame('prepare', encodeStatementFrame(signed, signature, proposal.signature), isEarly ? 'now' : 'durable')
  state.ownWhenDurable({ kind: 'prepare', view, sequence, digest, signature })
  if (isEarly) state.noteSaid('prepare', proposal)
}

/** The batch of a pre-prepare that came without it, in a new-view. */
export function addBatch(state: PbftState, slot: Slot, batch: Uint8Array): void {
  const { proposal } = slot
  if (proposal === null || slot.batch(proposal.digest) !== null) return
  if (!isSame(state.group.batchDigest(slot.sequence, batch), proposal.digest)) return
  slot.addBatch(proposal.digest, batch)
  state.out.record(batchRecord(slot.sequence, batch), slot.sequence)
  answer(state, slot)
}

/** The caller has checked the view. */
export function receivePrepare(state: PbftState, sender: number, message: Prepare): void {
  if (sender === state.primary || !isInWindow(state, message.sequence)) return
  const slot = state.slot(message.sequence)
  if (slot.prepares.has(sender) && !(__PLANTED__ && isPlanted('pbft/votes-by-message'))) return reportTwoVotes(state, sender, slot, message)
  // Enough have said so: a signature more to verify would change nothing.
  if (slot.isPrepared && slot.proposal !== null && isSame(slot.proposal.digest, message.digest)) return
  if (!state.group.isStatement(sender, message, message.signature)) return
  slot.prepares.add({ view: message.view, sender, digest: message.digest, signature: message.signature, proposal: message.proposal })
  checkVotes(state, slot)
}

function reportTwoVotes(state: PbftState, sender: number, slot: Slot, message: Prepare | Commit): void {
  const votes = message.kind === 'prepare' ? slot.prepares : slot.commits
  const known = votes.all.find((vote) => vote.sender === sender)
  if (!known || isSame(known.digest, message.digest) || !state.group.isStatement(sender, message, message.signature)) return
  state.misbehaviour(sender, `It signed two different ${message.kind}s for view ${message.view}, sequence number ${message.sequence}.`)
}

/** Another backup answers another pre-prepare: the primary's signature on it shows who lies. */
function checkVotes(state: PbftState, slot: Slot): void {
  const own = slot.proposal
  if (own === null) return
  for (const vote of slot.prepares.all) {
    if (vote.view !== own.view || vote.proposal === null || isSame(vote.digest, own.digest)) continue
    const other = { view: own.view, sequence: own.sequence, digest: vote.digest, signature: vote.proposal }
    if (state.group.isProposal(other)) return reportEquivocation(state, own, other)
  }
  tryPrepare(state, slot)
  tryCommit(state, slot)
}

export function reportEquivocation(state: PbftState, one: Proposal, other: Proposal): void {
  if (state.accusedView === one.view) return
  const primary = state.group.primaryOf(one.view)
  state.misbehaviour(primary, `It signed two different pre-prepares for view ${one.view}, sequence number ${one.sequence}.`)
  // Of other views a liar could make as much proof as it likes.
  if (one.view !== state.view) return
  state.accusedView = one.view
  state.broadcast({ kind: 'evidence', one: proposalOf(one), other: proposalOf(other) })
  if (state.phase === 'active') startViewChange(state, state.view + 1, 'the primary signed two different pre-prepares')
}

const proposalOf = ({ view, sequence, digest, signature }: Proposal): Proposal => ({ view, sequence, digest, signature })

export function receiveEvidence(state: PbftState, { one, other }: Evidence): void {
  if (one.view !== other.view || one.sequence !== other.sequence || isSame(one.digest, other.digest)) return
  if (state.accusedView === one.view || !state.group.isProposal(one) || !state.group.isProposal(other)) return
  reportEquivocation(state, one, other)
}

/** The caller has checked the view. */
export function receiveCommit(state: PbftState, sender: number, message: Commit): void {
  if (!isInWindow(state, message.sequence)) return
  const slot = state.slot(message.sequence)
  if (slot.commits.has(sender) && !(__PLANTED__ && isPlanted('pbft/votes-by-message'))) return reportTwoVotes(state, sender, slot, message)
  if (slot.committed !== null && isSame(slot.committed.digest, message.digest)) return
  if (!state.group.isStatement(sender, message, message.signature)) return
  slot.commits.add({ view: message.view, sender, digest: message.digest, signature: message.signature, proposal: null })
  tryCommit(state, slot)
}

/** Prepared: the pre-prepare and the prepares of a quorum less one of backups, this replica's own among them or not. */
export function tryPrepare(state: PbftState, slot: Slot): void {
  const { proposal } = slot
  if (proposal === null || slot.isPrepared || !slot.isAnswered) return
  const prepares = slot.prepares.for(proposal.digest).filter(({ replica }) => replica !== state.primary)
  const needed = state.group.quorum.size - 1
  if (prepares.length < needed) return
  const { view, sequence, digest } = proposal
  const distinct = prepares.filter(({ replica }, i) => prepares[i - 1]?.replica !== replica)
  const certificate: PreparedCertificate = { view, sequence, digest, proposal: proposal.signature, prepares: distinct.slice(0, needed) }
  slot.isPrepared = true
  slot.prepared = certificate
  const { signed, signature } = state.statement('commit', proposal)
  state.out.record(preparedRecord(certificate), sequence)
  state.broadcastFrame('commit', encodeStatementFrame(signed, signature, null), 'durable')
  state.ownWhenDurable({ kind: 'commit', view, sequence, digest, signature })
  state.noteCertificate('prepared', certificate, certificate.prepares)
}

/** Committed: a quorum of commits, whoever sent the pre-prepare. The batch must be here. */
export function tryCommit(state: PbftState, slot: Slot): void {
  if (slot.committed !== null || slot.sequence <= state.committed) return
  for (const { digest, view } of slot.commits.all) {
    const commits = slot.commits.for(digest)
    if (commits.length < state.group.commitQuorum) continue
    const batch = slot.batch(digest)
    if (batch === null) continue
    return acceptCommitted(state, { view, sequence: slot.sequence, digest, commits: commits.slice(0, state.group.commitQuorum), batch })
  }
}

