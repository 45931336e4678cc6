/** Gives back the space of segments that are no longer needed, beside the log's work: first the new origin is made durable, then they go. */
import fs from 'node:fs'
import path from 'node:path'
import { writeOrigin } from './origin'
import { segmentName, type Segment } from './segment'

export class Releases {
  private readonly directory: string
  /** Those of the log, in order; removed ones are taken out. */
  private readonly segments: Map<number, Segment>
  private readonly firstBatches: Map<number, number>
  /** Segments before this one are not needed. */
  private wanted = 0
  /** Moving the origin here failed; it is tried again when more can be released. */
  private failedAt = 0
  isRunning = false

  constructor(directory: string, segments: Map<number, Segment>, firstBatches: ReadonlyMap<number, number>) {
    this.directory = directory
    this.segments = segments
    this.firstBatches = new Map(firstBatches)
  }

  /** True while there may be something to remove. */
  get isBehind(): boolean {
    return !this.isRunning && this.wanted > this.first() && this.wanted > this.failedAt
  }

  segmentBegins(segment: number, batch: number): void {
    this.firstBatches.set(segment, batch)
  }

  want(segment: number): void {
    this.wanted = Math.max(this.wanted, segment)
  }

  /** Removes what is wanted before segment `to` and calls `finished`, unless a removal is under way already or nothing is to be removed. */
  advance(to: number, finished: () => void): void {
    const segment = Math.min(this.wanted, to)
    const batch = this.firstBatches.get(segment)
    if (!this.isBehind || segment <= this.first() || segment <= this.failedAt || batch === undefined) return
    this.isRunning = true
    writeOrigin(this.directory, { segment, batch }, (error) => {
      if (error) this.end(segment, finished)
      else this.removeBefore(segment, finished)
    })
  }

  private first(): number {
    for (const sequence of this.segments.keys()) return sequence
    return 0
  }

  /** Oldest first. What a failure leaves behind is removed at the next start. */
  private removeBefore(segment: number, finished: () => void): void {
    const sequence = this.first()
    const oldest = this.segments.get(sequence)
    if (oldest === undefined || sequence >= segment) { this.end(0, finished); return }
    this.segments.delete(sequence)
    this.firstBatches.delete(sequence)
    fs.close(oldest.fd, () => {
      fs.unlink(path.join(this.directory, segmentName(sequence)), () => { this.removeBefore(segment, finished) })
    })
  }

  private end(failedAt: number, finished: () => void): void {
    this.failedAt = failedAt
    this.isRunning = false
    finished()
  }
}
