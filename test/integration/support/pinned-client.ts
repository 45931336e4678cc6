/**
 * A client that knows one member and asks no other, as one does that was told a single address. It hears what that member believes: what a
 * follower passes on, and what a leader that was deposed without noticing would say.
 */
import type { Operation, OperationClient, Outcome } from '../../../src/runtime/client'
import { Connection } from '../../../src/runtime/client/connection'
import type { MemberAddress } from '../../../src/runtime/client'

const PAUSE_MS = 10

export class PinnedClient implements OperationClient {
  readonly nowMs = (): number => performance.now()
  private readonly member: MemberAddress
  private connection: Connection | null = null
  private isClosed = false

  constructor(member: MemberAddress) {
    this.member = member
  }

  run(operation: Operation): void {
    let isFinished = false
    let isSent = false
    const finish = (outcome: Outcome): void => {
      if (isFinished) return
      isFinished = true
      clearTimeout(deadline)
      operation.done(outcome)
    }
    const deadline = setTimeout(() => {
      if (isSent && operation.kind === 'propose') finish({ kind: 'unknown', message: 'No answer came in time.' })
      else finish({ kind: 'failed', code: 'no-leader', message: 'No answer came in time.' })
    }, Math.max(0, operation.deadlineMs - this.nowMs()))
    const again = (): void => { setTimeout(attempt, PAUSE_MS) }
    const attempt = (): void => {
      if (isFinished || this.isClosed) return
      const wasSent = isSent
      isSent = true
      this.dial().request(operation.kind, operation.payload, (reply) => {
        if (reply?.code === 'ok') finish({ kind: 'ok', reply: reply.payload, repeated: wasSent })
        else if (reply?.code === 'not-leader' || reply?.code === 'busy' || reply?.code === 'stopped') {
          // Refused, so that this attempt had no effect.
          isSent = wasSent
          again()
        } else if (reply?.code !== 'tentative') again()
      })
    }
    setImmediate(attempt)
  }

  leader(): string | null {
    return this.member.nodeId
  }

  setMembers(): void { /* It knows the one. */ }

  outvoted(): ReadonlyMap<string, number> {
    return new Map()
  }

  close(): void {
    this.isClosed = true
    this.connection?.end('the client was closed')
  }

  private dial(): Connection {
    this.connection ??= new Connection({
      member: this.member, clusterId: '', protocol: '', nowMs: this.nowMs, onEnd: () => { this.connection = null },
    })
    return this.connection
  }
}
