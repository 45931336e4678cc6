import type { Socket } from 'node:net'
import { FRAME_PREFIX_BYTES, writeFramePrefix } from '../../core/wire'

/** Frames for one connection, collected during a turn of the event loop and written at once. */
export class Outbox {
  private readonly socket: Socket
  private readonly bytesMax: number
  private readonly markDirty: (outbox: Outbox) => void
  private heads: number[] = []
  private frames: Uint8Array[] = []
  private bytes = 0

  constructor(socket: Socket, bytesMax: number, markDirty: (outbox: Outbox) => void) {
    this.socket = socket
    this.bytesMax = bytesMax
    this.markDirty = markDirty
  }

  /** False where the queue is full and the frame was dropped. `head` is one byte before the frame; -1: none. */
  add(head: number, frame: Uint8Array): boolean {
    const size = FRAME_PREFIX_BYTES + (head < 0 ? 0 : 1) + frame.length
    if (this.bytes + this.socket.writableLength + size > this.bytesMax) return false
    if (this.frames.length === 0) this.markDirty(this)
    this.heads.push(head)
    this.frames.push(frame)
    this.bytes += size
    return true
  }

  flush(): void {
    const { frames, heads } = this
    if (frames.length === 0) return
    const data = Buffer.allocUnsafe(this.bytes)
    let at = 0
    for (let i = 0; i < frames.length; i += 1) {
      const frame = frames[i] as Uint8Array
      const head = heads[i] as number
      at = writeFramePrefix(data, at, frame.length + (head < 0 ? 0 : 1))
      if (head >= 0) data[at++] = head
      data.set(frame, at)
      at += frame.length
    }
    this.frames = []
    this.heads = []
    this.bytes = 0
    if (!this.socket.destroyed) this.socket.write(data)
  }
}
