import type { Alarm } from '../../core/observation'
import { AGENT_PROCESS_LIMITS } from './limits'

/** What this node has proof of: that another member broke the protocol. Told for a while after the last time. */
export class Accusations {
  private readonly nowMs: () => number
  private readonly latest = new Map<string, { readonly what: string; readonly atMs: number }>()

  constructor(nowMs: () => number) {
    this.nowMs = nowMs
  }

  add(nodeId: string, what: string): void {
    this.latest.set(nodeId, { what, atMs: this.nowMs() })
  }

  alarms(): readonly Alarm[] {
    const now = this.nowMs()
    for (const [nodeId, { atMs }] of this.latest) if (now - atMs > AGENT_PROCESS_LIMITS.accusationMs) this.latest.delete(nodeId)
    return [...this.latest].map(([about, { what }]) => ({ code: 'misbehaviour', text: what, about }))
  }
}
