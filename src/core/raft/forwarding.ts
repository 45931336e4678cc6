/** Proposals that reach a follower and go on to the leader (thesis, section 6.2), where the group is opened with that option. */
import { ENTRY_OVERHEAD_BYTES } from './log'
import { propose } from './leader'
import type { ProposeRequest, ProposeResponse } from './messages'
import type { Progress } from './progress'
import type { RaftState } from './state'
import type { ProposeAnswer } from './types'

/** Sends the commands on in frames of at most `appendBytesMax`, one command always fitting. */
export function forward(state: RaftState, commands: readonly Uint8Array[], tokens: readonly number[]): ProposeAnswer {
  const { leaderId } = state
  const { appendBytesMax, inflightBytesMax } = state.config.limits
  if (!state.config.options.forwardProposals || leaderId === null) return { kind: 'not-leader', leaderId }
  if (state.forwarded.bytes >= inflightBytesMax) return { kind: 'busy' }
  for (let from = 0; from < commands.length; ) {
    let to = from
    let bytes = 0
    for (; to < commands.length; to++) {
      const size = (commands[to] as Uint8Array).length + ENTRY_OVERHEAD_BYTES
      if (to > from && bytes + size > appendBytesMax) break
      bytes += size
    }
    const id = state.forwarded.send(tokens.slice(from, to), bytes, state.ticks)
    state.send(leaderId, { kind: 'propose-request', term: state.term, id, commands: commands.slice(from, to) })
    from = to
  }
  return { kind: 'forwarded' }
}

export function receiveProposeRequest(state: RaftState, progress: Progress, request: ProposeRequest): void {
  const { id, commands } = request
  if (!progress.isFreshBatch(id)) return
  const answer = propose(state, commands)
  const { firstIndex, accepted } = answer.kind === 'appended' ? answer : { firstIndex: 0, accepted: 0 }
  state.send(progress.id, { kind: 'propose-response', term: state.term, id, firstIndex, accepted })
}

export function receiveProposeResponse(state: RaftState, { id, firstIndex, term, accepted }: ProposeResponse): void {
  state.forwarded.answered(id, firstIndex, term, accepted, state.placedProposals, state.refused)
}
