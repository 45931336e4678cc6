import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { webSocketChannel } from './web-socket-channel'

class FakeSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  readonly sent: string[] = []
  readonly closed: (number | undefined)[] = []
  pings = 0
  terminated = false
  send(text: string): void {
    this.sent.push(text)
  }
  ping(): void {
    this.pings += 1
  }
  close(code?: number): void {
    this.closed.push(code)
  }
  terminate(): void {
    this.terminated = true
    this.emit('close')
  }
}

let socket: FakeSocket
let channel: ReturnType<typeof webSocketChannel>
const ended = vi.fn()
beforeEach(() => {
  vi.useFakeTimers()
  ended.mockReset()
  socket = new FakeSocket()
  channel = webSocketChannel(socket as unknown as WebSocket)
  channel.onClose(ended)
})
afterEach(() => void vi.useRealTimers())

describe('a channel over a WebSocket', () => {
  it('carries 64-bit integers whole', () => {
    const heard: unknown[] = []
    channel.onMessage((message) => void heard.push(message))
    channel.post({ value: 2n ** 63n })
    socket.emit('message', Buffer.from(socket.sent[0] ?? ''), false)
    expect(heard).toEqual([{ value: 2n ** 63n }])
  })

  it('cuts off a peer that answers no ping, and keeps one that does', () => {
    for (let beat = 0; beat < 5; beat += 1) {
      vi.advanceTimersByTime(15_000)
      socket.emit('pong')
    }
    expect(socket).toMatchObject({ pings: 5, terminated: false })
    vi.advanceTimersByTime(45_000)
    expect(socket.terminated).toBe(true)
    expect(ended).toHaveBeenCalledOnce()
    channel.post('late')
    expect(socket.sent).toEqual([])
  })

  it('cuts off a peer that reads nothing', () => {
    socket.bufferedAmount = 64 * 1024 * 1024
    channel.post('more')
    expect(socket.terminated).toBe(true)
  })

  it('closes on what is no message, without a throw', () => {
    channel.onMessage(() => {})
    socket.emit('message', Buffer.from('{'), false)
    socket.emit('message', Buffer.from('{}'), true)
    expect(socket.closed).toEqual([1007, 1007])
  })
})
