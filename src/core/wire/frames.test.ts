import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FRAME_PREFIX_BYTES, FrameReader, writeFramePrefix } from './frames'

function stream(frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + FRAME_PREFIX_BYTES + frame.length, 0))
  let at = 0
  for (const frame of frames) {
    at = writeFramePrefix(bytes, at, frame.length)
    bytes.set(frame, at)
    at += frame.length
  }
  return bytes
}

test('frames come out as they went in, however the stream is cut', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.array(fc.nat(30)), (frames, cuts) => {
    const bytes = stream(frames)
    const reader = new FrameReader(40)
    const read: Uint8Array[] = []
    let at = 0
    for (const cut of [...cuts, bytes.length]) {
      expect(reader.push(bytes.subarray(at, at + cut), (frame) => read.push(Uint8Array.from(frame)))).toBe(true)
      at += cut
    }
    expect(read).toEqual(frames)
  }))
})

test('a frame over the limit breaks the stream for good, whole or in pieces', () => {
  const bytes = stream([new Uint8Array(3), new Uint8Array(9), new Uint8Array(1)])
  for (const size of [1, 2, 3, 5, 100]) {
    const reader = new FrameReader(8)
    const lengths: number[] = []
    let sound = true
    for (let at = 0; at < bytes.length; at += size) sound = reader.push(bytes.subarray(at, at + size), (frame) => lengths.push(frame.length))
    expect(sound).toBe(false)
    expect(lengths).toEqual([3])
  }
})
