/** What a link rule does to the frames on their way out. Order is kept, as TCP keeps it: a late frame holds up the next. */
import type { OutgoingRule } from './types'

interface Held {
  readonly dueMs: number
  readonly bytes: number
  readonly release: () => void
}

export interface ShaperOptions {
  readonly nowMs: () => number
  readonly random: () => number
  readonly heldBytesMax: number
}

export class Shaper {
  private readonly options: ShaperOptions
  private rule: OutgoingRule | null = null
  private held: Held[] = []
  private heldBytes = 0
  /** When the limited link has sent everything given to it so far. */
  private freeAtMs = 0
  private timer: NodeJS.Timeout | null = null

  constructor(options: ShaperOptions) {
    this.options = options
  }

  /** What is on its way already keeps the delay it was given, unless the link is cut: then it is lost. */
  setRule(rule: OutgoingRule | null): void {
    this.rule = rule
    this.freeAtMs = 0
    if (rule?.cut) this.clear()
  }

  /** Calls `release` now, later, or never. False where the frame is lost. */
  pass(bytes: number, release: () => void): boolean {
    const { rule } = this
    if (rule === null && this.held.length === 0) {
      release()
      return true
    }
    const now = this.options.nowMs()
    let dueMs = now
    if (rule !== null) {
      if (rule.cut || (rule.loss > 0 && this.options.random() < rule.loss)) return false
      if (this.heldBytes + bytes > this.options.heldBytesMax) return false
      if (rule.bytesPerSecondMax !== null) {
        this.freeAtMs = Math.max(this.freeAtMs, now) + (bytes * 1000) / rule.bytesPerSecondMax
        dueMs = this.freeAtMs
      }
      dueMs += rule.latencyMs + (rule.jitterMs > 0 ? this.options.random() * rule.jitterMs : 0)
    }
    this.held.push({ dueMs: Math.max(dueMs, this.held.at(-1)?.dueMs ?? 0), bytes, release })
    this.heldBytes += bytes
    this.arm()
    return true
  }

  clear(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.held = []
    this.heldBytes = 0
  }

  private arm(): void {
    const first = this.held[0]
    if (this.timer !== null || first === undefined) return
    this.timer = setTimeout(() => { this.letGo() }, Math.max(0, first.dueMs - this.options.nowMs()))
  }

  private letGo(): void {
    this.timer = null
    const now = this.options.nowMs()
    let count = 0
    for (const each of this.held) {
      if (each.dueMs > now) break
      count += 1
      this.heldBytes -= each.bytes
      each.release()
    }
    this.held.splice(0, count)
    this.arm()
  }
}
