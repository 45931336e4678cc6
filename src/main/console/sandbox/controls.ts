/** Puts what an operator asks to the member that leads, follows it where leadership went, and tells how it ended. */
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { Control, ControlOutcome } from '../../../core/machine'
import { AGENT_LIMITS } from '../../../contract/agent'
import { SANDBOX_LIMITS } from './limits'

export type ControlCode = 'group-refused' | 'no-such-member' | 'unknown-outcome' | 'no-leader'

const TRY_AGAIN = 'Try again in a moment.'
/** The same may be done when it is asked again. */
export const mayPass = ({ code, hint }: Failure<ControlCode>): boolean => code === 'unknown-outcome' || code === 'no-leader' || hint === TRY_AGAIN

/** A node as far as it is asked here. */
export interface Askable {
  readonly nodeId: string
  /** False where there is no process that could hear. */
  post(message: { readonly kind: 'control'; readonly id: number; readonly control: Control }): boolean
}

interface Pending {
  readonly nodeId: string
  settle(outcome: ControlOutcome): void
}

const WHY: Readonly<Record<Extract<ControlOutcome, { kind: 'unknown' }>['why'], string>> = {
  'leadership-lost': 'leadership was lost meanwhile',
  stopped: 'the process ended meanwhile',
  'timed-out': 'no answer came in time',
}

export class Controls {
  private readonly pending = new Map<number, Pending>()
  private nextId = 1

  received(id: number, outcome: ControlOutcome): void {
    this.pending.get(id)?.settle(outcome)
  }

  /** The process of this node is gone: what it was asked may have been done. */
  lost(nodeId: string): void {
    for (const each of [...this.pending.values()]) if (each.nodeId === nodeId) each.settle({ kind: 'unknown', why: 'stopped' })
  }

  /**
   * Asks one candidate after the other until one leads. `candidates` gives them best first, and is asked anew while nobody
   * leads: an election may be under way.
   */
  async askLeader(control: Control, candidates: () => readonly Askable[]): Promise<Result<null, ControlCode>> {
    const endMs = performance.now() + AGENT_LIMITS.controlTimeoutMs
    for (;;) {
      let hint: string | null = null
      for (const candidate of candidates()) {
        const outcome = await this.ask(candidate, control, endMs - performance.now())
        const settled = outcome === null ? null : settledAs(outcome)
        if (settled !== null) return settled
        if (outcome?.kind === 'not-leader' && outcome.leaderId !== null) hint = outcome.leaderId
      }
      const named = hint === null ? undefined : candidates().find(({ nodeId }) => nodeId === hint)
      const outcome = named === undefined ? null : await this.ask(named, control, endMs - performance.now())
      const settled = outcome === null ? null : settledAs(outcome)
      if (settled !== null) return settled
      if (performance.now() >= endMs) {
        return fail('no-leader', 'No member leads the cluster now, so nobody can carry it out.', 'Wait until a leader is elected, or bring members back.')
      }
      await new Promise((resolve) => setTimeout(resolve, SANDBOX_LIMITS.leaderSearchEveryMs))
    }
  }

  /** Null where it could not be asked. */
  private ask(node: Askable, control: Control, withinMs: number): Promise<ControlOutcome | null> {
    const id = this.nextId
    this.nextId += 1
    return new Promise((resolve) => {
      const settle = (outcome: ControlOutcome | null): void => {
        clearTimeout(timer)
        this.pending.delete(id)
        resolve(outcome)
      }
      const timer = setTimeout(() => settle({ kind: 'unknown', why: 'timed-out' }), Math.max(0, withinMs))
      this.pending.set(id, { nodeId: node.nodeId, settle })
      if (!node.post({ kind: 'control', id, control })) settle(null)
    })
  }
}

function settledAs(outcome: ControlOutcome): Result<null, ControlCode> | null {
  switch (outcome.kind) {
    case 'done':
      return ok(null)
    case 'refused':
      if (outcome.code === 'no-such-member') return fail('no-such-member', outcome.message, 'Look at who the members are.')
      return fail('group-refused', outcome.message, outcome.code === 'change-in-flight' || outcome.code === 'not-ready' ? TRY_AGAIN : 'Nothing was changed.')
    case 'unknown':
      return fail('unknown-outcome', `It was begun, and how it ended is not known: ${WHY[outcome.why]}.`, 'Look at what the members say before you try again.')
    case 'not-leader':
      return null
  }
}
